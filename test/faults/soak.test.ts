import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { LEAKS } from './soak/leaks.ts';
import type { LeakResult, SoakVerdict } from './soak/run-soak.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
const FIVE_MINUTES = 300_000;

/** As the command runs it: on the build, in a process of its own. */
async function faults(...options: string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, ...options, '--json']).catch(
    (error: { stdout: string }) => {
      if (error.stdout) return error;
      throw error;
    },
  );
  return JSON.parse(stdout);
}

// side by side: each keeps one core busy
describe.concurrent('soak', () => {
  it('grows by nothing over seven days of outages', { timeout: FIVE_MINUTES }, async () => {
    const { growth, late, lived } = (await faults('--soak')) as SoakVerdict;
    expect(growth).toEqual([]);
    expect(late.day).toBe(7);
    // they were days of trading, and of all that goes wrong
    expect(lived.fewestADay).toBeGreaterThan(2);
    expect(lived.sells).toBeGreaterThan(50);
    expect(lived.labelled).toBeGreaterThan(100);
    expect(lived.connections).toBeGreaterThan(200);
    for (const failure of ['dropped', 'hung', '400', '418', '429', '503'])
      expect(lived.failed[failure], failure).toBeGreaterThan(5);
  });

  it('sees each leak, in what it makes grow', { timeout: FIVE_MINUTES }, async () => {
    const { leaks } = (await faults('--soak', '--mutants')) as { leaks: LeakResult[] };
    expect(leaks.map(({ name, caught }) => [name, caught])).toEqual(LEAKS.map(({ name }) => [name, true]));
  });

  it('has every leak in the documentation', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/faults.md'), 'utf8');
    for (const { name, what, seenBy } of LEAKS) expect(page).toContain(`| ${name} | ${what} | ${seenBy} |\n`);
  });
});
