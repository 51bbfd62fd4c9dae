import { outputColumn, requireFinite, requirePeriod, requireSoundEnd } from '../columns.ts';
import { twicePositive } from '../rolling/branchless.ts';
import { createMemory } from '../rolling/memory.ts';
import { FAINT, LOOK_EVERY, RAISE } from '../rolling/neutral.ts';
import { createStream, type Part, requireFiniteValue, type Streaming } from '../streaming.ts';

/**
 * Relative strength index, Wilder 1978: 100 × gains / (gains + losses), of averages that start at the mean of the first
 * `period` changes and then are (previous × (period − 1) + change) / period.
 *
 * 50 before the first movement; in a flat stretch it stands still.
 *
 * @param period values, ≥ 1 (usual: 14)
 * @param out where to write, instead of a new column
 * @returns one value per input, 0..100; NaN before index `period`
 * @throws {IndicatorInputError} a bad period or output, or a value that is not finite
 */
export function rsi(values: Float64Array, period: number, out?: Float64Array): Float64Array {
  requirePeriod(period);
  const strengths = outputColumn(out, values);
  const { length } = values;
  strengths.fill(Number.NaN, 0, Math.min(period, length));
  if (length <= period) {
    requireFinite(values, 'values');
    return strengths;
  }

  // twice the sums of gains and losses: the factor drops out of the ratio
  let gains = 0;
  let losses = 0;
  let before = values[0]!;
  for (let i = 1; i <= period; i++) {
    const change = values[i]! - before;
    gains += twicePositive(change);
    losses += twicePositive(-change);
    before = values[i]!;
  }
  strengths[period] = strengthOf(gains, losses);

  const keep = (period - 1) / period;
  for (let start = period + 1; start < length; start += LOOK_EVERY) {
    const end = Math.min(start + LOOK_EVERY, length);
    if (gains + losses < FAINT) {
      gains *= RAISE;
      losses *= RAISE;
    }
    for (let i = start; i < end; i++) {
      const value = values[i]!;
      const change = value - before;
      gains = gains * keep + twicePositive(change);
      losses = losses * keep + twicePositive(-change);
      strengths[i] = strengthOf(gains, losses);
      before = value;
    }
  }
  requireSoundEnd(gains + losses, { values });
  return strengths;
}

/** {@link rsi}, one value at a time. */
export function createRsi(period: number): Streaming<number, number> {
  requirePeriod(period);
  const strength = new RelativeStrength(period);
  return createStream('rsi', [period], [strength], (value, commit) => {
    requireFiniteValue(value);
    return strength.step(value, commit);
  });
}

function strengthOf(gains: number, losses: number): number {
  const movement = gains + losses;
  return movement > 0 ? (100 * gains) / movement : 50;
}

const COUNT = 0;
const BEFORE = 1;
const GAINS = 2;
const LOSSES = 3;

/** The recursion of {@link rsi}, also for indicators built on it. */
export class RelativeStrength implements Part {
  readonly memory = createMemory(4);
  readonly #period: number;

  constructor(period: number) {
    this.#period = period;
  }

  step(value: number, commit: boolean): number {
    const memory = this.memory;
    const count = memory[COUNT]!;
    const keep = count > this.#period ? (this.#period - 1) / this.#period : 1;
    const change = count === 0 ? 0 : value - memory[BEFORE]!;
    const gains = memory[GAINS]! * keep + twicePositive(change);
    const losses = memory[LOSSES]! * keep + twicePositive(-change);
    if (commit) {
      const raise = gains + losses < FAINT ? RAISE : 1;
      memory[COUNT] = Math.min(count + 1, this.#period + 1);
      memory[BEFORE] = value;
      memory[GAINS] = gains * raise;
      memory[LOSSES] = losses * raise;
    }
    return count < this.#period ? Number.NaN : strengthOf(gains, losses);
  }
}
