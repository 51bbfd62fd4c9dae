import type { Candle } from './market.ts';
import { TIMEFRAME_MS, type Timeframe } from './time.ts';

/** Closed candles of one market as columns of one length, oldest first. */
export interface CandleColumns {
  /** ms UTC */
  readonly openTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** base */
  readonly volume: Float64Array;
}

/** Timeframes that are kept: their candles open on multiples of their length, which no document says of days. */
export const KEPT_TIMEFRAMES = ['1m', '5m', '15m', '1h', '4h'] as const satisfies readonly Timeframe[];
export type KeptTimeframe = (typeof KEPT_TIMEFRAMES)[number];

/** @returns columns of `length` candles, all zero */
export function emptyColumns(length: number): CandleColumns {
  const column = (): Float64Array => new Float64Array(length);
  return { openTime: column(), open: column(), high: column(), low: column(), close: column(), volume: column() };
}

export function toColumns(candles: readonly Candle[]): CandleColumns {
  const columns = emptyColumns(candles.length);
  for (const [i, candle] of candles.entries()) {
    columns.openTime[i] = candle.openTime;
    columns.open[i] = candle.open;
    columns.high[i] = candle.high;
    columns.low[i] = candle.low;
    columns.close[i] = candle.close;
    columns.volume[i] = candle.volume;
  }
  return columns;
}

/** @param at in [0, length) */
export function candleAt(columns: CandleColumns, at: number): Candle {
  return {
    openTime: columns.openTime[at]!,
    open: columns.open[at]!,
    high: columns.high[at]!,
    low: columns.low[at]!,
    close: columns.close[at]!,
    volume: columns.volume[at]!,
  };
}

export const toCandles = (columns: CandleColumns): Candle[] =>
  Array.from(columns.openTime, (_, at) => candleAt(columns, at));

/** @returns the first index of a rising column at which its value is at least `value`; its length: none is */
export function firstAt(column: Float64Array, value: number): number {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (column[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Candles of a longer timeframe, as the exchange makes them: open of the first, close of the last, extremes and volume of all.
 * A candle that lacks one of its parts is left out, for its extremes would be a guess.
 *
 * @throws {RangeError} `to` is no multiple of `from`
 */
export function aggregateCandles(columns: CandleColumns, from: Timeframe, to: Timeframe): CandleColumns {
  const [stepMs, bucketMs] = [TIMEFRAME_MS[from], TIMEFRAME_MS[to]];
  const parts = bucketMs / stepMs;
  if (!Number.isInteger(parts)) throw new RangeError(`${to} is not made of ${from}`);

  const { openTime } = columns;
  const starts: number[] = [];
  // times rise on the grid: where the last part stands in its place, so do all between
  for (let i = 0; i + parts <= openTime.length; i++) {
    const isWhole = openTime[i]! % bucketMs === 0 && openTime[i + parts - 1] === openTime[i]! + bucketMs - stepMs;
    if (isWhole) starts.push(i);
  }

  const made = emptyColumns(starts.length);
  for (const [bucket, start] of starts.entries()) {
    let high = Number.NEGATIVE_INFINITY;
    let low = Number.POSITIVE_INFINITY;
    let volume = 0;
    for (let i = start; i < start + parts; i++) {
      high = Math.max(high, columns.high[i]!);
      low = Math.min(low, columns.low[i]!);
      volume += columns.volume[i]!;
    }
    made.openTime[bucket] = openTime[start]!;
    made.open[bucket] = columns.open[start]!;
    made.high[bucket] = high;
    made.low[bucket] = low;
    made.close[bucket] = columns.close[start + parts - 1]!;
    made.volume[bucket] = volume;
  }
  return made;
}
