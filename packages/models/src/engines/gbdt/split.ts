import { type BinnedRows, MISSING_BIN } from './bins.ts';
import { BIN_STRIDE, FEATURE_STRIDE, type Histogram } from './histogram.ts';

export interface Sums {
  readonly gradient: number;
  readonly hessian: number;
  readonly count: number;
}

export interface Split {
  /** how much the loss falls (twice it), > 0 */
  readonly gain: number;
  /** index among the binned features */
  readonly feature: number;
  /** rows of this bin and lower ones go left */
  readonly bin: number;
  readonly missingLeft: boolean;
  readonly left: Sums;
  readonly right: Sums;
}

export interface SplitRules {
  readonly minLeaf: number;
  readonly l2: number;
  /** rows' unit in the histogram's second number */
  readonly unit: number;
}

const MIN_HESSIAN = 1e-3;
const MIN_GAIN = 1e-12;

/** The best split of a node, or none where every leaf would be too small or nothing is won. */
export function bestSplit(binned: BinnedRows, histogram: Histogram, node: Sums, rules: SplitRules): Split | undefined {
  if (node.count < 2 * rules.minLeaf) return undefined;
  const best = {
    score: node.gradient ** 2 / (node.hessian + rules.l2) + MIN_GAIN,
    feature: -1,
    bin: 0,
    missingLeft: false,
  };
  for (let feature = 0; feature < binned.features.length; feature++) {
    const from = feature * FEATURE_STRIDE;
    const bins = histogram.subarray(from, from + FEATURE_STRIDE);
    const cuts = binned.thresholds[feature]!.length;
    const missing = bins[MISSING_BIN * BIN_STRIDE + 1]!;
    if (missing === 0) scan(bins, cuts, node, rules, 0, feature, best);
    else {
      // values against missing is a split of its own, hence one cut more
      scan(bins, cuts + 1, node, rules, 0, feature, best);
      scan(bins, cuts, node, rules, 1, feature, best);
    }
  }
  if (best.feature < 0) return undefined;
  return splitAt(histogram, node, rules, best);
}

interface Best {
  score: number;
  feature: number;
  bin: number;
  missingLeft: boolean;
}

/** Tries every cut of one feature, with the missing rows right (0) or left (1). */
function scan(
  bins: Float64Array,
  cuts: number,
  node: Sums,
  { minLeaf, l2, unit }: SplitRules,
  missingLeft: 0 | 1,
  feature: number,
  best: Best,
): void {
  const perUnit = 1 / unit; // a power of two: exact
  // hessians of all rows stay under one unit, so whole units compare counts
  const least = minLeaf * unit;
  const most = (node.count - minLeaf + 1) * unit;
  const nodeGradient = node.gradient;
  const nodeHessian = node.hessian + l2;
  let gradient = missingLeft * bins[MISSING_BIN * BIN_STRIDE]!;
  let counted = missingLeft * bins[MISSING_BIN * BIN_STRIDE + 1]!;
  let score = best.score;
  for (let bin = 0, at = 0; bin < cuts; bin++, at += BIN_STRIDE) {
    const inBin = bins[at + 1]!;
    if (inBin === 0) continue; // the same cut as the one before
    gradient += bins[at]!;
    counted += inBin;
    if (counted < least) continue;
    if (counted >= most) break;
    const hessian = counted - Math.floor(counted * perUnit) * unit;
    const restHessian = nodeHessian - hessian;
    if (hessian < MIN_HESSIAN || restHessian - l2 < MIN_HESSIAN) continue;
    const rest = nodeGradient - gradient;
    const left = hessian + l2;
    // both sides over one denominator: a division is dear
    const now = (gradient * gradient * restHessian + rest * rest * left) / (left * restHessian);
    if (now > score) {
      score = now;
      best.score = now;
      best.feature = feature;
      best.bin = bin;
      best.missingLeft = missingLeft === 1;
    }
  }
}

function splitAt(histogram: Histogram, node: Sums, { l2, unit }: SplitRules, best: Best): Split {
  const from = best.feature * FEATURE_STRIDE;
  let gradient = 0;
  let counted = 0;
  const add = (bin: number): void => {
    gradient += histogram[from + bin * BIN_STRIDE]!;
    counted += histogram[from + bin * BIN_STRIDE + 1]!;
  };
  if (best.missingLeft) add(MISSING_BIN);
  for (let bin = 0; bin <= best.bin; bin++) add(bin);
  const count = Math.floor(counted / unit);
  const left = { gradient, hessian: counted - count * unit, count };
  const right = { gradient: node.gradient - gradient, hessian: node.hessian - left.hessian, count: node.count - count };
  const hadMissing = histogram[from + MISSING_BIN * BIN_STRIDE + 1]! > 0;
  return {
    gain: best.score - node.gradient ** 2 / (node.hessian + l2),
    feature: best.feature,
    bin: best.bin,
    // what this node never saw goes with the larger part
    missingLeft: hadMissing ? best.missingLeft : left.count > right.count,
    left,
    right,
  };
}
