import { realisedPnl } from './book-exit.ts';
import { Decimal, ZERO } from './money.ts';
import type { ClosedPosition, ExitReason, OpenPosition } from './position.ts';
import { DAY_MS } from './time.ts';

/** What stops all buys of a mode for a while; null: that guard is off. Fractions: 0.03 is 3 %. */
export interface AccountLimits {
  /** after `stops` losing stops within `withinMs`, nothing is bought for `pauseMs` after the last of them; market ms */
  readonly stopGuard: { readonly stops: number; readonly withinMs: number; readonly pauseMs: number } | null;
  /** realised loss of a market day (UTC), as a share of the equity before it */
  readonly dailyLossFraction: number | null;
  /** the same in quote; the tighter of the two counts */
  readonly dailyLossQuote: number | null;
  /** how far the equity may be under its high-water mark */
  readonly maxDrawdown: number | null;
}

/** What the guards look at; all of it comes from stored rows, so that a restart changes nothing. */
export interface AccountRecord {
  /** market times of losing stops, ms UTC, in any order */
  readonly stoppedAt: readonly number[];
  /** realised since midnight UTC, quote, after fees */
  readonly realisedToday: Decimal;
  readonly highWaterMark: HighWaterMark | null;
}

export type AccountGuardCode = 'stop_loss_guard' | 'daily_loss_limit' | 'max_drawdown';

/** Why nothing is bought, in figures. */
export interface AccountStop {
  readonly code: AccountGuardCode;
  /** stops counted, quote lost today, or the drawdown */
  readonly value: number;
  /** what it was held against */
  readonly limit: number;
  /** market time it ends by itself, ms UTC; null: not by time alone */
  readonly until: number | null;
}

const STOPS: ReadonlySet<ExitReason> = new Set(['stop_loss', 'trailing_stop', 'break_even']);

const midnightBefore = (asOf: number): number => Math.floor(asOf / DAY_MS) * DAY_MS;

/** @returns the market time from which on {@link accountRecord} needs the closed positions */
export function recordSince(limits: AccountLimits, asOf: number): number {
  const { stopGuard } = limits;
  const stopsSince = stopGuard === null ? asOf : asOf - stopGuard.withinMs - stopGuard.pauseMs;
  return Math.min(midnightBefore(asOf), stopsSince);
}

/**
 * @param closed closed positions of the mode, those with `closedAt` ≥ {@link recordSince} at least
 * @param open open positions of the mode: losses they sold at count today, gains do not, because they may be of another day
 */
export function accountRecord(
  closed: readonly ClosedPosition[],
  open: readonly OpenPosition[],
  highWaterMark: HighWaterMark | null,
  asOf: number,
): AccountRecord {
  const midnight = midnightBefore(asOf);
  const today = closed.filter((position) => position.closedAt >= midnight).map(realisedPnl);
  const openLosses = open.map((position) => Decimal.min(ZERO, realisedPnl(position)));
  return {
    stoppedAt: closed
      .filter((position) => STOPS.has(position.closeReason) && realisedPnl(position).lt(0))
      .map((position) => position.closedAt),
    realisedToday: [...today, ...openLosses].reduce((sum, value) => sum.plus(value), ZERO),
    highWaterMark,
  };
}

/** @returns null while buying is allowed */
export function accountStop(
  record: AccountRecord,
  equity: Decimal,
  limits: AccountLimits,
  asOf: number,
): AccountStop | null {
  return (
    dailyLossStop(record.realisedToday, equity, limits, asOf) ??
    drawdownStop(record.highWaterMark, equity, limits) ??
    stopGuardStop(record.stoppedAt, limits.stopGuard, asOf)
  );
}

function stopGuardStop(
  stoppedAt: readonly number[],
  guard: AccountLimits['stopGuard'],
  asOf: number,
): AccountStop | null {
  if (guard === null) return null;
  const times = [...stoppedAt].sort((a, b) => a - b);
  for (let last = times.length - 1; last >= guard.stops - 1; last--) {
    const until = times[last]! + guard.pauseMs;
    if (asOf >= until) return null;
    if (times[last]! - times[last - guard.stops + 1]! > guard.withinMs) continue;
    const counted = times.filter((time) => time <= times[last]! && times[last]! - time <= guard.withinMs).length;
    return { code: 'stop_loss_guard', value: counted, limit: guard.stops, until };
  }
  return null;
}

function dailyLossStop(
  realisedToday: Decimal,
  equity: Decimal,
  { dailyLossFraction, dailyLossQuote }: AccountLimits,
  asOf: number,
): AccountStop | null {
  const lost = realisedToday.neg();
  const limits = [
    ...(dailyLossQuote === null ? [] : [new Decimal(dailyLossQuote)]),
    // what was lost today is put back: the day began with it
    ...(dailyLossFraction === null ? [] : [equity.plus(lost).mul(dailyLossFraction)]),
  ];
  if (limits.length === 0 || lost.lte(0)) return null;
  const limit = Decimal.min(...limits);
  if (lost.lt(limit)) return null;
  const until = midnightBefore(asOf) + DAY_MS;
  return { code: 'daily_loss_limit', value: lost.toNumber(), limit: limit.toNumber(), until };
}

/** The highest equity of a mode, and what is needed to move it. */
export interface HighWaterMark {
  /** quote */
  readonly equity: Decimal;
  /** market time it was reached, ms UTC */
  readonly at: number;
  /** the reading before this one, quote */
  readonly lastEquity: Decimal;
  /** market time of that reading, ms UTC; null: it was written down before this was kept */
  readonly lastAt: number | null;
}

function drawdownStop(mark: HighWaterMark | null, equity: Decimal, { maxDrawdown }: AccountLimits): AccountStop | null {
  if (mark === null || maxDrawdown === null || mark.equity.lte(0)) return null;
  const drawdown = new Decimal(1).minus(equity.div(mark.equity));
  if (drawdown.lt(maxDrawdown)) return null;
  return { code: 'max_drawdown', value: drawdown.toNumber(), limit: maxDrawdown, until: null };
}

/**
 * The mark after one more reading of the equity. It rises to what two readings in a row reached, so that one absurd price of a
 * held token is no peak; and it is forgotten `forgetAfterMs` after it was reached, so that a drawdown stops buys for a time, not
 * for ever: without buys the equity could never come back.
 *
 * @param previous null begins anew: after a deposit, a withdrawal, or the owner's word
 * @param forgetAfterMs market ms; null: never
 * @returns the same object for an equity that is no number
 */
export function highWaterMark(
  previous: HighWaterMark | null,
  equity: Decimal,
  asOf: number,
  forgetAfterMs: number | null,
): HighWaterMark | null {
  if (!equity.isFinite()) return previous;
  const forgotten = previous !== null && forgetAfterMs !== null && asOf - previous.at >= forgetAfterMs;
  if (previous === null || forgotten) return { equity, at: asOf, lastEquity: equity, lastAt: asOf };
  const reached = Decimal.min(equity, previous.lastEquity);
  return reached.gte(previous.equity)
    ? { equity: reached, at: asOf, lastEquity: equity, lastAt: asOf }
    : { ...previous, lastEquity: equity, lastAt: asOf };
}
