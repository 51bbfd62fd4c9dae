import { type HighLowClose, outputColumn, requireCandles, requirePeriod } from '../columns.ts';
import { RollingExtremes, rollingExtremes } from '../rolling/extremes.ts';
import { scratchColumn } from '../rolling/scratch.ts';
import { createStream, type HighLowCloseCandle, requireFiniteCandle, type Streaming } from '../streaming.ts';

/**
 * Williams %R (1973): −100 × (highest high − close) / (highest high − lowest low) over `period` candles. Without a range, −50.
 *
 * @param period candles, ≥ 1 (usual: 14)
 * @param out where to write, instead of a new column
 * @returns one value per candle, −100..0; NaN before index `period − 1`
 * @throws {IndicatorInputError} columns of unequal length, a bad period or output, or a value that is not finite
 */
export function williamsR(candles: HighLowClose, period: number, out?: Float64Array): Float64Array {
  requirePeriod(period);
  requireCandles(candles);
  const { high, low, close } = candles;
  const ranks = outputColumn(out, high, low, close);
  const highest = scratchColumn(close.length);
  rollingExtremes(high, low, 0, period, highest, ranks);
  for (let i = period - 1; i < close.length; i++) ranks[i] = rankOf(close[i]!, ranks[i]!, highest[i]!);
  return ranks;
}

/** {@link williamsR}, one candle at a time. */
export function createWilliamsR(period: number): Streaming<HighLowCloseCandle, number> {
  requirePeriod(period);
  const extremes = new RollingExtremes(period);
  return createStream('williamsR', [period], [extremes], (candle, commit) => {
    requireFiniteCandle(candle);
    extremes.step(candle.high, candle.low, commit);
    if (Number.isNaN(extremes.highest)) return Number.NaN;
    return rankOf(candle.close, extremes.lowest, extremes.highest);
  });
}

function rankOf(close: number, lowest: number, highest: number): number {
  const range = highest - lowest;
  return range > 0 ? (-100 * (highest - close)) / range : -50;
}
