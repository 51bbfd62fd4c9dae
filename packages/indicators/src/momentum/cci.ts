import { type HighLowClose, outputColumn, requireEqualLengths, requirePeriod, requireSoundEnd } from '../columns.ts';
import { RollingDeviationScore, rollingDeviationScore } from '../rolling/mean-deviation.ts';
import { scratchColumn } from '../rolling/scratch.ts';
import { createStream, type HighLowCloseCandle, requireFiniteCandle, type Streaming } from '../streaming.ts';

/**
 * Commodity channel index, Lambert 1980: (typical price − its simple average) / (0.015 × its mean absolute deviation), the
 * typical price being (high + low + close) / 3. Without a deviation, 0. The only stream whose time grows with its
 * period.
 *
 * @param period candles, ≥ 1 (usual: 20)
 * @param out where to write, instead of a new column
 * @returns one value per candle; NaN before index `period − 1`
 * @throws {IndicatorInputError} columns of unequal length, a bad period or output, or a value that is not finite
 */
export function cci(candles: HighLowClose, period: number, out?: Float64Array): Float64Array {
  requirePeriod(period);
  requireEqualLengths(candles);
  const { high, low, close } = candles;
  const { length } = close;
  const values = outputColumn(out, high, low, close);
  // three times the typical price: the factor drops out of the ratio
  const prices = scratchColumn(length);
  let spoilt = 0;
  for (let i = 0; i < length; i++) {
    const price = high[i]! + low[i]! + close[i]!;
    prices[i] = price;
    spoilt += price;
  }
  requireSoundEnd(spoilt, { high, low, close });
  rollingDeviationScore(prices, period, LAMBERT, values);
  return values;
}

/** {@link cci}, one candle at a time. */
export function createCci(period: number): Streaming<HighLowCloseCandle, number> {
  requirePeriod(period);
  const score = new RollingDeviationScore(period, LAMBERT);
  return createStream('cci', [period], [score], (candle, commit) => {
    requireFiniteCandle(candle);
    return score.step(candle.high + candle.low + candle.close, commit);
  });
}

/** Lambert's constant: puts most values between −100 and 100. */
const LAMBERT = 0.015;

export function typicalPrice(high: number, low: number, close: number): number {
  return (high + low + close) / 3;
}
