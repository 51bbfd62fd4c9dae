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

/** What this harness leaves to other tests. */
const ELSEWHERE: Partial<Record<Invariant, string>> = { I15: 'see the tests of the price stream' };
const FAILURES_SHOWN = 20;
const BREAKS_SHOWN = 3;

export function tallyText(found: Tally, seconds: number): string {
  const { runs, breaks, invariants, failures } = found;
  const rows = (Object.keys(INVARIANTS) as Invariant[]).map((invariant) => {
    const { runs: tried, breaks: broken } = invariants[invariant];
    const note = ELSEWHERE[invariant];
    return `| ${invariant.padEnd(3)} | ${INVARIANTS[invariant].padEnd(52)} | ${(note === undefined ? String(tried) : '–').padStart(6)} | ${(note ?? String(broken)).padStart(6)} |`;
  });
  const failed = failures
    .slice(0, FAILURES_SHOWN)
    .flatMap(({ seed, breaks: list }) => [
      `seed ${seed}: pnpm faults --seed ${seed} --runs 1 --trace`,
      ...list
        .slice(0, BREAKS_SHOWN)
        .map(({ invariant, at, what }) => `  ${invariant} after ${(at / 1000).toFixed(1)} s: ${what}`),
    ]);
  return [
    `|     | ${'invariant'.padEnd(52)} |   runs | breaks |`,
    `| --- | ${'-'.repeat(52)} | -----: | -----: |`,
    ...rows,
    '',
    `${runs} runs in ${Math.round(seconds)} s: ${found.orders} orders, ${found.trades} trades, ${found.requests} requests, ${found.crashes} crashes; ${breaks} runs with breaks.`,
    ...failed,
    ...(failures.length > FAILURES_SHOWN ? [`… and ${failures.length - FAILURES_SHOWN} more seeds`] : []),
  ].join('\n');
}
