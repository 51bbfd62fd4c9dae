import { realisedPnl } from './book-exit.ts';
import { type Decimal, ZERO } from './money.ts';
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

/** Closed positions of one strategy and one reason: each position is counted once, and all groups are made of these. */
interface Cell {
  readonly strategy: string;
  readonly reason: string;
  closed: number;
  wins: number;
  won: Decimal;
  /** 0 or less */
  lost: Decimal;
}

const sum = (values: readonly Decimal[]): Decimal => values.reduce((total, value) => total.plus(value), ZERO);

function tally(cells: readonly Cell[]): Tally {
  const closed = cells.reduce((total, cell) => total + cell.closed, 0);
  const wins = cells.reduce((total, cell) => total + cell.wins, 0);
  const realisedPnl = sum(cells.flatMap(({ won, lost }) => [won, lost]));
  return { closed, wins, losses: closed - wins, realisedPnl };
}

function groupBy(cells: readonly Cell[], key: 'strategy' | 'reason'): Record<string, Tally> {
  const groups = Map.groupBy(cells, (cell) => cell[key]);
  return Object.fromEntries(
    [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, rows]) => [name, tally(rows)]),
  );
}

/** A position that ends at exactly nothing counts as a loss: it was not worth its risk. */
export function performanceOf(closed: readonly ClosedResult[], open: readonly OpenPosition[]): Performance {
  const cells = new Map<string, Cell>();
  let fees = sum(open.map((position) => position.fees));
  let best: Decimal | null = null;
  let worst: Decimal | null = null;
  for (const position of closed) {
    const { strategy, closeReason: reason } = position;
    const result = realisedPnl(position);
    const key = `${strategy} ${reason}`;
    const cell = cells.get(key) ?? { strategy, reason, closed: 0, wins: 0, won: ZERO, lost: ZERO };
    cells.set(key, cell);
    cell.closed += 1;
    if (result.gt(0)) {
      cell.wins += 1;
      cell.won = cell.won.plus(result);
    } else cell.lost = cell.lost.plus(result);
    fees = fees.plus(position.fees);
    if (best === null || result.gt(best)) best = result;
    if (worst === null || result.lt(worst)) worst = result;
  }

  const all = [...cells.values()];
  const total = tally(all);
  const lost = sum(all.map((cell) => cell.lost)).abs();
  return {
    ...total,
    open: open.length,
    realisedPnl: total.realisedPnl.plus(sum(open.map(realisedPnl))),
    fees,
    expectancy: closed.length === 0 ? null : total.realisedPnl.div(closed.length),
    profitFactor: lost.eq(0) ? null : sum(all.map((cell) => cell.won)).div(lost),
    best,
    worst,
    byStrategy: groupBy(all, 'strategy'),
    byExitReason: groupBy(all, 'reason'),
  };
}
