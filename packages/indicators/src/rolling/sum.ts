import { refuse, requireFinite } from '../columns.ts';
import type { Part } from '../streaming.ts';

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
  if (first >= length) {
    requireFinite(values.subarray(from), name);
    return;
  }
  if (period === 3) {
    meanOfThree(values, from, out, name);
    return;
  }

  const share = 1 / period;
  const tails = new Float64Array(period + 1);
  let head = 0;
  for (let i = from; i <= first; i++) head += values[i]!;
  out[first] = head * share;
  if (!Number.isFinite(head)) refuse({ [name]: values });
  for (let start = first + 1; start < length; start += period) {
    let tail = 0;
    for (let k = period - 1; k > 0; k--) {
      tail += values[start - period + k]!;
      tails[k] = tail;
    }
    head = 0;
    const count = Math.min(period, length - start);
    for (let k = 0; k < count; k++) {
      head += values[start + k]!;
      out[start + k] = (head + tails[k + 1]!) * share;
    }
    if (!Number.isFinite(head)) refuse({ [name]: values });
  }
}

/** Sums of the last `period` values of `values` from index `from` on, written from index `from + period − 1` on. Values finite. */
export function rollingSum(values: Float64Array, from: number, period: number, out: Float64Array): void {
  const { length } = values;
  const first = from + period - 1;
  if (first >= length) return;
  const tails = new Float64Array(period + 1);
  let head = 0;
  for (let i = from; i <= first; i++) head += values[i]!;
  out[first] = head;
  for (let start = first + 1; start < length; start += period) {
    let tail = 0;
    for (let k = period - 1; k > 0; k--) {
      tail += values[start - period + k]!;
      tails[k] = tail;
    }
    head = 0;
    const count = Math.min(period, length - start);
    for (let k = 0; k < count; k++) {
      head += values[start + k]!;
      out[start + k] = head + tails[k + 1]!;
    }
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
    this.memory = new Float64Array(SCALARS + period + period + 1);
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
