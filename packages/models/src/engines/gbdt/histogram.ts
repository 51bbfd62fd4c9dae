import { type BinnedRows, LANES } from './bins.ts';
import { createKernel, createMemory } from './kernel.ts';

/**
 * For every feature and bin two numbers: the sum of gradients, and the sum of counted hessians (`countedHessians`). Feature f,
 * bin b is at 2 · (256 · f + b).
 */
export type Histogram = Float64Array;

export const BIN_STRIDE = 2;
export const FEATURE_STRIDE = 256 * BIN_STRIDE;

/**
 * One row counts as `unit` on top of its hessian: a sum then holds both, rows = ⌊sum / unit⌋ and hessians the rest, and a bin
 * is one pair of doubles.
 */
export interface CountedHessians {
  readonly unit: number;
  /** Adding and taking away this number rounds a hessian to what a double still holds beside all units: sums stay exact. */
  readonly rounder: number;
}

/** Hessians of the log loss are at most 1/4, so that those of all rows stay under one unit; rounded to 1e-7 for 40,000 rows. */
export function countedHessians(rows: number): CountedHessians {
  const unit = 2 ** Math.ceil(Math.log2(rows / 4 + 2));
  const grainBits = 52 - Math.ceil(Math.log2(unit * (rows + 1)));
  return { unit, rounder: 1.5 * 2 ** (52 - grainBits) };
}

export interface Histograms {
  /** row numbers, which the grower keeps node by node */
  readonly order: Uint32Array;
  /**
   * Adds up the rows of a stretch of `order`.
   *
   * @param pairs gradient and counted hessian, by row
   */
  sum(start: number, end: number, pairs: Float64Array): Histogram;
  /** Gives a histogram back, to be used again. */
  release(histogram: Histogram): void;
}

/**
 * Histograms, and what they are made from, in one memory that the kernel sees.
 *
 * @param atOnce histograms in use at one time, at most
 */
export function createHistograms({ words, count }: BinnedRows, atOnce: number): Histograms {
  const length = words.length * LANES * FEATURE_STRIDE;
  // doubles first: each part then begins where its type may
  const pairsAt = 0;
  const histogramsAt = pairsAt + 2 * count * Float64Array.BYTES_PER_ELEMENT;
  const orderAt = histogramsAt + atOnce * length * Float64Array.BYTES_PER_ELEMENT;
  const column = count * Uint32Array.BYTES_PER_ELEMENT;
  const wordsAt = orderAt + column;
  const memory = createMemory(wordsAt + words.length * column);
  const addRows = createKernel(memory);
  const { buffer } = memory;
  const order = new Uint32Array(buffer, orderAt, count);
  const nodePairs = new Float64Array(buffer, pairsAt, 2 * count);
  words.forEach((group, i) => {
    new Uint32Array(buffer, wordsAt + i * column, count).set(group);
  });
  const bytesOf = (numbers: number): number => numbers * Float64Array.BYTES_PER_ELEMENT;
  const free = Array.from(
    { length: atOnce },
    (_, i): Histogram => new Float64Array(buffer, histogramsAt + bytesOf(i * length), length),
  );

  return {
    order,
    sum: (start, end, pairs) => {
      const histogram = free.pop();
      if (histogram === undefined) throw new RangeError(`more than ${atOnce} histograms at once`);
      histogram.fill(0);
      for (let i = start, to = 0; i < end; i++, to += 2) {
        const row = order[i]!;
        nodePairs[to] = pairs[2 * row]!;
        nodePairs[to + 1] = pairs[2 * row + 1]!;
      }
      for (let group = 0; group < words.length; group++) {
        const out = histogram.byteOffset + bytesOf(group * LANES * FEATURE_STRIDE);
        addRows(wordsAt + group * column, orderAt + 4 * start, orderAt + 4 * end, pairsAt, out);
      }
      return histogram;
    },
    release: (histogram) => {
      free.push(histogram);
    },
  };
}

/** A parent's histogram less one child's is the other child's: `parent` becomes that of the sibling. */
export function subtract(parent: Histogram, child: Histogram): void {
  for (let i = 0; i < parent.length; i++) parent[i]! -= child[i]!;
}
