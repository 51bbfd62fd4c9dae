import type { Part } from '../streaming.ts';
import { createMemory } from './memory.ts';
import { OrderedWindow } from './ordered-window.ts';

/*
 * Mean absolute deviation of windows. Averages come from blocks of differences to a pivot, as in moments.ts; but as the
 * average moves, so does every distance to it. In short windows they are added afresh; long ones are kept in order, so that
 * the time of a value does not grow with the period.
 */

/** From this period on keeping a window in order costs less than adding its distances afresh. */
const LONG = 300;

/**
 * The newest value less the average of the last `period`, in units of `unit` mean absolute deviations of them, from index
 * `period − 1` on; NaN before, 0 where they are equal. Values finite.
 */
export function rollingDeviationScore(values: Float64Array, period: number, unit: number, out: Float64Array): void {
  const { length } = values;
  const first = Math.min(period - 1, length);
  out.fill(Number.NaN, 0, first);
  if (first === length) return;
  const tails = new Float64Array(period + 1);
  const differences = new Float64Array(2 * period - 1);
  const ordered = period < LONG ? undefined : new OrderedWindow(period);
  for (let close = first; close < length; close += period) {
    const pivot = values[close]!;
    let tail = 0;
    for (let k = period - 1; k >= 0; k--) {
      const d = values[close - period + 1 + k]! - pivot;
      tail += d;
      differences[k] = d;
      tails[k] = tail;
    }
    const count = Math.min(period - 1, length - 1 - close);
    for (let k = 0; k < count; k++) differences[period + k] = values[close + 1 + k]! - pivot;
    if (ordered === undefined) {
      out[close] = scoreOf(differences, 0, period - 1, 0, tail, unit);
      scoreWindows(differences, tails, count, unit, out, close + 1);
    } else scoreOrdered(ordered, differences, tails, count, unit, out, close);
  }
}

/** Scores of the window that is the block and of the `count` after it, kept in order. */
function scoreOrdered(
  window: OrderedWindow,
  differences: Float64Array,
  tails: Float64Array,
  count: number,
  unit: number,
  out: Float64Array,
  at: number,
): void {
  const period = tails.length - 1;
  const share = 1 / period;
  const scale = period / unit;
  window.open(differences, period + count);
  for (let i = 0; i < period - 1; i++) window.add(i);
  let head = 0;
  for (let k = 0; k <= count; k++) {
    const newest = differences[period - 1 + k]!;
    head += newest;
    window.add(period - 1 + k);
    const sum = head + tails[k]!;
    const shift = sum * share;
    const distances = window.distancesTo(shift);
    out[at + k] =
      distances < window.least
        ? scoreOf(differences, k, k + period - 1, newest, sum, unit)
        : ratioOf(newest - shift, distances, scale);
    window.remove(k);
  }
}

/**
 * Scores of the `count` windows that end after the block. Four at a time: each difference in common is read once, and four
 * sums run at once, as each addition waits for the one before. A window's own sum still runs from its oldest to its newest.
 */
