import { bit } from './branchless.ts';

/*
 * How far the values of a long window lie from its mean m, without looking at each: Σ |x − m| = 2 Σ (m − x) over the values
 * below m, so their count and sum will do.
 *
 * The values lie in evenly spaced buckets, as many as the window has values. From one window to the next the mean moves past a
 * bucket or two; only in its own bucket values are looked at one by one. What leaves a window is subtracted, and leaves nothing
 * behind, as the sums are exact: each value is split into whole multiples of two powers of two, the second some 2⁵⁰ times as
 * fine, coarse enough that no sum of a window is rounded. So a sum does not depend on the way to it either. What is finer still
 * is dropped; where that could be felt, beside a value some billion times as large as the rest, `least` says so.
 */

const COUNT = 0;
const COARSE = 1;
const FINE = 2;
const WIDTH = 4;

const NONE = -1;

/** Sums of distances are right to one part in so many. */
const PRECISION = 2 ** 44;

/** A window of up to `size` values of a series of up to twice as many. Values come and leave in the order of the series. */
export class OrderedWindow {
  /** what `distancesTo` answers below this is not precise */
  least = 0;
  readonly #buckets: number;
  /** count, coarse and fine sum of each bucket */
  readonly #sums: Float64Array;
  /** oldest and newest value of each bucket */
  readonly #ends: Int32Array;
  /** the value that came into the same bucket after it */
  readonly #after: Int32Array;
  #values: Float64Array = new Float64Array(0);
  #lowest = 0;
  #perUnit = 0;
  #grid = 0;
  #fineGrid = 0;
  /** the bucket of the last mean, and the sums of those below it */
  #at = 0;
  readonly #below = new Float64Array(WIDTH);

  constructor(size: number) {
    this.#buckets = size;
    this.#sums = new Float64Array(WIDTH * size);
    this.#ends = new Int32Array(2 * size);
    this.#after = new Int32Array(2 * size);
  }

  /** Empties the window for another series: `values[0 … length − 1]`. */
  open(values: Float64Array, length: number): void {
    let lowest = values[0]!;
    let highest = lowest;
    for (let i = 1; i < length; i++) {
      const value = values[i]!;
      if (value < lowest) lowest = value;
      if (value > highest) highest = value;
    }
    const perUnit = (this.#buckets - 1) / (highest - lowest);
    const places = Math.ceil(Math.log2(4 * this.#buckets));
    this.#values = values;
    this.#lowest = lowest;
    this.#perUnit = perUnit < Number.POSITIVE_INFINITY ? perUnit : 0;
    this.#grid = 1.5 * 2 ** (places + Math.ceil(Math.log2(Math.max(highest, -lowest, Number.MIN_VALUE))));
    this.#fineGrid = this.#grid * 2 ** (places - 53);
    this.least = PRECISION * this.#buckets * this.#fineGrid * Number.EPSILON;
    this.#at = 0;
    this.#below.fill(0);
    this.#sums.fill(0);
    this.#ends.fill(NONE);
  }

  /** Takes the next value of the series. */
  add(index: number): void {
    const value = this.#values[index]!;
    const bucket = this.#bucketOf(value);
    const ends = this.#ends;
    const newest = ends[2 * bucket + 1]!;
    if (newest === NONE) ends[2 * bucket] = index;
    else this.#after[newest] = index;
    ends[2 * bucket + 1] = index;
    this.#after[index] = NONE;
    this.#count(value, bucket, 1);
  }

  /** Lets the oldest value go. */
  remove(index: number): void {
    const value = this.#values[index]!;
    const bucket = this.#bucketOf(value);
    const after = this.#after[index]!;
    this.#ends[2 * bucket] = after;
    if (after === NONE) this.#ends[2 * bucket + 1] = NONE;
    this.#count(value, bucket, -1);
  }

  /** The sum of the distances of all values to their mean. */
  distancesTo(mean: number): number {
    const below = this.#below;
    this.#moveTo(this.#bucketOf(mean));
    let count = below[COUNT]!;
    let coarse = below[COARSE]!;
    let fine = below[FINE]!;
    for (let i = this.#ends[2 * this.#at]!; i !== NONE; i = this.#after[i]!) {
      const value = this.#values[i]!;
      const isBelow = bit(value < mean);
      const coarsePart = this.#coarseOf(value);
      count += isBelow;
      coarse += isBelow * coarsePart;
      fine += isBelow * this.#fineOf(value - coarsePart);
    }
    return 2 * (count * mean - (coarse + fine));
  }

  #bucketOf(value: number): number {
    return ((value - this.#lowest) * this.#perUnit) | 0;
  }

  #coarseOf(value: number): number {
    return value + this.#grid - this.#grid;
  }

  #fineOf(rest: number): number {
    return rest + this.#fineGrid - this.#fineGrid;
  }

  #count(value: number, bucket: number, sign: number): void {
    const coarsePart = this.#coarseOf(value);
    const coarse = sign * coarsePart;
    const fine = sign * this.#fineOf(value - coarsePart);
    const sums = this.#sums;
    const at = WIDTH * bucket;
    sums[at] = sums[at]! + sign;
    sums[at + COARSE] = sums[at + COARSE]! + coarse;
    sums[at + FINE] = sums[at + FINE]! + fine;
    const below = this.#below;
    const isBelow = bit(bucket < this.#at);
    below[COUNT] = below[COUNT]! + isBelow * sign;
    below[COARSE] = below[COARSE]! + isBelow * coarse;
    below[FINE] = below[FINE]! + isBelow * fine;
  }

  #moveTo(bucket: number): void {
    const sums = this.#sums;
    const below = this.#below;
    let at = this.#at;
    let [count, coarse, fine] = [below[COUNT]!, below[COARSE]!, below[FINE]!];
    for (; at < bucket; at++) {
      count += sums[WIDTH * at]!;
      coarse += sums[WIDTH * at + COARSE]!;
      fine += sums[WIDTH * at + FINE]!;
    }
    while (at > bucket) {
      at--;
      count -= sums[WIDTH * at]!;
      coarse -= sums[WIDTH * at + COARSE]!;
      fine -= sums[WIDTH * at + FINE]!;
    }
    this.#at = at;
    below[COUNT] = count;
    below[COARSE] = coarse;
    below[FINE] = fine;
  }
}
