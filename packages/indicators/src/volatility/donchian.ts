import { type HighLow, outputColumn, requireCandles, requirePeriod } from '../columns.ts';
import { RollingExtremes, rollingExtremes } from '../rolling/extremes.ts';
import { createStream, type HighLowCandle, requireFiniteCandle, type Streaming } from '../streaming.ts';
import type { Bands } from './bollinger.ts';

/**
 * Donchian channel (1960): highest high and lowest low of the last `period` candles, the current one included; the middle is their
 * mean.
 *
 * @param period candles, ≥ 1 (usual: 20)
 * @param out where to write, instead of new columns
 * @returns one value per candle in each column; NaN before index `period − 1`
 * @throws {IndicatorInputError} columns of unequal length, a bad period or output, or a value that is not finite
 */
export function donchian(candles: HighLow, period: number, out?: Bands<Float64Array>): Bands<Float64Array> {
  requirePeriod(period);
  requireCandles(candles);
  const { high, low } = candles;
  const upper = outputColumn(out?.upper, high, low);
  const middle = outputColumn(out?.middle, high, low, upper);
  const lower = outputColumn(out?.lower, high, low, upper, middle);
  rollingExtremes(high, low, 0, period, upper, lower);
  for (let i = 0; i < high.length; i++) middle[i] = (upper[i]! + lower[i]!) / 2;
  return { upper, middle, lower };
}

/** {@link donchian}, one candle at a time. */
export function createDonchian(period: number): Streaming<HighLowCandle, Bands<number>> {
  requirePeriod(period);
  const extremes = new RollingExtremes(period);
  return createStream('donchian', [period], [extremes], (candle, commit) => {
    requireFiniteCandle(candle);
    extremes.step(candle.high, candle.low, commit);
    const { highest: upper, lowest: lower } = extremes;
    return { upper, middle: (upper + lower) / 2, lower };
  });
}
