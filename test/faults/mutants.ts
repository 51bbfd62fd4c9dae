import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { applyMutation, copyOfBuild, restoreBuild } from './build-copy.ts';
import { MUTATIONS } from './mutations.ts';
import { runSeeds } from './pool.ts';

export interface MutantResult {
  readonly name: string;
  readonly what: string;
  readonly caught: boolean;
  /** the first seed that broke, and what broke there; null: none did */
  readonly by: { readonly seed: number; readonly invariant: string; readonly what: string } | null;
  readonly runs: number;
}

export interface MutantsOptions {
  /** at most so many for each */
  readonly runs: number;
  readonly seed: number;
  /** names; null: all */
  readonly only: readonly string[] | null;
  readonly onMutant?: (line: string) => void;
}

/** Takes one safeguard after another away, and lets seeds run until one notices. */
export async function runMutants({ runs, seed, only, onMutant }: MutantsOptions): Promise<readonly MutantResult[]> {
  const wanted = MUTATIONS.filter(({ name }) => only === null || only.includes(name));
  const copy = await copyOfBuild();
  const results: MutantResult[] = [];
  const folder = join(copy, 'test/faults');
  const all = Array.from({ length: runs }, (_, n) => seed + n);
  try {
    // a seed that breaks as it is proves nothing about a mutant
    const asItIs = await runSeeds({ folder, seeds: all });
    const seeds = asItIs.filter(({ breaks }) => breaks.length === 0).map((result) => result.seed);
    for (const mutation of wanted) {
      applyMutation(copy, mutation);
      const done = await runSeeds({ folder, seeds, untilBroken: true });
      restoreBuild(copy, mutation);
      const broken = done.find(({ breaks }) => breaks.length > 0);
      const first = broken?.breaks[0];
      const by = broken && first ? { seed: broken.seed, invariant: first.invariant, what: first.what } : null;
      const result = { name: mutation.name, what: mutation.what, caught: by !== null, by, runs: done.length };
      results.push(result);
      onMutant?.(mutantLine(result));
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  return results;
}

const mutantLine = ({ name, caught, by, runs }: MutantResult): string =>
  caught && by
    ? `caught   ${name.padEnd(26)} ${by.invariant.padEnd(4)} seed ${by.seed}: ${by.what}`
    : `SURVIVED ${name.padEnd(26)} ${runs} runs`;

export const mutantsText = (found: readonly MutantResult[]): string =>
  `${found.filter(({ caught }) => caught).length} of ${found.length} mutants caught.`;

/** What the documentation shows: each safeguard, and what noticed that it was gone. */
export const mutantsMarkdown = (found: readonly MutantResult[]): string =>
  [
    '| mutant | without the safeguard | noticed by |',
    '| --- | --- | --- |',
    ...found.map(
      ({ name, what, by }) =>
        `| \`${name}\` | ${what} | ${by === null ? 'nothing' : `${by.invariant}, seed ${by.seed}`} |`,
    ),
  ].join('\n');