function scoreWindows(
  differences: Float64Array,
  tails: Float64Array,
  count: number,
  unit: number,
  out: Float64Array,
  at: number,
): void {
  const period = tails.length - 1;
  const share = 1 / period;
  const scale = period / unit;
  let head = 0;
  let k = 0;
  if (period > 3) {
    for (; k + 3 < count; k += 4) {
      const newest = k + period;
      const p = differences[newest]!;
      const q = differences[newest + 1]!;
      const r = differences[newest + 2]!;
      const s = differences[newest + 3]!;
      const headP = head + p;
      const headQ = headP + q;
      const headR = headQ + r;
      head = headR + s;
      const shiftP = (headP + tails[k + 1]!) * share;
      const shiftQ = (headQ + tails[k + 2]!) * share;
      const shiftR = (headR + tails[k + 3]!) * share;
      const shiftS = (head + tails[k + 4]!) * share;
      const x = differences[k + 1]!;
      const y = differences[k + 2]!;
      const z = differences[k + 3]!;
      let sumP = Math.abs(x - shiftP) + Math.abs(y - shiftP) + Math.abs(z - shiftP);
      let sumQ = Math.abs(y - shiftQ) + Math.abs(z - shiftQ);
      let sumR = Math.abs(z - shiftR);
      let sumS = 0;
      for (let i = k + 4; i <= newest; i++) {
        const d = differences[i]!;
        sumP += Math.abs(d - shiftP);
        sumQ += Math.abs(d - shiftQ);
        sumR += Math.abs(d - shiftR);
        sumS += Math.abs(d - shiftS);
      }
      sumQ += Math.abs(q - shiftQ);
      sumR += Math.abs(q - shiftR);
      sumR += Math.abs(r - shiftR);
      sumS += Math.abs(q - shiftS);
      sumS += Math.abs(r - shiftS);
      sumS += Math.abs(s - shiftS);
      out[at + k] = ratioOf(p - shiftP, sumP, scale);
      out[at + k + 1] = ratioOf(q - shiftQ, sumQ, scale);
      out[at + k + 2] = ratioOf(r - shiftR, sumR, scale);
      out[at + k + 3] = ratioOf(s - shiftS, sumS, scale);
    }
  }
  for (; k < count; k++) {
    const d = differences[k + period]!;
    head += d;
    out[at + k] = scoreOf(differences, k + 1, k + period, d, head + tails[k + 1]!, unit);
  }
}

/** The score of the newest difference after `differences[from … end − 1]`, all together adding to `sum`. */
function scoreOf(
  differences: Float64Array,
  from: number,
  end: number,
  newest: number,
  sum: number,
  unit: number,
): number {
  const period = end - from + 1;
  const shift = sum * (1 / period);
  let distances = 0;
  for (let i = from; i < end; i++) distances += Math.abs(differences[i]! - shift);
  const distance = newest - shift;
  return ratioOf(distance, distances + Math.abs(distance), period / unit);
}

/** As {@link scoreOf}, in four sums that do not wait for each other: for a stream, which has one window at a time. */
function scoreAtOnce(
  differences: Float64Array,
  from: number,
  end: number,
  newest: number,
  sum: number,
  unit: number,
): number {
  const period = end - from + 1;
  const shift = sum * (1 / period);
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  let i = from;
  for (; i + 3 < end; i += 4) {
    first += Math.abs(differences[i]! - shift);
    second += Math.abs(differences[i + 1]! - shift);
    third += Math.abs(differences[i + 2]! - shift);
    fourth += Math.abs(differences[i + 3]! - shift);
  }
  for (; i < end; i++) first += Math.abs(differences[i]! - shift);
  const distance = newest - shift;
  return ratioOf(distance, first + second + (third + fourth) + Math.abs(distance), period / unit);
}

function ratioOf(distance: number, distances: number, scale: number): number {
  return distances === 0 ? 0 : (distance * scale) / distances;
}

/** {@link rollingDeviationScore}, one value at a time. */
export class RollingDeviationScore implements Part {
  readonly memory: Float64Array;
  readonly #period: number;
  readonly #unit: number;
  /** the values since the last pivot */
  readonly #block: Float64Array;
  readonly #tails: Float64Array;
  /** of the block before and of this one to the pivot */
  readonly #differences: Float64Array;
  /** of a block about to close, remembered only when it does */
  readonly #closing: Float64Array;

  constructor(period: number, unit: number) {
    this.#period = period;
    this.#unit = unit;
    this.memory = createMemory(SCALARS + 4 * period);
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
    if (!isWarm) return Number.NaN;
    return scoreAtOnce(this.#differences, k + 1, period + k, d, head + this.#tails[k + 1]!, this.#unit);
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
    return scoreAtOnce(closing, 0, last, 0, tail, this.#unit);
  }
}

const POSITION = 0;
const WARM = 1;
const PIVOT = 2;
const HEAD = 3;
const SCALARS = 4;
