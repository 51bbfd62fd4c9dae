import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { MUTATIONS } from './mutations.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
const A_MINUTE = 60_000;

/** The harness as the command runs it: on the build, in processes of its own. */
async function faults(...options: string[]): Promise<{ code: number; output: string; complaint: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [MAIN, ...options], {
      maxBuffer: 2 ** 28,
    });
    return { code: 0, output: stdout, complaint: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout, complaint: stderr };
  }
}

const folder = mkdtempSync(join(tmpdir(), 'faults-'));
afterAll(() => rmSync(folder, { recursive: true }));
let plans = 0;
function planFile(text: string): string {
  const path = join(folder, `plan-${++plans}.json`);
  writeFileSync(path, text);
  return path;
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

  it.each([
    ['--runs many', '--runs must be a whole number above 0, not many'],
    ['--runs 0', '--runs must be a whole number above 0, not 0'],
    ['--seed -1', "'--seed'"],
    ['--mutants --only oversell,nothing', 'there is no mutant nothing; there are journal-after-sending,'],
    ['--only oversell', '--only names mutants'],
    ['--mutants --plan plan.json', '--mutants goes with neither --plan nor --trace'],
    ['--plan nowhere.json', 'nowhere.json'],
    [`--plan ${import.meta.filename}`, 'faults.test.ts'],
    ['--json --markdown', '--json or --markdown'],
  ])('refuses %s, and says why', async (options, why) => {
    const { code, output, complaint } = await faults(...options.split(' '));
    expect([code, output]).toEqual([2, '']);
    expect(complaint).toContain(why);
    expect(complaint).not.toContain('    at ');
  });

  it('follows the plan of the documentation', { timeout: A_MINUTE }, async () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/faults.md'), 'utf8');
    const plan = planFile(/```json\n([\s\S]+?)```/.exec(page)![1]!);
    const { code, output } = await faults('--runs', '2', '--plan', plan, '--trace');
    expect(code).toBe(0);
    expect(output).toMatch(/POST \/api\/v3\/order .*700007.* \(rule 1\)/);
  });

  it('refuses a plan with what no run has, place by place', async () => {
    const plan = planFile(
      JSON.stringify({
        faults: [
          { stream: '*', do: { kind: 'drop' } },
          { request: 'public', symbol: 'PEPEUSDT', from: '+5m', do: { kind: 'hang' } },
        ],
        market: [{ at: '-', kind: 'delist', symbol: 'TAUSDT', as: 'status-3' }],
      }),
    );
    expect(await faults('--plan', plan)).toMatchObject({ code: 2, complaint: expect.stringContaining('market[0].at') });
    writeFileSync(plan, readFileSync(plan, 'utf8').replace('"-"', '"+90s"').replace('"TAUSDT"', '"RISKY1USDT"'));
    const { code, output, complaint } = await faults('--plan', plan);
    expect([code, output]).toEqual([2, '']);
    for (const place of ['faults[0].stream', 'faults[1].symbol', 'faults[1].from', 'market[0].symbol', 'market[0].at'])
      expect(complaint).toContain(place);
  });

  it('tells a trace beside the one document on standard output', async () => {
    const { output, complaint } = await faults('--runs', '1', '--seed', '6', '--trace', '--json');
    expect(JSON.parse(output)).toMatchObject({ runs: 1, breaks: 0, failedSeeds: [] });
    expect(complaint).toContain('tracker #0 starts');
  });
});
