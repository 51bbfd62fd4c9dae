import { outputColumn, requirePeriod } from '../columns.ts';
import { RollingDeviation, rollingDeviation } from '../rolling/moments.ts';
import { createStream, requireFiniteValue, type Streaming } from '../streaming.ts';

/**
 * Population standard deviation of the last `period` values (divided by `period`); exactly 0 where they are equal.
 *
 * @param period values, ≥ 1
 * @param out where to write, instead of a new column
 * @returns one value per input, ≥ 0; NaN before index `period − 1`
 * @throws {IndicatorInputError} a bad period or output, or a value that is not finite
 */
export function standardDeviation(values: Float64Array, period: number, out?: Float64Array): Float64Array {
  requirePeriod(period);
  const deviations = outputColumn(out, values);
  rollingDeviation(values, 0, period, period, deviations, deviations, 'values');
  return deviations;
}

/** {@link standardDeviation}, one value at a time. */
export function createStandardDeviation(period: number): Streaming<number, number> {
  requirePeriod(period);
  const deviation = new RollingDeviation(period, period);
  return createStream('standardDeviation', [period], [deviation], (value, commit) => {
    requireFiniteValue(value);
    deviation.step(value, commit);
    return deviation.deviation;
  });
}
