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
  const { length } = values;
  rates.fill(Number.NaN, 0, Math.min(period, length));
  let spoilt = 0;
  for (let i = 0; i < period && i < length; i++) spoilt += values[i]!;
  // two values a turn: a loop pays for the array it reads and the one it writes, each time round
  let i = period;
  for (; i < length - 1; i += 2) {
    const value = values[i]!;
    const after = values[i + 1]!;
    rates[i] = rateOf(value, values[i - period]!);
    rates[i + 1] = rateOf(after, values[i - period + 1]!);
    spoilt += value + after;
  }
  if (i < length) {
    rates[i] = rateOf(values[i]!, values[i - period]!);
    spoilt += values[i]!;
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
