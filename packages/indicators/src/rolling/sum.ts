import { refuse, requireFinite } from '../columns.ts';
import type { Part } from '../streaming.ts';
import { createMemory } from './memory.ts';

/*
 * Windows without subtraction: the series is cut into blocks of `period` values, and every window is the end of one block
 * (its "tail", summed from the right) plus the beginning of the next (its "head", summed from the left). A running sum that
 * subtracts what leaves keeps the rounding of the largest value it ever held; here nothing outlives its window, and a value
 * costs two additions whatever the period. (van Herk 1992 and Gil, Werman 1993, there for extremes.)
 */

/**
 * Means of the last `period` values of `values` from index `from` on: NaN before index `from + period − 1`.
 *
 * @throws {IndicatorInputError} a value from `from` on is not finite; `name` says whose
 */
export function rollingMean(values: Float64Array, from: number, period: number, out: Float64Array, name: string): void {
  const { length } = values;
  const first = from + period - 1;
  out.fill(Number.NaN, 0, Math.min(first, length));
  if (first >= length) requireFinite(values.subarray(from), name);
  else if (period === 3) meanOfThree(values, from, out, name);
  else if (scaledSums(values, from, period, 1 / period, out) !== 0) refuse({ [name]: values });
}

/** Sums of the last `period` values of `values` from index `from` on, written from index `from + period − 1` on. Values finite. */
export function rollingSum(values: Float64Array, from: number, period: number, out: Float64Array): void {
  if (from + period <= values.length) scaledSums(values, from, period, 1, out);
}

/**
 * The sums of {@link rollingSum} times `scale`. The tails of a block wait in the places of the next one’s results, and are
 * summed while the heads are: neither sum waits for the other. Two values a turn.
 *
 * @returns 0; NaN if a value is not finite
 */
function scaledSums(values: Float64Array, from: number, period: number, scale: number, out: Float64Array): number {
  const { length } = values;
  let head = 0;
  for (let i = from; i < from + period; i++) head += values[i]!;
  out[from + period - 1] = head * scale;
  let spoilt = head - head;
  keepTails(values, from, period, out);

  let i = from + period;
  for (; i + 2 * period <= length; ) {
    const end = i + period;
    let j = end - 1;
    let tail = 0;
    head = 0;
    for (; i < end - 1; i += 2) {
      const odd = head + values[i]!;
      const oddTail = tail + values[j]!;
      out[i] = (odd + out[i]!) * scale;
      out[j + period] = tail;
      head = odd + values[i + 1]!;
      tail = oddTail + values[j - 1]!;
      out[i + 1] = (head + out[i + 1]!) * scale;
      out[j + period - 1] = oddTail;
      j -= 2;
    }
    if (i < end) {
      head += values[i]!;
      out[i] = (head + out[i]!) * scale;
      out[j + period] = tail;
      i++;
    }
    spoilt += head - head;
  }
  for (let start = i; start < length; start += period) {
    const end = Math.min(start + period, length);
    head = 0;
    for (i = start; i < end; i++) {
      head += values[i]!;
      out[i] = (head + out[i]!) * scale;
    }
    spoilt += head - head;
    keepTails(values, start, period, out);
  }
  return spoilt;
}

/** Puts the tails of the block at `start` where the results of the next block will be, as far as there is one. */
function keepTails(values: Float64Array, start: number, period: number, out: Float64Array): void {
  let tail = 0;
  for (let i = start + period - 1; i >= start; i--) {
    if (i + period < out.length) out[i + period] = tail;
    if (i < values.length) tail += values[i]!;
  }
}

/** The usual smoothing of oscillators; blocks of three would be slower than adding. */
function meanOfThree(values: Float64Array, from: number, out: Float64Array, name: string): void {
  let before = values[from]!;
  let last = values[from + 1]!;
  let spoilt = 0;
  for (let i = from + 2; i < values.length; i++) {
    const value = values[i]!;
    const mean = (before + last + value) / 3;
    out[i] = mean;
    spoilt += mean - mean;
    before = last;
    last = value;
  }
  if (spoilt !== 0) refuse({ [name]: values });
}

/** Sums of the last `period` values, one value at a time; the memory holds a block and tails as described above. */
export class RollingSum implements Part {
  readonly memory: Float64Array;
  readonly #period: number;

  constructor(period: number) {
    this.#period = period;
    this.memory = createMemory(SCALARS + period + period + 1);
  }

  /** The sum with `value`; NaN until `period` values are known. */
  step(value: number, commit: boolean): number {
    const memory = this.memory;
    const period = this.#period;
    const k = memory[POSITION]!;
    const isLast = k === period - 1;
    const head = memory[HEAD]! + value;
    const sum = isLast || memory[WARM] === 1 ? head + memory[SCALARS + period + k + 1]! : Number.NaN;
    if (commit) {
      memory[SCALARS + k] = value;
      memory[POSITION] = k + 1;
      memory[HEAD] = head;
      if (isLast) this.#closeBlock();
    }
    return sum;
  }

  #closeBlock(): void {
    const memory = this.memory;
    const tails = SCALARS + this.#period;
    let tail = 0;
    for (let k = this.#period - 1; k > 0; k--) {
      tail += memory[SCALARS + k]!;
      memory[tails + k] = tail;
    }
    memory[POSITION] = 0;
    memory[WARM] = 1;
    memory[HEAD] = 0;
  }
}

const POSITION = 0;
const WARM = 1;
const HEAD = 2;
const SCALARS = 3;
