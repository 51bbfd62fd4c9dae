import { IndicatorInputError, outputColumn, requireFinite, requirePeriod, requireSoundEnd } from '../columns.ts';
import { ExponentialAverage, emaKeep } from '../rolling/smoothing.ts';
import { createStream, requireFiniteValue, type Streaming } from '../streaming.ts';

export interface Macd<Value> {
  /** fast less slow average, in price units */
  readonly macd: Value;
  /** exponential average of `macd` */
  readonly signal: Value;
  /** `macd` less `signal` */
  readonly histogram: Value;
}

/**
 * Moving average convergence/divergence, Appel 1979, as TA-Lib starts it: the fast average's seed is the mean of the `fast`
 * values that end where the slow seed ends, so the line is not `ema(fast) − ema(slow)` of the first hundred values.
 *
 * @param fast values, ≥ 1 and under `slow` (usual: 12, 26, 9)
 * @param out where to write, instead of new columns
 * @returns one value per input in each column; NaN before index `slow + signal − 2` in all three
 * @throws {IndicatorInputError} a bad period or output, or a value that is not finite
 */
export function macd(
  values: Float64Array,
  fast: number,
  slow: number,
  signal: number,
  out?: Macd<Float64Array>,
): Macd<Float64Array> {
  requirePeriods(fast, slow, signal);
  const lines = outputColumn(out?.macd, values);
  const signals = outputColumn(out?.signal, values, lines);
  const histograms = outputColumn(out?.histogram, values, lines, signals);
  const columns = { macd: lines, signal: signals, histogram: histograms };
  const { length } = values;
  const first = slow + signal - 2;
  for (const column of [lines, signals, histograms]) column.fill(Number.NaN, 0, Math.min(first, length));
  if (length <= first) {
    requireFinite(values, 'values');
    return columns;
  }

  const fastKeep = emaKeep(fast);
  const slowKeep = emaKeep(slow);
  const signalKeep = emaKeep(signal);
  let fastSum = 0;
  let slowSum = 0;
  for (let i = 0; i < slow; i++) {
    slowSum += values[i]!;
    if (i >= slow - fast) fastSum += values[i]!;
  }
  let before = values[slow - 1]!;
  let fastLead = fastSum / fast - before;
  let slowLead = slowSum / slow - before;
  let line = fastLead - slowLead;
  let sum = line;
  for (let i = slow; i <= first; i++) {
    const value = values[i]!;
    fastLead = (fastLead + (before - value)) * fastKeep;
    slowLead = (slowLead + (before - value)) * slowKeep;
    line = fastLead - slowLead;
    sum += line;
    before = value;
  }
  let lead = sum / signal - line;
  lines[first] = line;
  signals[first] = line + lead;
  histograms[first] = -lead;

  for (let i = first + 1; i < length; i++) {
    const value = values[i]!;
    const move = before - value;
    const lineBefore = line;
    fastLead = (fastLead + move) * fastKeep;
    slowLead = (slowLead + move) * slowKeep;
    line = fastLead - slowLead;
    lead = (lead + (lineBefore - line)) * signalKeep;
    lines[i] = line;
    signals[i] = line + lead;
    histograms[i] = -lead;
    before = value;
  }
  requireSoundEnd(before + lead, { values });
  return columns;
}

/** {@link macd}, one value at a time. */
export function createMacd(fast: number, slow: number, signal: number): Streaming<number, Macd<number>> {
  requirePeriods(fast, slow, signal);
  const fastAverage = new ExponentialAverage(fast, slow - fast);
  const slowAverage = new ExponentialAverage(slow);
  const signalAverage = new ExponentialAverage(signal);
  return createStream(
    'macd',
    [fast, slow, signal],
    [fastAverage, slowAverage, signalAverage],
    (value, commit): Macd<number> => {
      requireFiniteValue(value);
      const line = fastAverage.stepLead(value, commit) - slowAverage.stepLead(value, commit);
      const lead = Number.isNaN(line) ? line : signalAverage.stepLead(line, commit);
      return Number.isNaN(lead) ? COLD : { macd: line, signal: line + lead, histogram: -lead };
    },
  );
}

const COLD: Macd<number> = { macd: Number.NaN, signal: Number.NaN, histogram: Number.NaN };

function requirePeriods(fast: number, slow: number, signal: number): void {
  requirePeriod(fast, 1, 'fast period');
  requirePeriod(slow, 1, 'slow period');
  requirePeriod(signal, 1, 'signal period');
  if (fast >= slow) throw new IndicatorInputError(`fast period ${fast} is not under the slow period ${slow}`);
}
