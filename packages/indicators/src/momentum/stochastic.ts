import { type HighLowClose, outputColumn, requireCandles, requirePeriod } from '../columns.ts';
import { RollingExtremes, rollingExtremes } from '../rolling/extremes.ts';
import { RollingSum, rollingMean } from '../rolling/sum.ts';
import { createStream, type HighLowCloseCandle, requireFiniteCandle, type Streaming } from '../streaming.ts';

export interface Stochastic<Value> {
  /** %K, 0..100 */
  readonly k: Value;
  /** %D, 0..100: simple average of %K */
  readonly d: Value;
}

/**
 * Slow stochastic oscillator, Lane: 100 × (close − lowest low) / (highest high − lowest low) over `period` candles, averaged
 * over `smoothing` (%K) and again over `signal` (%D). Without a range, 50.
 *
 * @param period candles, ≥ 1 (usual: 14, 3, 3); `smoothing` 1 gives the fast stochastic
 * @param out where to write, instead of new columns
 * @returns one value per candle in each column; NaN before index `period + smoothing + signal − 3` in both
 * @throws {IndicatorInputError} columns of unequal length, a bad period or output, or a value that is not finite
 */
export function stochastic(
  candles: HighLowClose,
  period: number,
  smoothing: number,
  signal: number,
  out?: Stochastic<Float64Array>,
): Stochastic<Float64Array> {
  requirePeriods(period, smoothing, signal);
  requireCandles(candles);
  const { high, low, close } = candles;
  const k = outputColumn(out?.k, high, low, close);
  const d = outputColumn(out?.d, high, low, close, k);
  const { length } = close;

  // the columns carry what comes before their own values: extremes, then fast %K
  rollingExtremes(high, low, 0, period, k, d);
  for (let i = period - 1; i < length; i++) d[i] = positionIn(close[i]!, d[i]!, k[i]!);
  rollingMean(d, period - 1, smoothing, k, '%K');
  const first = period + smoothing - 2;
  rollingMean(k, first, signal, d, '%K');
  k.fill(Number.NaN, 0, Math.min(first + signal - 1, length));
  return { k, d };
}

/** {@link stochastic}, one candle at a time. */
export function createStochastic(
  period: number,
  smoothing: number,
  signal: number,
): Streaming<HighLowCloseCandle, Stochastic<number>> {
  requirePeriods(period, smoothing, signal);
  const extremes = new RollingExtremes(period);
  const fast = new RollingSum(smoothing);
  const slow = new RollingSum(signal);
  return createStream('stochastic', [period, smoothing, signal], [extremes, fast, slow], (candle, commit) => {
    requireFiniteCandle(candle);
    extremes.step(candle.high, candle.low, commit);
    if (Number.isNaN(extremes.highest)) return COLD;
    const k = fast.step(positionIn(candle.close, extremes.lowest, extremes.highest), commit) / smoothing;
    if (Number.isNaN(k)) return COLD;
    const d = slow.step(k, commit) / signal;
    return Number.isNaN(d) ? COLD : { k, d };
  });
}

const COLD: Stochastic<number> = { k: Number.NaN, d: Number.NaN };

function requirePeriods(period: number, smoothing: number, signal: number): void {
  requirePeriod(period);
  requirePeriod(smoothing, 1, 'smoothing period');
  requirePeriod(signal, 1, 'signal period');
}

/** Where between the extremes the close stands, in percent; 50 where they are equal. */
function positionIn(close: number, lowest: number, highest: number): number {
  const range = highest - lowest;
  return range > 0 ? (100 * (close - lowest)) / range : 50;
}
