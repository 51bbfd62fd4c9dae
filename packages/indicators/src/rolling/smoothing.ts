import type { Part } from '../streaming.ts';

/**
 * Wilder's average (1978): the mean of the first `period` values, then (previous × (period − 1) + value) / period.
 */
export class WilderAverage implements Part {
  /** values taken (up to `period`), their sum or the average */
  readonly memory = new Float64Array(2);
  readonly #period: number;

  constructor(period: number) {
    this.#period = period;
  }

  /** The average with `value`; NaN until `period` values are known. */
  step(value: number, commit: boolean): number {
    const memory = this.memory;
    const period = this.#period;
    const count = memory[0]!;
    let next: number;
    if (count < period) {
      const sum = memory[1]! + value;
      next = count + 1 === period ? sum / period : sum;
      if (commit) memory[0] = count + 1;
    } else next = memory[1]! * ((period - 1) / period) + value * (1 / period);
    if (commit) memory[1] = next;
    return count + 1 < period ? Number.NaN : next;
  }
}

/** Weight of the newest value in an exponential average: 2 / (period + 1). */
export const emaWeight = (period: number) => 2 / (period + 1);

/**
 * Exponential average as TA-Lib starts it: the mean of `period` values, then previous + weight × (value − previous), which
 * rests exactly on values that stand still.
 */
export class ExponentialAverage implements Part {
  /** values taken (up to `skip + period`), their sum or the average */
  readonly memory = new Float64Array(2);
  readonly #skip: number;
  readonly #period: number;

  /** @param skip values left out at the start */
  constructor(period: number, skip = 0) {
    this.#skip = skip;
    this.#period = period;
  }

  /** The average with `value`; NaN until `skip + period` values are known. */
  step(value: number, commit: boolean): number {
    const memory = this.memory;
    const count = memory[0]!;
    const needed = this.#skip + this.#period;
    let next: number;
    if (count < needed) {
      const sum = memory[1]! + (count < this.#skip ? 0 : value);
      next = count + 1 === needed ? sum / this.#period : sum;
      if (commit) memory[0] = count + 1;
    } else next = memory[1]! + (value - memory[1]!) * emaWeight(this.#period);
    if (commit) memory[1] = next;
    return count + 1 < needed ? Number.NaN : next;
  }
}
