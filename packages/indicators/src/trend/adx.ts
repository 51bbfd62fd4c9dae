import { type HighLowClose, requirePeriod } from '../columns.ts';
import { trueRange } from '../volatility/true-range.ts';

export interface DirectionalMovement {
  /** average directional index, 0..100; NaN before index 2 × period − 1 */
  readonly adx: Float64Array;
  /** +DI, 0..100; NaN before index `period` */
  readonly plusDi: Float64Array;
  /** −DI, 0..100; NaN before index `period` */
  readonly minusDi: Float64Array;
}

/**
 * Directional movement of Wilder 1978, without his integer rounding, started as TA-Lib starts it: the sums hold
 * `period − 1` candles before the first smoothing step.
 *
 * Before the first movement of a market 0/0 counts as 0; later an undefined DX leaves ADX as it was.
 *
 * @param period candles, ≥ 2
 * @throws {IndicatorInputError} columns of unequal length, or a bad period
 */
export function adx(candles: HighLowClose, period: number): DirectionalMovement {
  requirePeriod(period, 2);
  const { plusDi, minusDi } = directionalIndicators(candles, period);
  return { adx: averageIndex(plusDi, minusDi, period), plusDi, minusDi };
}

function directionalIndicators(candles: HighLowClose, period: number) {
  const { high, low } = candles;
  const ranges = trueRange(candles);
  const plusDi = new Float64Array(ranges.length).fill(Number.NaN);
  const minusDi = new Float64Array(ranges.length).fill(Number.NaN);

  let plus = 0;
  let minus = 0;
  let range = 0;
  for (let i = 1; i < ranges.length; i++) {
    const rise = high[i]! - high[i - 1]!;
    const fall = low[i - 1]! - low[i]!;
    const smoothing = i >= period;
    if (smoothing) {
      plus -= plus / period;
      minus -= minus / period;
      range -= range / period;
    }
    if (rise > fall && rise > 0) plus += rise;
    if (fall > rise && fall > 0) minus += fall;
    range += ranges[i]!;
    if (smoothing) {
      plusDi[i] = range > 0 ? (100 * plus) / range : 0;
      minusDi[i] = range > 0 ? (100 * minus) / range : 0;
    }
  }
  return { plusDi, minusDi };
}

function averageIndex(plusDi: Float64Array, minusDi: Float64Array, period: number): Float64Array {
  const averages = new Float64Array(plusDi.length).fill(Number.NaN);
  const first = 2 * period - 1;
  if (plusDi.length <= first) return averages;

  let average = 0;
  for (let i = period; i <= first; i++) average += directionalIndex(plusDi[i]!, minusDi[i]!) ?? 0;
  average /= period;
  averages[first] = average;
  for (let i = first + 1; i < plusDi.length; i++) {
    const index = directionalIndex(plusDi[i]!, minusDi[i]!);
    if (index !== null) average = (average * (period - 1) + index) / period;
    averages[i] = average;
  }
  return averages;
}

/** DX; null where neither direction moved. */
function directionalIndex(plusDi: number, minusDi: number): number | null {
  const sum = plusDi + minusDi;
  return sum > 0 ? (100 * Math.abs(plusDi - minusDi)) / sum : null;
}
