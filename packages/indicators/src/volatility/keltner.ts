import { type HighLowClose, outputColumn, requireCandles, requireFactor, requirePeriod } from '../columns.ts';
import { ExponentialAverage } from '../rolling/smoothing.ts';
import { createStream, type HighLowCloseCandle, requireFiniteCandle, type Streaming } from '../streaming.ts';
import { ema } from '../trend/ema.ts';
import { atr, TrueRangeAverage } from './atr.ts';
import type { Bands } from './bollinger.ts';

/**
 * Keltner channel (1960) as changed by Raschke: the exponential average of the close ± `ranges` average true ranges.
 *
 * @param period of the average, candles, ≥ 1 (usual: 20)
 * @param atrPeriod of the true range, candles, ≥ 1 (usual: 10)
 * @param ranges > 0 (usual: 2)
 * @param out where to write, instead of new columns
 * @returns one value per candle in each column; NaN before index max(`period` − 1, `atrPeriod`)
 * @throws {IndicatorInputError} columns of unequal length, a bad period, factor or output, or a value that is not finite
 */
export function keltner(
  candles: HighLowClose,
  period: number,
  atrPeriod: number,
  ranges: number,
  out?: Bands<Float64Array>,
): Bands<Float64Array> {
  requireParameters(period, atrPeriod, ranges);
  requireCandles(candles);
  const { high, low, close } = candles;
  const upper = outputColumn(out?.upper, high, low, close);
  const middle = outputColumn(out?.middle, high, low, close, upper);
  const lower = outputColumn(out?.lower, high, low, close, upper, middle);
  ema(close, period, middle);
  atr(candles, atrPeriod, upper);
  for (let i = 0; i < close.length; i++) {
    const center = middle[i]!;
    const half = ranges * upper[i]!;
    upper[i] = center + half;
    lower[i] = center - half;
  }
  middle.fill(Number.NaN, 0, Math.min(atrPeriod, close.length));
  return { upper, middle, lower };
}

/** {@link keltner}, one candle at a time. */
export function createKeltner(
  period: number,
  atrPeriod: number,
  ranges: number,
): Streaming<HighLowCloseCandle, Bands<number>> {
  requireParameters(period, atrPeriod, ranges);
  const center = new ExponentialAverage(period);
  const range = new TrueRangeAverage(atrPeriod);
  return createStream('keltner', [period, atrPeriod, ranges], [center, ...range.parts], (candle, commit) => {
    requireFiniteCandle(candle);
    const average = center.step(candle.close, commit);
    const half = ranges * range.step(candle, commit);
    return { upper: average + half, middle: Number.isNaN(half) ? half : average, lower: average - half };
  });
}

function requireParameters(period: number, atrPeriod: number, ranges: number): void {
  requirePeriod(period);
  requirePeriod(atrPeriod, 1, 'ATR period');
  requireFactor(ranges, 'ranges');
}
