import { type CandleColumns, firstAt, HOUR_MS, TIMEFRAME_MS } from '@mexc-bot/core';

/** How far ahead every label looks. Splits purge by it. */
export const LABEL_HORIZON_MS = 6 * HOUR_MS;

/** A close so far above (or under) the price is a rise (a fall), fraction. */
export const FEEDBACK_MOVE = 0.05;

/** The newest close before the horizon may be so old, in a market without trades or with a hole in its candles. */
const STALE_AFTER_MS = HOUR_MS;

export interface LabelRule {
  readonly horizonMs: number;
  /** gain at which the triple barrier's upper side stands, fraction of the price */
  readonly target: number;
  /** loss at which its lower side stands, fraction of the price, > 0 */
  readonly stop: number;
}

export interface LabelKnown {
  /** length of the candles in ms; 5 minutes unless told otherwise */
  readonly candleMs?: number;
  /** the candles are complete up to here, ms UTC; the close of the last one unless told otherwise */
  readonly knownUntil?: number;
}

/** First side that is touched within the horizon. */
export type Barrier = 'up' | 'down' | 'neither';

export interface Label {
  readonly state: 'labelled';
  /** last close within the horizon ÷ price − 1 */
  readonly return: number;
  /** return ≥ {@link FEEDBACK_MOVE}: the feedback model's label */
  readonly up: boolean;
  /** return ≤ −{@link FEEDBACK_MOVE} */
  readonly down: boolean;
  /** highest high and lowest low within the horizon ÷ price − 1 */
  readonly best: number;
  readonly worst: number;
  readonly barrier: Barrier;
  /** what leaving at the barrier brings, before costs: under −`stop` where the price gapped through it */
  readonly barrierReturn: number;
}

/**
 * `not_yet`: the horizon is not over. `vanished`: the market's candles ended before it, and nothing came after.
 * `gap`: they go on later, but what happened up to the horizon is not known.
 */
export interface Unlabelled {
  readonly state: 'not_yet' | 'vanished' | 'gap';
}

/**
 * What really happened to a candidate. Counted are the candles that open at `at` or later, so nothing from before the
 * decision, and close by the horizon.
 *
 * @param candles closed candles of the market, oldest first; may begin long before
 * @param at when it was decided, ms UTC
 * @param price quote per base at that time, > 0
 */
export function labelAt(
  candles: CandleColumns,
  at: number,
  price: number,
  rule: LabelRule,
  { candleMs = TIMEFRAME_MS['5m'], knownUntil }: LabelKnown = {},
): Label | Unlabelled {
  const { openTime } = candles;
  const { length } = openTime;
  const until = at + rule.horizonMs;
  const lastClose = length === 0 ? Number.NEGATIVE_INFINITY : openTime[length - 1]! + candleMs;
  // a candle that closes after the horizon is not counted: the one before it must be known
  if ((knownUntil ?? lastClose) <= until - candleMs) return { state: 'not_yet' };

  const first = firstAt(openTime, at);
  const end = firstAt(openTime, until - candleMs + 1);
  const reaches = end > first && openTime[end - 1]! + candleMs > until - STALE_AFTER_MS;
  if (!reaches) return { state: end < length ? 'gap' : 'vanished' };
  return labelOf(candles, first, end, price, rule);
}

function labelOf(candles: CandleColumns, first: number, end: number, price: number, rule: LabelRule): Label {
  const { open, high, low, close } = candles;
  const upper = price * (1 + rule.target);
  const lower = price * (1 - rule.stop);
  const gain = close[end - 1]! / price - 1;
  let barrier: Barrier = 'neither';
  let barrierReturn = gain;
  let best = Number.NEGATIVE_INFINITY;
  let worst = Number.POSITIVE_INFINITY;
  for (let i = first; i < end; i++) {
    best = Math.max(best, high[i]!);
    worst = Math.min(worst, low[i]!);
    if (barrier !== 'neither') continue;
    // which side a candle that spans both touched first is not known: the stop, so that no label is better than the trade
    if (low[i]! <= lower) {
      barrier = 'down';
      barrierReturn = Math.min(open[i]!, lower) / price - 1;
    } else if (high[i]! >= upper) {
      barrier = 'up';
      barrierReturn = rule.target;
    }
  }
  return {
    state: 'labelled',
    return: gain,
    up: gain >= FEEDBACK_MOVE,
    down: gain <= -FEEDBACK_MOVE,
    best: best / price - 1,
    worst: worst / price - 1,
    barrier,
    barrierReturn,
  };
}
