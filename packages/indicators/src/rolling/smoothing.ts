import type { Part } from '../streaming.ts';
import { createMemory } from './memory.ts';

/**
 * Wilder's average (1978): the mean of the first `period` values, then (previous × (period − 1) + value) / period.
 */
export class WilderAverage implements Part {
  /** values taken (up to `period`), their sum or the average */
  readonly memory = createMemory(2);
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

/*
 * An exponential average moves by 2 / (period + 1) of the way to each value. What is carried here is its lead, the average
 * less the newest value: lead' = (lead + value − value') × (1 − 2 / (period + 1)). It takes one operation less from value to
 * value, rests exactly on values that stand still, and the difference of two averages is that of their leads, without the
 * rounding of the price.
 */

/** Share of the way that an exponential average stays behind: 1 − 2 / (period + 1). */
export const emaKeep = (period: number) => (period - 1) / (period + 1);

/** Exponential average as TA-Lib starts it, at the mean of `period` values. */
export class ExponentialAverage implements Part {
  /** values taken (up to `skip + period`), their sum or the lead, and the last of them */
  readonly memory = createMemory(3);
  readonly #needed: number;
  readonly #period: number;
  readonly #keep: number;

  /** @param skip values left out at the start */
  constructor(period: number, skip = 0) {
    this.#needed = skip + period;
    this.#period = period;
    this.#keep = emaKeep(period);
  }

  /** The average with `value`; NaN until `skip + period` values are known. */
  step(value: number, commit: boolean): number {
    return value + this.stepLead(value, commit);
  }

  /** The average with `value` less `value`; NaN until `skip + period` values are known. */
  stepLead(value: number, commit: boolean): number {
    const memory = this.memory;
    const count = memory[0]!;
    if (count < this.#needed) return this.#start(value, count + 1, commit);
    const lead = (memory[1]! + (memory[2]! - value)) * this.#keep;
    if (commit) {
      memory[1] = lead;
      memory[2] = value;
    }
    return lead;
  }

  #start(value: number, count: number, commit: boolean): number {
    const isCounted = count > this.#needed - this.#period;
    const sum = this.memory[1]! + (isCounted ? value : 0);
    const isWarm = count === this.#needed;
    const lead = sum / this.#period - value;
    if (commit) {
      this.memory[0] = count;
      this.memory[1] = isWarm ? lead : sum;
      this.memory[2] = value;
    }
    return isWarm ? lead : Number.NaN;
  }
}
