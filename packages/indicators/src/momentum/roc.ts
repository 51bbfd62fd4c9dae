import { outputColumn, requireFinite, requirePeriod } from '../columns.ts';
import { Lag } from '../rolling/lag.ts';
import { createStream, requireFiniteValue, type Streaming } from '../streaming.ts';

/**
 * Rate of change in percent: 100 × (value / value `period` ago − 1). From 0 there is no rate: 0, as TA-Lib has it.
 *
 * @param period values, ≥ 1
 * @param out where to write, instead of a new column
 * @returns one value per input; NaN before index `period`
 * @throws {IndicatorInputError} a bad period or output, or a value that is not finite
 */
export function roc(values: Float64Array, period: number, out?: Float64Array): Float64Array {
  requirePeriod(period);
  const rates = outputColumn(out, values);
  rates.fill(Number.NaN, 0, Math.min(period, values.length));
  let spoilt = 0;
  for (let i = 0; i < period && i < values.length; i++) spoilt += values[i]!;
  for (let i = period; i < values.length; i++) {
    const value = values[i]!;
    rates[i] = rateOf(value, values[i - period]!);
    spoilt += value;
  }
  if (!Number.isFinite(spoilt)) requireFinite(values, 'values');
  return rates;
}

/** {@link roc}, one value at a time. */
export function createRoc(period: number): Streaming<number, number> {
  requirePeriod(period);
  const lag = new Lag(period);
  return createStream('roc', [period], [lag], (value, commit) => {
    requireFiniteValue(value);
    return rateOf(value, lag.step(value, commit));
  });
}

/** The difference is taken first: of two near prices it is exact, their ratio less 1 is not. */
function rateOf(value: number, before: number): number {
  return before === 0 ? 0 : (100 * (value - before)) / before;
}
