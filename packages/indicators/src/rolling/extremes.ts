import type { Part } from '../streaming.ts';
import { larger, select, smaller } from './branchless.ts';
import { createMemory } from './memory.ts';

/* Highest and lowest values of windows, in blocks as in sum.ts: two comparisons a value whatever the period. */

/**
 * Highest high and lowest low of the last `period` values, from index `from + period − 1` on; NaN before. Values finite.
 *
 * The outputs may not be the inputs; `highs` and `lows` may be the same column.
 */
export function rollingExtremes(
  highs: Float64Array,
  lows: Float64Array,
  from: number,
  period: number,
  highest: Float64Array,
  lowest: Float64Array,
): void {
  const { length } = highs;
  const first = Math.min(from + period - 1, length);
  highest.fill(Number.NaN, 0, first);
  lowest.fill(Number.NaN, 0, first);
  if (first === length) return;
  let high = highs[from]!;
  let low = lows[from]!;
  for (let i = from; i <= first; i++) {
    high = larger(high, highs[i]!);
    low = smaller(low, lows[i]!);
  }
  highest[first] = high;
  lowest[first] = low;
  keepTails(highs, lows, from, period, highest, lowest);
  for (let start = first + 1; start < length; start += period) {
    const end = start + period;
    high = highs[start]!;
    low = lows[start]!;
    if (end + period > length) {
      for (let i = start; i < end && i < length; i++) {
        high = larger(high, highs[i]!);
        low = smaller(low, lows[i]!);
        highest[i] = i === end - 1 ? high : larger(high, highest[i]!);
        lowest[i] = i === end - 1 ? low : smaller(low, lowest[i]!);
      }
      keepTails(highs, lows, start, period, highest, lowest);
      continue;
    }
    // the tails wait in the places of the next block’s results, and grow while the heads do: neither waits for the other
    let j = end - 1;
    let highTail = highs[j]!;
    let lowTail = lows[j]!;
    for (let i = start; i < end - 1; i++) {
      high = larger(high, highs[i]!);
      low = smaller(low, lows[i]!);
      highTail = larger(highTail, highs[j]!);
      lowTail = smaller(lowTail, lows[j]!);
      const highBefore = highest[i]!;
      const lowBefore = lowest[i]!;
      highest[j + period - 1] = highTail;
      lowest[j + period - 1] = lowTail;
      highest[i] = larger(high, highBefore);
      lowest[i] = smaller(low, lowBefore);
      j--;
    }
    highest[end - 1] = larger(high, highs[end - 1]!);
    lowest[end - 1] = smaller(low, lows[end - 1]!);
  }
}

/** Puts the tails of the block at `start` where the results of the next block will be, as far as there is one. */
function keepTails(
  highs: Float64Array,
  lows: Float64Array,
  start: number,
  period: number,
  highest: Float64Array,
  lowest: Float64Array,
): void {
  const { length } = highs;
  const last = start + period - 1;
  if (last >= length) return;
  let high = highs[last]!;
  let low = lows[last]!;
  for (let j = last; j > start; j--) {
    high = larger(high, highs[j]!);
    low = smaller(low, lows[j]!);
    if (j + period > length) continue;
    highest[j + period - 1] = high;
    lowest[j + period - 1] = low;
  }
}

/**
 * Values since the highest high and since the lowest low of the last `period`, from index `period − 1` on; NaN before. On a
 * tie the most recent counts. Values finite.
 */
export function rollingExtremeAges(
  highs: Float64Array,
  lows: Float64Array,
  period: number,
  highAges: Float64Array,
  lowAges: Float64Array,
): void {
  const { length } = highs;
  const first = Math.min(period - 1, length);
  highAges.fill(Number.NaN, 0, first);
  lowAges.fill(Number.NaN, 0, first);
  if (first === length) return;
  const highTails = new Int32Array(period);
  const lowTails = new Int32Array(period);
  for (let close = first; close < length; close += period) {
    let high = close;
    let low = close;
    for (let k = period - 1; k > 0; k--) {
      highTails[k] = high;
      lowTails[k] = low;
      const i = close - period + k;
      high = select(highs[i]! > highs[high]!, i, high);
      low = select(lows[i]! < lows[low]!, i, low);
    }
    highAges[close] = close - high;
    lowAges[close] = close - low;

    high = close + 1;
    low = close + 1;
    const end = Math.min(period - 1, length - 1 - close);
    for (let k = 1; k <= end; k++) {
      const i = close + k;
      high = select(highs[i]! >= highs[high]!, i, high);
      low = select(lows[i]! <= lows[low]!, i, low);
      const highTail = highTails[k]!;
      const lowTail = lowTails[k]!;
      highAges[i] = i - select(highs[highTail]! > highs[high]!, highTail, high);
      lowAges[i] = i - select(lows[lowTail]! < lows[low]!, lowTail, low);
    }
  }
}

