import { type CandleColumns, HOUR_MS, TIMEFRAME_MS } from '@mexc-bot/core';
import {
  adx,
  type DirectionalMovement,
  donchian,
  type Macd,
  macd,
  realizedVolatility,
  sma,
} from '@mexc-bot/indicators';
import type { ContextColumns } from './context.ts';

/** What the definitions of features build on: the candles, and columns that several of them need. */
export interface FeatureSource {
  readonly candles: CandleColumns;
  readonly context: ContextColumns;
  readonly candleMs: number;
  /** first row that is asked for; columns made by `each` hold NaN before it */
  readonly from: number;
  /** candles in so many hours, at least 1 */
  span(hours: number): number;
  /** a value for every row that is asked for */
  each(valueAt: (row: number) => number): Float64Array;
  /** whether the candles before the row are there: they reach back so far, and of twenty at most one is missing */
  isWhole(row: number, back: number): boolean;
  /** close now ÷ close so many hours ago − 1; NaN where the candles since are not whole */
  changeAt(row: number, hours: number): number;
  /** standard deviation of the log returns of so many hours, per candle */
  volatility(hours: number): Float64Array;
  highest(hours: number): Float64Array;
  lowest(hours: number): Float64Array;
  /** mean base volume of so many candles */
  meanVolume(candles: number): Float64Array;
  /** over 14 candles */
  readonly direction: DirectionalMovement;
  /** of 12, 26 and 9 candles, in price units */
  readonly macd: Macd<Float64Array>;
}

/** Of so many candles one may be missing: an exchange's short standstill does not cost a day of features. */
const MISSING_ONE_IN = 20;

export function createSource(
  candles: CandleColumns,
  context: ContextColumns,
  from: number,
  candleMs: number = TIMEFRAME_MS['5m'],
): FeatureSource {
  const { openTime, close, volume } = candles;
  const { length } = close;
  const span = (hours: number) => spanOf(hours, candleMs);

  const isWhole = (row: number, back: number) =>
    row >= back && openTime[row]! - openTime[row - back]! <= (back + Math.floor(back / MISSING_ONE_IN)) * candleMs;

  const made = new Map<string, Float64Array>();
  const once = (key: string, make: () => Float64Array): Float64Array => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const column = make();
    made.set(key, column);
    return column;
  };
  let direction: DirectionalMovement | undefined;
  let convergence: Macd<Float64Array> | undefined;
  const channel = (hours: number, side: 'upper' | 'lower') =>
    once(`${side} ${hours}`, () => {
      const bands = donchian(candles, span(hours));
      made.set(`upper ${hours}`, bands.upper);
      made.set(`lower ${hours}`, bands.lower);
      return bands[side];
    });

  return {
    candles,
    context,
    candleMs,
    from,
    span,
    each(valueAt) {
      const values = new Float64Array(length).fill(Number.NaN, 0, Math.min(from, length));
      for (let row = from; row < length; row++) values[row] = valueAt(row);
      return values;
    },
    isWhole,
    changeAt(row, hours) {
      const back = span(hours);
      return isWhole(row, back) ? close[row]! / close[row - back]! - 1 : Number.NaN;
    },
    volatility: (hours) => once(`volatility ${hours}`, () => realizedVolatility(close, Math.max(span(hours), 2))),
    highest: (hours) => channel(hours, 'upper'),
    lowest: (hours) => channel(hours, 'lower'),
    meanVolume: (period) => once(`volume ${period}`, () => sma(volume, period)),
    get direction() {
      direction ??= adx(candles, 14);
      return direction;
    },
    get macd() {
      convergence ??= macd(close, 12, 26, 9);
      return convergence;
    },
  };
}

/** Candles in so many hours, at least 1. */
export function spanOf(hours: number, candleMs: number): number {
  return Math.max(1, Math.round((hours * HOUR_MS) / candleMs));
}
