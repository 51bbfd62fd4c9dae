import {
  type HighLowClose,
  outputColumn,
  requireCandles,
  requireEqualLengths,
  requirePeriod,
  requireSoundEnd,
} from '../columns.ts';
import { WilderAverage } from '../rolling/smoothing.ts';
import { createStream, type HighLowCloseCandle, requireFiniteCandle, type Streaming } from '../streaming.ts';
import { CloseBefore, rangeOf } from './true-range.ts';

/**
 * Average true range with Wilder's smoothing (1978): the mean of the first `period` true ranges, then
 * (previous × (period − 1) + true range) / period. Starts as TA-Lib's does; in a flat stretch it shrinks and never is 0.
 *
 * @param period candles, ≥ 1
 * @param out where to write, instead of a new column
 * @returns one value per candle in price units; NaN before index `period`
 * @throws {IndicatorInputError} columns of unequal length, a bad period or output, or a value that is not finite
 */
export function atr(candles: HighLowClose, period: number, out?: Float64Array): Float64Array {
  return smoothedRange(candles, period, false, out);
}

function smoothedRange(candles: HighLowClose, period: number, isPercent: boolean, out?: Float64Array): Float64Array {
  requirePeriod(period);
  requireEqualLengths(candles);
  const { high, low, close } = candles;
  const averages = outputColumn(out, high, low, close);
  const { length } = close;
  averages.fill(Number.NaN, 0, Math.min(period, length));
  if (length <= period) {
    requireCandles(candles);
    return averages;
  }

  const keep = (period - 1) / period;
  const share = 1 / period;
  let average = 0;
  for (let i = 1; i <= period; i++) average += rangeOf(high[i]!, low[i]!, close[i - 1]!);
  average /= period;
  let closeBefore = close[period]!;
  averages[period] = isPercent ? percentOf(average, closeBefore) : average;
  for (let i = period + 1; i < length; i++) {
    average = average * keep + rangeOf(high[i]!, low[i]!, closeBefore) * share;
    closeBefore = close[i]!;
    averages[i] = isPercent ? percentOf(average, closeBefore) : average;
  }
  requireSoundEnd(average + closeBefore + high[0]! + low[0]!, { high, low, close });
  return averages;
}

/** {@link atr}, one candle at a time. */
export function createAtr(period: number): Streaming<HighLowCloseCandle, number> {
  requirePeriod(period);
  const average = new TrueRangeAverage(period);
  return createStream('atr', [period], average.parts, (candle, commit) => {
    requireFiniteCandle(candle);
    return average.step(candle, commit);
  });
}

/** The recursion of {@link atr}, also for indicators built on it. */
export class TrueRangeAverage {
  readonly parts: readonly [CloseBefore, WilderAverage];

  constructor(period: number) {
    this.parts = [new CloseBefore(), new WilderAverage(period)];
  }

  step(candle: HighLowCloseCandle, commit: boolean): number {
    const [before, average] = this.parts;
    const range = before.rangeOf(candle, commit);
    return Number.isNaN(range) ? range : average.step(range, commit);
  }
}

/**
 * Normalised average true range, Forman 2006: {@link atr} in percent of the close.
 *
 * @param out where to write, instead of a new column
 * @returns one value per candle; NaN before index `period`, and where the close is not above 0
 * @throws {IndicatorInputError} as {@link atr}
 */
export function natr(candles: HighLowClose, period: number, out?: Float64Array): Float64Array {
  return smoothedRange(candles, period, true, out);
}

/** {@link natr}, one candle at a time. */
export function createNatr(period: number): Streaming<HighLowCloseCandle, number> {
  requirePeriod(period);
  const average = new TrueRangeAverage(period);
  return createStream('natr', [period], average.parts, (candle, commit) => {
    requireFiniteCandle(candle);
    return percentOf(average.step(candle, commit), candle.close);
  });
}

function percentOf(average: number, close: number): number {
  return close > 0 ? (100 * average) / close : Number.NaN;
}
