import type { RunResult } from './run.ts';
import { INVARIANTS, type Invariant } from './verdicts.ts';

export interface Tally {
  readonly runs: number;
  readonly breaks: number;
  readonly invariants: Readonly<Record<Invariant, { readonly runs: number; readonly breaks: number }>>;
  readonly failures: readonly RunResult[];
  readonly orders: number;
  readonly trades: number;
  readonly crashes: number;
  readonly requests: number;
}

/** An invariant counts as run where the run came to a place that could have broken it. */
export function tally(results: readonly RunResult[]): Tally {
  const invariants = Object.fromEntries(
    (Object.keys(INVARIANTS) as Invariant[]).map((invariant) => [
      invariant,
      {
        runs: results.filter(({ tried }) => tried.includes(invariant)).length,
        breaks: results.filter(({ breaks }) => breaks.some((each) => each.invariant === invariant)).length,
      },
    ]),
  ) as Tally['invariants'];
  const failures = results.filter(({ breaks }) => breaks.length > 0);
  const sum = (of: (summary: RunResult['summary']) => number): number =>
    results.reduce((total, { summary }) => total + of(summary), 0);
  return {
    runs: results.length,
    breaks: failures.length,
    invariants,
    failures,
    orders: sum(({ orders }) => orders),
    trades: sum(({ trades }) => trades),
    crashes: sum(({ crashes }) => crashes),
    requests: sum(({ requests }) => requests),
  };
}

const FAILURES_SHOWN = 20;
const BREAKS_SHOWN = 3;

/** The table of invariants, in Markdown. */
function table({ invariants }: Tally): readonly string[] {
  const names = Object.keys(INVARIANTS) as Invariant[];
  const width = Math.max(...Object.values(INVARIANTS).map(({ length }) => length));
  const line = (...[id, words, runs, breaks]: [string, string, string, string]): string =>
    `| ${id.padEnd(3)} | ${words.padEnd(width)} | ${runs.padStart(6)} | ${breaks.padStart(6)} |`;
  return [
    line('', 'invariant', 'runs', 'breaks'),
    `| --- | ${'-'.repeat(width)} | -----: | -----: |`,
    ...names.map((id) => line(id, INVARIANTS[id], String(invariants[id].runs), String(invariants[id].breaks))),
  ];
}

const count = (value: number): string => value.toLocaleString('en');

const totals = ({ runs, orders, trades, requests, crashes, breaks }: Tally, seconds: number): string =>
  `${count(runs)} runs in ${Math.round(seconds)} s: ${count(orders)} orders, ${count(trades)} trades, ${count(requests)} requests, ${count(crashes)} crashes; ${count(breaks)} runs with breaks.`;

/** What the README shows: the table and where it comes from. */
export const tallyMarkdown = (found: Tally, seconds: number, seed: number): string =>
  [...table(found), '', `\`npm run faults -- --runs ${found.runs} --seed ${seed}\`: ${totals(found, seconds)}`].join(
    '\n',
  );

/** @param plan file that was followed besides the seeds' own faults */
export const tallyText = (found: Tally, seconds: number, plan?: string): string =>
  [...table(found), '', totals(found, seconds), ...failuresText(found, plan)].join('\n');

/** The seeds that broke, what broke there, and how to see it again. */
export function failuresText({ failures }: Tally, plan?: string): readonly string[] {
  const failed = failures
    .slice(0, FAILURES_SHOWN)
    .flatMap(({ seed, breaks: list }) => [
      `seed ${seed}: npm run faults -- --seed ${seed} --runs 1 --trace${plan === undefined ? '' : ` --plan ${plan}`}`,
      ...list
        .slice(0, BREAKS_SHOWN)
        .map(({ invariant, at, what }) => `  ${invariant} after ${(at / 1000).toFixed(1)} s: ${what}`),
    ]);
  const more = failures.length - FAILURES_SHOWN;
  return more > 0 ? [...failed, `… and ${more} more seeds`] : failed;
}
