import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { MUTATIONS } from './mutations.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
const A_MINUTE = 60_000;

/** The harness as the command runs it: on the build, in processes of its own. */
async function faults(...options: string[]): Promise<{ code: number; output: string }> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [MAIN, ...options], { maxBuffer: 2 ** 28 });
    return { code: 0, output: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout || stderr };
  }
}

describe('faults', () => {
  it('breaks no invariant over 500 seeds', { timeout: 8 * A_MINUTE }, async () => {
    const { output } = await faults('--runs', '500', '--json');
    const found = JSON.parse(output) as {
      runs: number;
      failedSeeds: unknown[];
      invariants: Record<string, { runs: number }>;
    };
    expect(found.failedSeeds).toEqual([]);
    expect(found.runs).toBe(500);
    for (const often of ['I1', 'I2', 'I3', 'I8', 'I11', 'I24'])
      expect(found.invariants[often]!.runs).toBeGreaterThan(250);
    for (const { runs } of Object.values(found.invariants)) expect(runs).toBeGreaterThan(10);
  });

  it('runs a seed the same way twice', { timeout: A_MINUTE }, async () => {
    const story = async () => (await faults('--seed', '6', '--runs', '2', '--trace')).output.replace(/ in \d+ s:/, '');
    const [first, second] = await Promise.all([story(), story()]);
    expect(first.split('\n').length).toBeGreaterThan(100);
    expect(second).toBe(first);
  });

  it('notices when a safeguard is gone', { timeout: A_MINUTE }, async () => {
    const wanted = ['journal-after-sending', 'fees-dropped', 'oversell'];
    const { output } = await faults('--mutants', '--only', wanted.join(','), '--runs', '10', '--json');
    const { mutants } = JSON.parse(output) as { mutants: { name: string; caught: boolean }[] };
    expect(mutants.map(({ name, caught }) => [name, caught])).toEqual(wanted.map((name) => [name, true]));
  });

  it('has every mutant in the documentation', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/faults.md'), 'utf8');
    const listed = [...page.matchAll(/^\| `([a-z-]+)` \| (.+?) \|/gm)].map(([, name, what]) => [name, what]);
    expect(listed).toEqual(MUTATIONS.map(({ name, what }) => [name, what]));
  });

  it('refuses what it does not understand', async () => {
    const { code, output } = await faults('--runs', 'many');
    expect(code).toBe(2);
    expect(output).toContain('--runs must be a whole number');
  });
});
