import { type BinnedRows, LANES } from './bins.ts';

/**
 * For every feature and bin two numbers: the sum of gradients, and the sum of counted hessians (`countedHessians`). Feature f,
 * bin b is at 2 · (256 · f + b).
 */
export type Histogram = Float64Array;

export const BIN_STRIDE = 2;
export const FEATURE_STRIDE = 256 * BIN_STRIDE;
const LANE_MASK = 0xff;

/**
 * One row counts as `unit` on top of its hessian: a sum then holds both, rows = ⌊sum / unit⌋ and hessians the rest, and a bin
 * costs two additions a row instead of three.
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

export function newHistogram(binned: BinnedRows): Histogram {
  return new Float64Array(binned.words.length * LANES * FEATURE_STRIDE);
}

/**
 * Adds a node's rows up, feature by feature, into `out`.
 *
 * @param order rows of the node
 * @param pairs gradient and counted hessian of each of them
 */
export function fillHistogram(binned: BinnedRows, order: Uint32Array, pairs: Float64Array, out: Histogram): void {
  out.fill(0);
  for (let group = 0; group < binned.words.length; group++) {
    const from = group * LANES * FEATURE_STRIDE;
    addGroup(binned.words[group]!, order, pairs, out.subarray(from, from + LANES * FEATURE_STRIDE));
  }
}

/** The innermost loop of training: four features of each row. */
function addGroup(words: Uint32Array, order: Uint32Array, pairs: Float64Array, out: Float64Array): void {
  for (let i = 0; i < order.length; i++) {
    const word = words[order[i]!]!;
    const gradient = pairs[2 * i]!;
    const hessian = pairs[2 * i + 1]!;
    const a = (word & LANE_MASK) * BIN_STRIDE;
    const b = ((word >>> 8) & LANE_MASK) * BIN_STRIDE + FEATURE_STRIDE;
    const c = ((word >>> 16) & LANE_MASK) * BIN_STRIDE + 2 * FEATURE_STRIDE;
    const d = (word >>> 24) * BIN_STRIDE + 3 * FEATURE_STRIDE;
    out[a]! += gradient;
    out[a + 1]! += hessian;
    out[b]! += gradient;
    out[b + 1]! += hessian;
    out[c]! += gradient;
    out[c + 1]! += hessian;
    out[d]! += gradient;
    out[d + 1]! += hessian;
  }
}

/** A parent's histogram less one child's is the other child's: `parent` becomes that of the sibling. */
export function subtract(parent: Histogram, child: Histogram): void {
  for (let i = 0; i < parent.length; i++) parent[i]! -= child[i]!;
}
