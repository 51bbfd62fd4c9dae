import { outputColumn, requireFactor, requirePeriod } from '../columns.ts';
import { RollingDeviation, rollingDeviation } from '../rolling/moments.ts';
import { scratchColumn } from '../rolling/scratch.ts';
import { createStream, requireFiniteValue, type Streaming } from '../streaming.ts';

export interface Bands<Value> {
  readonly upper: Value;
  readonly middle: Value;
  readonly lower: Value;
}

export interface BollingerValues extends Bands<number> {
  readonly percentB: number;
  readonly width: number;
}

/**
 * Bollinger bands (Bollinger 2001): the simple average of the last `period` values ± `deviations` population standard deviations.
 *
 * @param period values, ≥ 1 (usual: 20)
 * @param deviations > 0 (usual: 2)
 * @param out where to write, instead of new columns
 * @returns one value per input in each column; NaN before index `period − 1`
 * @throws {IndicatorInputError} a bad period, factor or output, or a value that is not finite
 */
export function bollinger(
  values: Float64Array,
  period: number,
  deviations: number,
  out?: Bands<Float64Array>,
): Bands<Float64Array> {
  requireParameters(period, deviations);
  const upper = outputColumn(out?.upper, values);
  const middle = outputColumn(out?.middle, values, upper);
  const lower = outputColumn(out?.lower, values, upper, middle);
  rollingDeviation(values, 0, period, period, middle, upper, 'values');
  for (let i = 0; i < values.length; i++) {
    const center = middle[i]!;
    const half = deviations * upper[i]!;
    upper[i] = center + half;
    lower[i] = center - half;
  }
  return { upper, middle, lower };
}

/**
 * %b: (value − lower band) / (upper − lower band), 0 at the lower band, 1 at the upper. Where the bands meet, 0.5.
 *
 * Parameters and errors as of {@link bollinger}.
 */
export function bollingerPercentB(
  values: Float64Array,
  period: number,
  deviations: number,
  out?: Float64Array,
): Float64Array {
  requireParameters(period, deviations);
  const percents = outputColumn(out, values);
  const means = scratchColumn(values.length);
  rollingDeviation(values, 0, period, period, means, percents, 'values');
  for (let i = 0; i < values.length; i++) percents[i] = percentOf(values[i]!, means[i]!, deviations * percents[i]!);
  return percents;
}

/**
 * Band width: (upper − lower band) / middle band. Where the bands meet, 0; else NaN over a middle that is not above 0.
 *
 * Parameters and errors as of {@link bollinger}.
 */
export function bollingerWidth(
  values: Float64Array,
  period: number,
  deviations: number,
  out?: Float64Array,
): Float64Array {
  requireParameters(period, deviations);
  const widths = outputColumn(out, values);
  const means = scratchColumn(values.length);
  rollingDeviation(values, 0, period, period, means, widths, 'values');
  for (let i = 0; i < values.length; i++) widths[i] = widthOf(means[i]!, deviations * widths[i]!);
  return widths;
}

/** {@link bollinger} with %b and width, one value at a time. */
export function createBollinger(period: number, deviations: number): Streaming<number, BollingerValues> {
  requireParameters(period, deviations);
  const deviation = new RollingDeviation(period, period);
  return createStream('bollinger', [period, deviations], [deviation], (value, commit) => {
    requireFiniteValue(value);
    deviation.step(value, commit);
    const middle = deviation.mean;
    const half = deviations * deviation.deviation;
    const percentB = percentOf(value, middle, half);
    return { upper: middle + half, middle, lower: middle - half, percentB, width: widthOf(middle, half) };
  });
}

function requireParameters(period: number, deviations: number): void {
  requirePeriod(period);
  requireFactor(deviations, 'deviations');
}

/** From half the width, so that nothing is lost in bands that all but meet. */
function percentOf(value: number, middle: number, half: number): number {
  return half === 0 ? 0.5 : 0.5 + (value - middle) / (2 * half);
}

function widthOf(middle: number, half: number): number {
  if (half === 0) return 0;
  return middle > 0 ? (2 * half) / middle : Number.NaN;
}
