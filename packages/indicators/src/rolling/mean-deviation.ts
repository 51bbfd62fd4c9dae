import type { Part } from '../streaming.ts';

/*
 * Mean absolute deviation of windows. Averages come from blocks of differences to a pivot, as in moments.ts; but as the
 * average moves, so does every distance to it, and they are added afresh: the one window that costs O(period) a value.
 */

/**
 * The newest value less the average of the last `period`, in mean absolute deviations of them, from index `period − 1` on;
 * NaN before, 0 where they are equal. Values finite.
 */
export function rollingDeviationScore(values: Float64Array, period: number, out: Float64Array): void {
  const { length } = values;
  const first = Math.min(period - 1, length);
  out.fill(Number.NaN, 0, first);
  if (first === length) return;
  const tails = new Float64Array(period + 1);
  const differences = new Float64Array(2 * period - 1);
  for (let close = first; close < length; close += period) {
    const pivot = values[close]!;
    let tail = 0;
    for (let k = period - 1; k >= 0; k--) {
      const d = values[close - period + 1 + k]! - pivot;
      tail += d;
      differences[k] = d;
      tails[k] = tail;
    }
    out[close] = scoreOf(differences, 0, period - 1, 0, tail);

    let head = 0;
    const end = Math.min(period - 1, length - 1 - close);
    for (let k = 0; k < end; k++) {
      const d = values[close + 1 + k]! - pivot;
      head += d;
      differences[period + k] = d;
      out[close + 1 + k] = scoreOf(differences, k + 1, period + k, d, head + tails[k + 1]!);
    }
  }
}

/**
 * The score of the newest difference after `differences[from … end − 1]`, all together adding to `sum`. Four sums run at
 * once, as each addition waits for the one before.
 */
function scoreOf(differences: Float64Array, from: number, end: number, newest: number, sum: number): number {
  const period = end - from + 1;
  const shift = sum / period;
  const distance = newest - shift;
  let a = Math.abs(distance);
  let b = 0;
  let c = 0;
  let d = 0;
  const rest = end - ((end - from) & 3);
  for (let i = from; i < rest; i += 4) {
    a += Math.abs(differences[i]! - shift);
    b += Math.abs(differences[i + 1]! - shift);
    c += Math.abs(differences[i + 2]! - shift);
    d += Math.abs(differences[i + 3]! - shift);
  }
  for (let i = rest; i < end; i++) a += Math.abs(differences[i]! - shift);
  const deviation = (a + b + (c + d)) / period;
  return deviation === 0 ? 0 : distance / deviation;
}

/** {@link rollingDeviationScore}, one value at a time. */
export class RollingDeviationScore implements Part {
  readonly memory: Float64Array;
  readonly #period: number;
  /** the values since the last pivot */
  readonly #block: Float64Array;
  readonly #tails: Float64Array;
  /** of the block before and of this one to the pivot */
  readonly #differences: Float64Array;
  /** of a block about to close, remembered only when it does */
  readonly #closing: Float64Array;

  constructor(period: number) {
    this.#period = period;
    this.memory = new Float64Array(SCALARS + 4 * period);
    this.#block = this.memory.subarray(SCALARS, SCALARS + period);
    this.#tails = this.memory.subarray(SCALARS + period, SCALARS + 2 * period);
    this.#differences = this.memory.subarray(SCALARS + 2 * period);
    this.#closing = new Float64Array(period);
  }

  /** The score of `value`; NaN until `period` values are known. */
  step(value: number, commit: boolean): number {
    const memory = this.memory;
    const period = this.#period;
    const k = memory[POSITION]!;
    if (k === period - 1) return this.#closeBlock(value, commit);

    const isWarm = memory[WARM] === 1;
    const d = value - memory[PIVOT]!;
    const head = memory[HEAD]! + d;
    if (commit) {
      this.#block[k] = value;
      memory[POSITION] = k + 1;
      // before the first block is closed there is no pivot: these are not used
      memory[HEAD] = isWarm ? head : 0;
      this.#differences[period + k] = isWarm ? d : 0;
    }
    return isWarm ? scoreOf(this.#differences, k + 1, period + k, d, head + this.#tails[k + 1]!) : Number.NaN;
  }

  #closeBlock(pivot: number, commit: boolean): number {
    const memory = this.memory;
    const closing = this.#closing;
    const last = this.#period - 1;
    closing[last] = 0;
    let tail = 0;
    for (let k = last - 1; k >= 0; k--) {
      closing[k] = this.#block[k]! - pivot;
      tail += closing[k]!;
      if (commit) this.#tails[k] = tail;
    }
    if (commit) {
      this.#differences.set(closing);
      memory[POSITION] = 0;
      memory[WARM] = 1;
      memory[PIVOT] = pivot;
      memory[HEAD] = 0;
    }
    return scoreOf(closing, 0, last, 0, tail);
  }
}

const POSITION = 0;
const WARM = 1;
const PIVOT = 2;
const HEAD = 3;
const SCALARS = 4;
