import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { MUTATIONS, type Mutation, type Patch } from './mutations.ts';
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

const ROOT = resolve(import.meta.dirname, '../..');
const BUILT = ['packages', 'apps'] as const;
const PARTS = [
  'core',
  'indicators',
  'models',
  'store',
  'exchange',
  'runtime',
  'execution',
  'scanner',
  'tracker',
  'simulator',
  'suite',
];

/** A copy of the build with links to the same dependencies; the checkout stays as it is. */
async function copyOfBuild(): Promise<string> {
  const copy = mkdtempSync(join(tmpdir(), 'mexc-bot-mutants-'));
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'junction');
  for (const folder of BUILT) {
    for (const part of PARTS) {
      const from = join(ROOT, folder, part);
      if (!existsSync(join(from, 'dist'))) continue;
      const to = join(copy, folder, part);
      await mkdir(to, { recursive: true });
      for (const name of ['dist', 'migrations', 'package.json', 'node_modules']) {
        if (existsSync(join(from, name)))
          cpSync(join(from, name), join(to, name), { recursive: true, verbatimSymlinks: true });
      }
    }
  }
  for (const name of ['faults', 'package.json', 'node_modules']) {
    cpSync(join(ROOT, 'test', name), join(copy, 'test', name), { recursive: true, verbatimSymlinks: true });
  }
  return copy;
}

/** @throws {Error} the text is not there exactly once: the code has changed since the mutation was written */
function apply(copy: string, name: string, { file, find, replace }: Patch): void {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  const found = text.split(find).length - 1;
  if (found !== 1) throw new Error(`mutation ${name}: ${file} has "${find}" ${found} times, not once`);
  writeFileSync(
    path,
    text.replace(find, () => replace),
  );
}

function restore(copy: string, { patches }: Mutation): void {
  for (const { file } of patches) cpSync(join(ROOT, file), join(copy, file));
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
      for (const patch of mutation.patches) apply(copy, mutation.name, patch);
      const done = await runSeeds({ folder, seeds, untilBroken: true });
      restore(copy, mutation);
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
