import type { Part } from '../streaming.ts';
import { createMemory } from './memory.ts';

/*
 * Least-squares slopes of windows in blocks, of differences to a pivot as in moments.ts. Positions are counted from the
 * pivot (−period + 1 … 0 in the block it closed, 1, 2 … after it), so both sums stay as small as the window.
 */

/** Slope per value of the last `period` values, from index `period − 1` on; NaN before. `period` ≥ 2. */
export function rollingSlope(values: Float64Array, period: number, out: Float64Array): void {
  const { length } = values;
  const first = Math.min(period - 1, length);
  out.fill(Number.NaN, 0, first);
  if (first === length) return;
  const share = 12 / (period * (period * period - 1));
  const middle = (period - 1) / 2;
  // tails and weighted tails in pairs, and two values a turn, as in moments.ts
  const tails = new Float64Array(2 * period + 2);
  for (let close = first; close < length; close += period) {
    const pivot = values[close]!;
    let tail = 0;
    let weightedTail = 0;
    let k = 1;
    for (; k < period - 1; k += 2) {
      const d = values[close - k]! - pivot;
      const e = values[close - k - 1]! - pivot;
      const odd = tail + d;
      const weightedOdd = weightedTail - k * d;
      tail = odd + e;
      weightedTail = weightedOdd - (k + 1) * e;
      tails[2 * k] = odd;
      tails[2 * k + 1] = weightedOdd;
      tails[2 * k + 2] = tail;
      tails[2 * k + 3] = weightedTail;
    }
    if (k < period) {
      const d = values[close - k]! - pivot;
      tail += d;
      weightedTail -= k * d;
    }
    out[close] = (weightedTail + middle * tail) * share;

    let head = 0;
    let weightedHead = 0;
    const count = Math.min(period - 1, length - 1 - close);
    k = 1;
    for (; k < count; k += 2) {
      const i = close + k;
      const d = values[i]! - pivot;
      const e = values[i + 1]! - pivot;
      const odd = head + d;
      const weightedOdd = weightedHead + k * d;
      head = odd + e;
      weightedHead = weightedOdd + (k + 1) * e;
      const at = 2 * (period - 1 - k);
      const center = k - middle;
      out[i] = (weightedOdd + tails[at + 1]! - center * (odd + tails[at]!)) * share;
      out[i + 1] = (weightedHead + tails[at - 1]! - (center + 1) * (head + tails[at - 2]!)) * share;
    }
    if (k === count) {
      const d = values[close + k]! - pivot;
      const at = 2 * (period - 1 - k);
      const weighted = weightedHead + k * d + tails[at + 1]!;
      out[close + k] = (weighted - (k - middle) * (head + d + tails[at]!)) * share;
    }
  }
}

/** Slope of the last `period` values, one value at a time. */
export class RollingSlope implements Part {
  readonly memory: Float64Array;
  readonly #period: number;
  readonly #share: number;
  readonly #block: Float64Array;
  readonly #tails: Float64Array;
  readonly #weightedTails: Float64Array;

  constructor(period: number) {
    this.#period = period;
    this.#share = 12 / (period * (period * period - 1));
    this.memory = createMemory(SCALARS + 3 * period);
    this.#block = this.memory.subarray(SCALARS, SCALARS + period);
    this.#tails = this.memory.subarray(SCALARS + period, SCALARS + 2 * period);
    this.#weightedTails = this.memory.subarray(SCALARS + 2 * period);
  }

  /** The slope with `value`; NaN until `period` values are known. */
  step(value: number, commit: boolean): number {
    const memory = this.memory;
    const period = this.#period;
    const middle = (period - 1) / 2;
    const k = memory[POSITION]! + 1;
    if (k === period) return this.#closeBlock(value, middle, commit);

    const isWarm = memory[WARM] === 1;
    const d = value - memory[PIVOT]!;
    const head = memory[HEAD]! + d;
    const weightedHead = memory[WEIGHTED_HEAD]! + k * d;
    const left = period - 1 - k;
    if (commit) {
      this.#block[k - 1] = value;
      memory[POSITION] = k;
      memory[HEAD] = isWarm ? head : 0;
      memory[WEIGHTED_HEAD] = isWarm ? weightedHead : 0;
    }
    if (!isWarm) return Number.NaN;
    return (weightedHead + this.#weightedTails[left]! - (k - middle) * (head + this.#tails[left]!)) * this.#share;
  }

  #closeBlock(pivot: number, middle: number, commit: boolean): number {
    const block = this.#block;
    const last = this.#period - 1;
    let tail = 0;
    let weightedTail = 0;
    for (let k = 1; k <= last; k++) {
      const d = block[last - k]! - pivot;
      tail += d;
      weightedTail -= k * d;
      if (commit) {
        this.#tails[k] = tail;
        this.#weightedTails[k] = weightedTail;
      }
    }
    if (commit) {
      block[last] = pivot;
      const memory = this.memory;
      memory[POSITION] = 0;
      memory[WARM] = 1;
      memory[PIVOT] = pivot;
      memory[HEAD] = 0;
      memory[WEIGHTED_HEAD] = 0;
    }
    return (weightedTail + middle * tail) * this.#share;
  }
}

const POSITION = 0;
const WARM = 1;
const PIVOT = 2;
const HEAD = 3;
const WEIGHTED_HEAD = 4;
const SCALARS = 5;
