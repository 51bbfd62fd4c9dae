import type { Part } from '../streaming.ts';
import { createMemory } from './memory.ts';

/**
 * Room for the pairs of one block and its tails, in batch: pair `k` lies at `2k`, the tails that a window takes which ends at
 * `k` of the next block at `2 (period + k + 1)`. One array, as a loop pays for each it touches.
 */
export function createPairBlock(period: number): Float64Array {
  return new Float64Array(4 * period + 2);
}

/** Sums the tails of a whole block. */
export function closePairBlock(pairs: Float64Array, period: number): void {
  const tails = 2 * period;
  let tail = 0;
  let secondTail = 0;
  let at = tails - 2;
  for (; at > 2; at -= 4) {
    const odd = tail + pairs[at]!;
    const secondOdd = secondTail + pairs[at + 1]!;
    tail = odd + pairs[at - 2]!;
    secondTail = secondOdd + pairs[at - 1]!;
    pairs[tails + at] = odd;
    pairs[tails + at + 1] = secondOdd;
    pairs[tails + at - 2] = tail;
    pairs[tails + at - 1] = secondTail;
  }
  if (at === 2) {
    pairs[tails + 2] = tail + pairs[2]!;
    pairs[tails + 3] = secondTail + pairs[3]!;
  }
}

/** Two sums over the same last `period` steps, for ratios; in blocks as in sum.ts. */
export class RollingSumPair implements Part {
  readonly memory: Float64Array;
  /** of the last `step`; NaN until `period` pairs are known */
  first = Number.NaN;
  second = Number.NaN;
  readonly #period: number;

  constructor(period: number) {
    this.#period = period;
    // the block's pairs, then the pairs of tails
    this.memory = createMemory(SCALARS + 4 * period + 2);
  }

  step(first: number, second: number, commit: boolean): void {
    const memory = this.memory;
    const k = memory[POSITION]!;
    const last = this.#period - 1;
    const head = memory[HEAD]! + first;
    const secondHead = memory[SECOND_HEAD]! + second;
    const isKnown = k === last || memory[WARM] === 1;
    const tail = SCALARS + 2 * (this.#period + k + 1);
    this.first = isKnown ? head + memory[tail]! : Number.NaN;
    this.second = isKnown ? secondHead + memory[tail + 1]! : Number.NaN;
    if (!commit) return;
    const at = SCALARS + 2 * k;
    memory[at] = first;
    memory[at + 1] = second;
    memory[POSITION] = k + 1;
    memory[HEAD] = head;
    memory[SECOND_HEAD] = secondHead;
    if (k === last) this.#closeBlock();
  }

  #closeBlock(): void {
    const memory = this.memory;
    const period = this.#period;
    let tail = 0;
    let secondTail = 0;
    for (let k = period - 1; k > 0; k--) {
      const at = SCALARS + 2 * k;
      tail += memory[at]!;
      secondTail += memory[at + 1]!;
      memory[at + 2 * period] = tail;
      memory[at + 2 * period + 1] = secondTail;
    }
    memory[POSITION] = 0;
    memory[WARM] = 1;
    memory[HEAD] = 0;
    memory[SECOND_HEAD] = 0;
  }
}

const POSITION = 0;
const WARM = 1;
const HEAD = 2;
const SECOND_HEAD = 3;
const SCALARS = 4;
