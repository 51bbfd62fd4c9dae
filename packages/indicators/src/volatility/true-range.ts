import { type HighLowClose, requireEqualLengths } from '../columns.ts';

/**
 * True range: max(high − low, |high − previous close|, |low − previous close|). Wilder 1978.
 *
 * @returns one value per candle; NaN at the first, which has no previous close
 * @throws {IndicatorInputError} columns of unequal length
 */
export function trueRange(candles: HighLowClose): Float64Array {
  requireEqualLengths(candles);
  const { high, low, close } = candles;
  const ranges = new Float64Array(close.length).fill(Number.NaN);
  for (let i = 1; i < close.length; i++) {
    const before = close[i - 1]!;
    ranges[i] = Math.max(high[i]! - low[i]!, Math.abs(high[i]! - before), Math.abs(low[i]! - before));
  }
  return ranges;
}
