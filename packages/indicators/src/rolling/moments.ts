import type { Part } from '../streaming.ts';

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
 */
export function rollingDeviation(
  values: Float64Array,
  from: number,
  period: number,
  divisor: number,
  means: Float64Array,
  deviations: Float64Array,
): void {
  const { length } = values;
  const first = Math.min(from + period - 1, length);
  means.fill(Number.NaN, 0, first);
  deviations.fill(Number.NaN, 0, first);

  if (first === length) return;
  const share = 1 / period;
  const scale = period / divisor;
  const tails = new Float64Array(period + 1);
  const squareTails = new Float64Array(period + 1);
  for (let close = first; close < length; close += period) {
    const pivot = values[close]!;
    let tail = 0;
    let squareTail = 0;
    for (let k = period - 2; k >= 0; k--) {
      const d = values[close - period + 1 + k]! - pivot;
      tail += d;
      squareTail += d * d;
      tails[k] = tail;
      squareTails[k] = squareTail;
    }
    const shift = tail * share;
    const variance = squareTail * share - shift * shift;
    means[close] = pivot + shift;
    deviations[close] = variance > 0 ? Math.sqrt(variance * scale) : 0;

    let head = 0;
    let squareHead = 0;
    const end = Math.min(period - 1, length - 1 - close);
    for (let k = 0; k < end; k++) {
      const i = close + 1 + k;
      const d = values[i]! - pivot;
      head += d;
      squareHead += d * d;
      const shift = (head + tails[k + 1]!) * share;
      const variance = (squareHead + squareTails[k + 1]!) * share - shift * shift;
      means[i] = pivot + shift;
      deviations[i] = variance > 0 ? Math.sqrt(variance * scale) : 0;
    }
  }
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
    this.memory = new Float64Array(SCALARS + 3 * period);
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
    this.deviation = variance > 0 ? Math.sqrt(variance * this.#scale) : 0;
  }
}

const POSITION = 0;
const WARM = 1;
const PIVOT = 2;
const HEAD = 3;
const SQUARE_HEAD = 4;
const SCALARS = 5;
