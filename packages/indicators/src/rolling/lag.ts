import type { Part } from '../streaming.ts';
import { createMemory } from './memory.ts';

/** Remembers the last `period` values. */
export class Lag implements Part {
  readonly memory: Float64Array;
  readonly #period: number;

  constructor(period: number) {
    this.#period = period;
    this.memory = createMemory(2 + period);
  }

  /** The value `period` steps before `value`; NaN until there is one. */
  step(value: number, commit: boolean): number {
    const memory = this.memory;
    const at = memory[0]!;
    const before = memory[1] === 1 ? memory[2 + at]! : Number.NaN;
    if (commit) {
      memory[2 + at] = value;
      memory[0] = at + 1 === this.#period ? 0 : at + 1;
      if (at + 1 === this.#period) memory[1] = 1;
    }
    return before;
  }
}
