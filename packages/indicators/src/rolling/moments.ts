import { requireFinite } from '../columns.ts';
import type { Part } from '../streaming.ts';
import { createMemory } from './memory.ts';

/*
 * Mean and squared deviation of windows, in blocks as in sum.ts, of the differences to a pivot: the value that closed the
 * last block. It lies inside every window until the next block closes, and there the next pivot takes over. With a pivot
 * inside the window its distance to the mean is at most √(period − 1) standard deviations, so the subtraction
 * E[d²] − E[d]² loses at most a factor of `period`, however small the deviation is against the price; and equal values
 * give exactly 0.
 */

/**
 * Mean and deviation (the root of the mean squared difference to the mean) of the last `period` values, from index
 * `from + period − 1` on; NaN before.
 *
 * @param divisor of the squared deviation: `period` for the population, `period − 1` for a sample
 * @param means may be the column of the deviations, which then holds these only
 * @throws {IndicatorInputError} a value is not finite; `name` says whose
 */
export function rollingDeviation(
  values: Float64Array,
  from: number,
  period: number,
  divisor: number,
  means: Float64Array,
  deviations: Float64Array,
  name: string,
): void {
  const { length } = values;
  const first = Math.min(from + period - 1, length);
  means.fill(Number.NaN, 0, first);
  deviations.fill(Number.NaN, 0, first);
  if (first === length) {
    requireFinite(values.subarray(from), name);
    return;
  }
  let spoilt = 0;
  const share = 1 / period;
  const scale = period / divisor;
  // tails and tails of squares in pairs, and two values a turn: a loop pays for each array it touches, each time round
  const tails = new Float64Array(2 * period + 2);
  for (let close = first; close < length; close += period) {
    const pivot = values[close]!;
    const open = close - period + 1;
    let tail = 0;
    let squareTail = 0;
    let k = period - 2;
    for (; k > 0; k -= 2) {
      const d = values[open + k]! - pivot;
      const e = values[open + k - 1]! - pivot;
      const odd = tail + d;
      const squareOdd = squareTail + d * d;
      tail = odd + e;
      squareTail = squareOdd + e * e;
      tails[2 * k] = odd;
      tails[2 * k + 1] = squareOdd;
      tails[2 * k - 2] = tail;
      tails[2 * k - 1] = squareTail;
    }
    if (k === 0) {
      const d = values[open]! - pivot;
      tail += d;
      squareTail += d * d;
    }
    const shift = tail * share;
    means[close] = pivot + shift;
    deviations[close] = rootOf(squareTail * share - shift * shift, scale);

    let head = 0;
    let squareHead = 0;
    const end = Math.min(close + period, length);
    let i = close + 1;
    let at = 2;
    for (; i < end - 1; i += 2) {
      const d = values[i]! - pivot;
      const e = values[i + 1]! - pivot;
      const odd = head + d;
      const squareOdd = squareHead + d * d;
      head = odd + e;
      squareHead = squareOdd + e * e;
      const shiftOdd = (odd + tails[at]!) * share;
      const shiftEven = (head + tails[at + 2]!) * share;
      const varianceOdd = (squareOdd + tails[at + 1]!) * share - shiftOdd * shiftOdd;
      const varianceEven = (squareHead + tails[at + 3]!) * share - shiftEven * shiftEven;
      means[i] = pivot + shiftOdd;
      means[i + 1] = pivot + shiftEven;
      deviations[i] = rootOf(varianceOdd, scale);
      deviations[i + 1] = rootOf(varianceEven, scale);
      at += 4;
    }
    if (i < end) {
      const d = values[i]! - pivot;
      const shift = (head + d + tails[at]!) * share;
      means[i] = pivot + shift;
      squareHead += d * d;
      deviations[i] = rootOf((squareHead + tails[at + 1]!) * share - shift * shift, scale);
    }
    spoilt += (squareTail + squareHead) * 0;
  }
  if (spoilt !== 0) requireFinite(values.subarray(from), name);
}

/** The deviation of a variance, which rounding may have brought under 0. */
function rootOf(variance: number, scale: number): number {
  return variance > 0 ? Math.sqrt(variance * scale) : 0;
}

/** Mean and deviation of the last `period` values, one value at a time. */
export class RollingDeviation implements Part {
  readonly memory: Float64Array;
  /** of the window of the last `step`; NaN until `period` values are known */
  mean = Number.NaN;
  deviation = Number.NaN;
  readonly #period: number;
  readonly #scale: number;

  constructor(period: number, divisor: number) {
    this.#period = period;
    this.#scale = period / divisor;
    // the block, its tails, the tails of its squares
    this.memory = createMemory(SCALARS + 3 * period);
  }

  step(value: number, commit: boolean): void {
    const memory = this.memory;
    const k = memory[POSITION]!;
    if (k === this.#period - 1) {
      this.#closeBlock(value, commit);
      return;
    }

    const d = value - memory[PIVOT]!;
    const head = memory[HEAD]! + d;
    const squareHead = memory[SQUARE_HEAD]! + d * d;
    if (memory[WARM] !== 1) {
      this.mean = Number.NaN;
      this.deviation = Number.NaN;
    } else {
      const tail = SCALARS + this.#period + k + 1;
      this.#answer(memory[PIVOT]!, head + memory[tail]!, squareHead + memory[tail + this.#period]!);
    }
    if (commit) {
      memory[SCALARS + k] = value;
      memory[POSITION] = k + 1;
      // before the first block is closed there is no pivot: these sums are not used
      memory[HEAD] = memory[WARM] === 1 ? head : 0;
      memory[SQUARE_HEAD] = memory[WARM] === 1 ? squareHead : 0;
    }
  }

  #closeBlock(pivot: number, commit: boolean): void {
    const memory = this.memory;
    const period = this.#period;
    let tail = 0;
    let squareTail = 0;
    for (let k = period - 2; k >= 0; k--) {
      const d = memory[SCALARS + k]! - pivot;
      tail += d;
      squareTail += d * d;
      if (commit) {
        memory[SCALARS + period + k] = tail;
        memory[SCALARS + 2 * period + k] = squareTail;
      }
    }
    this.#answer(pivot, tail, squareTail);
    if (!commit) return;
    memory[SCALARS + period - 1] = pivot;
    memory[POSITION] = 0;
    memory[WARM] = 1;
    memory[PIVOT] = pivot;
    memory[HEAD] = 0;
    memory[SQUARE_HEAD] = 0;
  }

  #answer(pivot: number, sum: number, squares: number): void {
    const share = 1 / this.#period;
    const shift = sum * share;
    const variance = squares * share - shift * shift;
    this.mean = pivot + shift;
    this.deviation = rootOf(variance, this.#scale);
  }
}

const POSITION = 0;
const WARM = 1;
const PIVOT = 2;
const HEAD = 3;
const SQUARE_HEAD = 4;
const SCALARS = 5;