/** Highest and lowest of the last `period` values and their ages, one pair at a time. */
export class RollingExtremes implements Part {
  readonly memory: Float64Array;
  /** of the window of the last `step`; NaN until `period` values are known */
  highest = Number.NaN;
  lowest = Number.NaN;
  /** values since the extreme, 0 for the newest; on a tie the most recent counts */
  highestAge = Number.NaN;
  lowestAge = Number.NaN;
  readonly #period: number;

  constructor(period: number) {
    this.#period = period;
    // highs, lows, and for each k the positions of the extremes among positions ≥ k of the block before
    this.memory = createMemory(SCALARS + 4 * period);
  }

  step(high: number, low: number, commit: boolean): void {
    const memory = this.memory;
    const k = memory[POSITION]!;
    const period = this.#period;
    const isLast = k === period - 1;

    let highAt = k;
    let lowAt = k;
    let highest = high;
    let lowest = low;
    if (k > 0) {
      const highBefore = memory[SCALARS + memory[HIGH_AT]!]!;
      const lowBefore = memory[SCALARS + period + memory[LOW_AT]!]!;
      if (highBefore > high) {
        highest = highBefore;
        highAt = memory[HIGH_AT]!;
      }
      if (lowBefore < low) {
        lowest = lowBefore;
        lowAt = memory[LOW_AT]!;
      }
    }
    this.#answer(highest, lowest, k - highAt, k - lowAt, k, isLast);
    if (!commit) return;
    memory[SCALARS + k] = high;
    memory[SCALARS + period + k] = low;
    memory[HIGH_AT] = highAt;
    memory[LOW_AT] = lowAt;
    memory[POSITION] = k + 1;
    if (isLast) this.#closeBlock();
  }

  #answer(highest: number, lowest: number, highestAge: number, lowestAge: number, k: number, isLast: boolean): void {
    if (!isLast && this.memory[WARM] !== 1) {
      this.highest = this.lowest = this.highestAge = this.lowestAge = Number.NaN;
      return;
    }
    this.highest = highest;
    this.lowest = lowest;
    this.highestAge = highestAge;
    this.lowestAge = lowestAge;
    if (isLast) return;
    const memory = this.memory;
    const period = this.#period;
    const highTail = memory[SCALARS + 2 * period + k + 1]!;
    const lowTail = memory[SCALARS + 3 * period + k + 1]!;
    const high = memory[SCALARS + highTail]!;
    const low = memory[SCALARS + period + lowTail]!;
    if (high > highest) {
      this.highest = high;
      this.highestAge = k + period - highTail;
    }
    if (low < lowest) {
      this.lowest = low;
      this.lowestAge = k + period - lowTail;
    }
  }

  #closeBlock(): void {
    const memory = this.memory;
    const period = this.#period;
    const lows = SCALARS + period;
    let highAt = period - 1;
    let lowAt = highAt;
    for (let k = highAt; k > 0; k--) {
      if (memory[SCALARS + k]! > memory[SCALARS + highAt]!) highAt = k;
      if (memory[lows + k]! < memory[lows + lowAt]!) lowAt = k;
      memory[lows + period + k] = highAt;
      memory[lows + 2 * period + k] = lowAt;
    }
    memory[POSITION] = 0;
    memory[WARM] = 1;
  }
}

const POSITION = 0;
const WARM = 1;
const HIGH_AT = 2;
const LOW_AT = 3;
const SCALARS = 4;
