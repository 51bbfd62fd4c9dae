import { IndicatorInputError, outputColumn, requireFinite, requirePeriod } from '../columns.ts';
import { createMemory } from '../rolling/memory.ts';
import { RollingDeviation, rollingDeviation } from '../rolling/moments.ts';
import { scratchColumn } from '../rolling/scratch.ts';
import { createStream, requireFiniteValue, type Streaming } from '../streaming.ts';

/**
 * Realised volatility: sample standard deviation (divided by `period − 1`) of the last `period` log returns, per candle,
 * not annualised.
 *
 * @param values prices > 0
 * @param period returns, ≥ 2 (usual: 20)
 * @param out where to write, instead of a new column
 * @returns one value per input, ≥ 0; NaN before index `period`
 * @throws {IndicatorInputError} a bad period or output, or a value that is not finite and above 0
 */
export function realizedVolatility(values: Float64Array, period: number, out?: Float64Array): Float64Array {
  requirePeriod(period, 2);
  requireFinite(values, 'values');
  const { length } = values;
  const deviations = outputColumn(out, values);
  const returns = scratchColumn(length);
  for (let i = 0; i < length; i++) {
    requirePositive(values[i]!);
    if (i > 0) returns[i] = logReturn(values[i]!, values[i - 1]!);
  }
  rollingDeviation(returns, 1, period, period - 1, deviations, deviations, 'values');
  return deviations;
}

/** {@link realizedVolatility}, one price at a time. */
export function createRealizedVolatility(period: number): Streaming<number, number> {
  requirePeriod(period, 2);
  /** the previous price, 0 before the first */
  const before = { memory: createMemory(1) };
  const deviation = new RollingDeviation(period, period - 1);
  return createStream('realizedVolatility', [period], [before, deviation], (value, commit) => {
    requireFiniteValue(value);
    requirePositive(value);
    const last = before.memory[0]!;
    if (commit) before.memory[0] = value;
    if (last === 0) return Number.NaN;
    deviation.step(logReturn(value, last), commit);
    return deviation.deviation;
  });
}

function requirePositive(price: number): void {
  if (!(price > 0)) throw new IndicatorInputError(`price ${price} has no logarithm`);
}

/** ln(price / before), with every digit also of a small move. */
function logReturn(price: number, before: number): number {
  return Math.log1p((price - before) / before);
}
