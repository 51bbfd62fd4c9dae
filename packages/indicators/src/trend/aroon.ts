import { type HighLow, outputColumn, requireCandles, requirePeriod } from '../columns.ts';
import { RollingExtremes, rollingExtremeAges } from '../rolling/extremes.ts';
import { createStream, type HighLowCandle, requireFiniteCandle, type Streaming } from '../streaming.ts';

export interface Aroon<Value> {
  /** 100 × (period − candles since the highest high) / period, 0..100 */
  readonly up: Value;
  /** the same of the lowest low */
  readonly down: Value;
}

/**
 * Aroon, Chande 1995, over the last `period + 1` candles; on a tie the most recent extreme counts.
 *
 * @param period candles, ≥ 1
 * @param out where to write, instead of new columns
 * @returns one value per candle in each column; NaN before index `period`
 * @throws {IndicatorInputError} columns of unequal length, a bad period or output, or a value that is not finite
 */
export function aroon(candles: HighLow, period: number, out?: Aroon<Float64Array>): Aroon<Float64Array> {
  requirePeriod(period);
  requireCandles(candles);
  const { high, low } = candles;
  const up = outputColumn(out?.up, high, low);
  const down = outputColumn(out?.down, high, low, up);
  rollingExtremeAges(high, low, period + 1, up, down);
  for (let i = period; i < high.length; i++) {
    up[i] = nearness(up[i]!, period);
    down[i] = nearness(down[i]!, period);
  }
  return { up, down };
}

/** {@link aroon}, one candle at a time. */
export function createAroon(period: number): Streaming<HighLowCandle, Aroon<number>> {
  requirePeriod(period);
  const extremes = new RollingExtremes(period + 1);
  return createStream('aroon', [period], [extremes], (candle, commit) => {
    requireFiniteCandle(candle);
    extremes.step(candle.high, candle.low, commit);
    return { up: nearness(extremes.highestAge, period), down: nearness(extremes.lowestAge, period) };
  });
}

function nearness(age: number, period: number): number {
  return (100 * (period - age)) / period;
}
