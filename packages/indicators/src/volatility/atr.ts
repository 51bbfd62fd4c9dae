import { type HighLowClose, requirePeriod } from '../columns.ts';
import { trueRange } from './true-range.ts';

/**
 * Average true range with Wilder's smoothing (1978): the mean of the first `period` true ranges, then
 * (previous × (period − 1) + true range) / period. Starts as TA-Lib's does.
 *
 * @param period candles, ≥ 1
 * @returns one value per candle in price units; NaN before index `period`
 * @throws {IndicatorInputError} columns of unequal length, or a bad period
 */
export function atr(candles: HighLowClose, period: number): Float64Array {
  requirePeriod(period);
  const ranges = trueRange(candles);
  const averages = new Float64Array(ranges.length).fill(Number.NaN);
  if (ranges.length <= period) return averages;

  let average = 0;
  for (let i = 1; i <= period; i++) average += ranges[i]!;
  average /= period;
  averages[period] = average;
  for (let i = period + 1; i < ranges.length; i++) {
    average = (average * (period - 1) + ranges[i]!) / period;
    averages[i] = average;
  }
  return averages;
}
