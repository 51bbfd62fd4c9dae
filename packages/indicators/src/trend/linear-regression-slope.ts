import { outputColumn, requireFinite, requirePeriod } from '../columns.ts';
import { RollingSlope, rollingSlope } from '../rolling/slope.ts';
import { createStream, requireFiniteValue, type Streaming } from '../streaming.ts';

/**
 * Slope of the least-squares line through the last `period` values, in their units per candle.
 *
 * @param period values, ≥ 2
 * @param out where to write, instead of a new column
 * @returns one value per input; NaN before index `period − 1`
 * @throws {IndicatorInputError} a bad period or output, or a value that is not finite
 */
export function linearRegressionSlope(values: Float64Array, period: number, out?: Float64Array): Float64Array {
  requirePeriod(period, 2);
  requireFinite(values, 'values');
  const slopes = outputColumn(out, values);
  rollingSlope(values, period, slopes);
  return slopes;
}

/** {@link linearRegressionSlope}, one value at a time. */
export function createLinearRegressionSlope(period: number): Streaming<number, number> {
  requirePeriod(period, 2);
  const slope = new RollingSlope(period);
  return createStream('linearRegressionSlope', [period], [slope], (value, commit) => {
    requireFiniteValue(value);
    return slope.step(value, commit);
  });
}
