import type { OpenPosition, PositionRules } from '@mexc-bot/core';

/** One candle as bids: what a seller is offered inside it. */
export interface BidCandle {
  /** ms UTC */
  readonly openTime: number;
  readonly lengthMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** How a position is shown bids. */
export interface Showing {
  /** Whether a bid would change nothing. */
  isQuiet(at: number, bid: number): boolean;
  /** @returns the position afterwards; null: it is closed */
  show(at: number, bid: number): OpenPosition | null;
}

/**
 * Walks a position through a candle: open, low, high, close. The low comes first, so that a candle that spans both stop and target
 * counts as the stop. On the way the price passes every stop and level it reaches, and sells there, not at the candle's extreme.
 * A trailing stop that the low reaches counts as confirmed: how long the price stayed under it inside a candle is not known.
 * One that only this candle's high raised is judged at the close: whether the price fell through it before, and came back, is not
 * known either, and to sell there only when it did not come back would be to know better.
 */
export function walkCandle(
  position: OpenPosition,
  candle: BidCandle,
  rules: PositionRules,
  { isQuiet, show }: Showing,
): OpenPosition | null {
  const { openTime, lengthMs, open, high, low, close } = candle;
  const end = openTime + lengthMs;
  const fall = (held: OpenPosition, at: number, from: number, to: number): OpenPosition | null => {
    if (isQuiet(at, to)) return held;
    const barrier = highestBarrier(held, rules, to);
    if (barrier === null) return show(at, to);
    // a price that opens under a stop never was at it
    const bid = Math.min(barrier, from);
    let left = show(at, bid);
    if (left !== null && left.breachedSince !== null && left.pendingExit === null) {
      const confirmed = Math.max(at, left.breachedSince + rules.confirmMs);
      if (confirmed <= end) left = show(confirmed, bid);
    }
    return left === null || to === bid ? left : show(Math.min(end, at + rules.confirmMs), to);
  };
  const rise = (held: OpenPosition, at: number, to: number): OpenPosition | null => {
    if (isQuiet(at, to)) return held;
    let left: OpenPosition | null = held;
    for (const multiple of held.takeProfits.slice(held.levelsTaken)) {
      const level: number = held.entryPrice.toNumber() * multiple;
      if (level >= to || left === null) break;
      left = show(at, level);
    }
    return left === null ? null : show(at, to);
  };

  let left: OpenPosition | null = fall(position, openTime, open, open);
  if (left !== null && low < open) left = fall(left, openTime + lengthMs / 4, open, low);
  if (left !== null) left = rise(left, openTime + lengthMs / 2, high);
  return left === null || close === high || isQuiet(end, close) ? left : show(end, close);
}

/** The first stop a falling price meets at or above `to`; null: it meets none. */
function highestBarrier(position: OpenPosition, rules: PositionRules, to: number): number | null {
  const { hardStop, trailingStop, peak, levelsTaken, takeProfits } = position;
  let barrier = Math.max(hardStop.toNumber(), trailingStop?.toNumber() ?? 0);
  if (levelsTaken >= takeProfits.length) barrier = Math.max(barrier, peak.toNumber() * (1 - rules.peakDrop));
  return barrier >= to ? barrier : null;
}
