import { outputColumn, requireFinite, requirePeriod, requireSoundEnd } from '../columns.ts';
import { ExponentialAverage, emaKeep } from '../rolling/smoothing.ts';
import { createStream, requireFiniteValue, type Streaming } from '../streaming.ts';

/**
 * Exponential moving average as TA-Lib's: starts at the mean of the first `period` values, then
 * previous + 2 / (period + 1) × (value − previous).
 *
 * @param period values, ≥ 1
 * @param out where to write, instead of a new column
 * @returns one value per input; NaN before index `period − 1`
 * @throws {IndicatorInputError} a bad period or output, or a value that is not finite
 */
export function ema(values: Float64Array, period: number, out?: Float64Array): Float64Array {
  requirePeriod(period);
  const averages = outputColumn(out, values);
  const { length } = values;
  averages.fill(Number.NaN, 0, Math.min(period - 1, length));
  if (length < period) {
    requireFinite(values, 'values');
    return averages;
  }

  const keep = emaKeep(period);
  let sum = 0;
  for (let i = 0; i < period; i++) sum += values[i]!;
  let before = values[period - 1]!;
  let lead = sum / period - before;
  averages[period - 1] = before + lead;
  // two values a turn: the lead of the second follows from the lead before both, without waiting for that of the first
  const keepTwo = keep * keep;
  let i = period;
  for (; i < length - 1; i += 2) {
    const value = values[i]!;
    const after = values[i + 1]!;
    const move = before - value;
    averages[i] = value + (lead + move) * keep;
    lead = lead * keepTwo + (move * keepTwo + (value - after) * keep);
    averages[i + 1] = after + lead;
    before = after;
  }
  if (i < length) {
    lead = (lead + (before - values[i]!)) * keep;
    averages[i] = values[i]! + lead;
    before = values[i]!;
  }
  requireSoundEnd(before + lead, { values });
  return averages;
}

/** {@link ema}, one value at a time. */
export function createEma(period: number): Streaming<number, number> {
  requirePeriod(period);
  const average = new ExponentialAverage(period);
  return createStream('ema', [period], [average], (value, commit) => {
    requireFiniteValue(value);
    return average.step(value, commit);
  });
}
