import { outputColumn, requirePeriod } from '../columns.ts';
import { RollingSum, rollingMean } from '../rolling/sum.ts';
import { createStream, requireFiniteValue, type Streaming } from '../streaming.ts';

/**
 * Simple moving average: the mean of the last `period` values.
 *
 * @param period values, ≥ 1
 * @param out where to write, instead of a new column
 * @returns one value per input; NaN before index `period − 1`
 * @throws {IndicatorInputError} a bad period or output, or a value that is not finite
 */
export function sma(values: Float64Array, period: number, out?: Float64Array): Float64Array {
  requirePeriod(period);
  const means = outputColumn(out, values);
  rollingMean(values, 0, period, means, 'values');
  return means;
}

/** {@link sma}, one value at a time. */
export function createSma(period: number): Streaming<number, number> {
  requirePeriod(period);
  const sum = new RollingSum(period);
  const share = 1 / period;
  return createStream('sma', [period], [sum], (value, commit) => {
    requireFiniteValue(value);
    return sum.step(value, commit) * share;
  });
}
