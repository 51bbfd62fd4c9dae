import { realisedPnl } from './book-exit.ts';
import { Decimal, ZERO } from './money.ts';
import type { ClosedPosition, OpenPosition } from './position.ts';

/** A group of closed positions in figures; money in quote. */
export interface Tally {
  readonly closed: number;
  readonly wins: number;
  readonly losses: number;
  readonly realisedPnl: Decimal;
}

/** What trading brought, money in quote, after fees. */
export interface Performance extends Tally {
  readonly open: number;
  /** of closed positions, and of what open ones sold already */
  readonly realisedPnl: Decimal;
  /** paid in quote by the same positions */
  readonly fees: Decimal;
  /** mean result of a closed position; null without any */
  readonly expectancy: Decimal | null;
  /** sum of wins ÷ sum of losses; null without a loss */
  readonly profitFactor: Decimal | null;
  readonly best: Decimal | null;
  readonly worst: Decimal | null;
  readonly byStrategy: Readonly<Record<string, Tally>>;
  readonly byExitReason: Readonly<Record<string, Tally>>;
}

/** The part of a closed position that its result is made of. */
export type ClosedResult = Pick<ClosedPosition, 'state' | 'strategy' | 'closeReason' | 'proceeds' | 'cost' | 'fees'>;

interface Judged {
  readonly position: ClosedResult;
  readonly result: Decimal;
}

function tally(judged: readonly Judged[]): Tally {
  const wins = judged.filter(({ result }) => result.gt(0)).length;
  return {
    closed: judged.length,
    wins,
    losses: judged.length - wins,
    realisedPnl: sum(judged.map(({ result }) => result)),
  };
}

const sum = (values: readonly Decimal[]): Decimal => values.reduce((total, value) => total.plus(value), ZERO);

function groupBy(judged: readonly Judged[], key: (position: ClosedResult) => string): Record<string, Tally> {
  const groups = Map.groupBy(judged, ({ position }) => key(position));
  return Object.fromEntries(
    [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, rows]) => [name, tally(rows)]),
  );
}

/** A position that ends at exactly nothing counts as a loss: it was not worth its risk. */
export function performanceOf(closed: readonly ClosedResult[], open: readonly OpenPosition[]): Performance {
  const judged = closed.map((position) => ({ position, result: realisedPnl(position) }));
  const results = judged.map(({ result }) => result);
  const won = sum(results.filter((result) => result.gt(0)));
  const lost = sum(results.filter((result) => result.lte(0))).abs();
  const total = tally(judged);
  return {
    ...total,
    open: open.length,
    realisedPnl: total.realisedPnl.plus(sum(open.map(realisedPnl))),
    fees: sum([...closed, ...open].map((position) => position.fees)),
    expectancy: closed.length === 0 ? null : total.realisedPnl.div(closed.length),
    profitFactor: lost.eq(0) ? null : won.div(lost),
    best: results.length === 0 ? null : Decimal.max(...results),
    worst: results.length === 0 ? null : Decimal.min(...results),
    byStrategy: groupBy(judged, (position) => position.strategy),
    byExitReason: groupBy(judged, (position) => position.closeReason),
  };
}
