import { type BinnedRows, LANES, MISSING_BIN } from './bins.ts';
import { createHistograms, type Histogram, subtract } from './histogram.ts';
import { bestSplit, type Split, type SplitRules, type Sums } from './split.ts';
import { LEAF, type TreeNode } from './trees.ts';

export interface GrowthRules extends SplitRules {
  readonly maxLeaves: number;
  readonly learningRate: number;
}

/** A leaf while its tree grows: rows `start` to `end` of the order, and how it would be split best. */
interface Open {
  readonly node: number;
  readonly start: number;
  readonly end: number;
  readonly split: Split;
  readonly histogram: Histogram;
}

/**
 * Grows trees best split first: of all leaves, the one that lowers the loss most is split next.
 *
 * @returns grows one tree from the gradient and counted hessian of each row, adds its leaves to `logits`, and gives its nodes,
 *   children after their parents
 */
export function createGrower(binned: BinnedRows, rules: GrowthRules) {
  const { count } = binned;
  // each open leaf has one, and the two children of the one being split
  const histograms = createHistograms(binned, rules.maxLeaves + 1);
  const { order } = histograms;
  const spareOrder = new Uint32Array(count);
  const goesLeft = new Uint8Array(MISSING_BIN + 1);

  /** Moves the rows that go left in front of the others, each side in its order; returns where the right side begins. */
  const partition = ({ start, end, split }: Open): number => {
    const words = binned.words[Math.floor(split.feature / LANES)]!;
    const shift = 8 * (split.feature % LANES);
    goesLeft.fill(0).fill(1, 0, split.bin + 1);
    goesLeft[MISSING_BIN] = Number(split.missingLeft);
    let left = start;
    let right = 0;
    // no branch on the bin: half of them would be guessed wrong
    for (let i = start; i < end; i++) {
      const row = order[i]!;
      const toLeft = goesLeft[(words[row]! >>> shift) & MISSING_BIN]!;
      order[left] = row;
      spareOrder[right] = row;
      left += toLeft;
      right += 1 - toLeft;
    }
    order.set(spareOrder.subarray(0, right), left);
    return left;
  };

  return (pairs: Float64Array, all: Sums, logits: Float64Array): TreeNode[] => {
    for (let row = 0; row < count; row++) order[row] = row;
    const nodes: TreeNode[] = [];
    const spans: { start: number; end: number }[] = [];
    const open: Open[] = [];
    const addLeaf = ({ gradient, hessian }: Sums, start: number, end: number): number => {
      const value = (-rules.learningRate * gradient) / (hessian + rules.l2);
      spans.push({ start, end });
      return nodes.push({ feature: LEAF, threshold: 0, left: 0, right: 0, missingLeft: false, value }) - 1;
    };
    const consider = (node: number, sums: Sums, histogram: Histogram): void => {
      const split = bestSplit(binned, histogram, sums, rules);
      if (split === undefined) histograms.release(histogram);
      else open.push({ node, ...spans[node]!, split, histogram });
    };

    consider(addLeaf(all, 0, count), all, histograms.sum(0, count, pairs));
    for (let leaves = 2; leaves <= rules.maxLeaves && open.length > 0; leaves++) {
      const next = takeBest(open);
      const { split, histogram, start, end } = next;
      const middle = partition(next);
      const left = addLeaf(split.left, start, middle);
      const right = addLeaf(split.right, middle, end);
      Object.assign(nodes[next.node]!, {
        feature: binned.features[split.feature]!,
        threshold: thresholdOf(binned, split),
        left,
        right,
        missingLeft: split.missingLeft,
        value: 0,
      });
      const isEnd = leaves === rules.maxLeaves || Math.max(split.left.count, split.right.count) < 2 * rules.minLeaf;
      if (isEnd) {
        histograms.release(histogram);
        continue;
      }
      const leftIsSmaller = middle - start <= end - middle;
      const smaller = leftIsSmaller ? histograms.sum(start, middle, pairs) : histograms.sum(middle, end, pairs);
      subtract(histogram, smaller);
      consider(left, split.left, leftIsSmaller ? smaller : histogram);
      consider(right, split.right, leftIsSmaller ? histogram : smaller);
    }
    for (const { histogram } of open) histograms.release(histogram);

    for (const [node, { feature, value }] of nodes.entries()) {
      if (feature !== LEAF) continue;
      const { start, end } = spans[node]!;
      for (let i = start; i < end; i++) logits[order[i]!]! += value;
    }
    return nodes;
  };
}

function takeBest(open: Open[]): Open {
  let best = 0;
  for (let i = 1; i < open.length; i++) if (open[i]!.split.gain > open[best]!.split.gain) best = i;
  return open.splice(best, 1)[0]!;
}

/** A split of values against missing has no threshold of its own: every value lies under the largest number. */
function thresholdOf(binned: BinnedRows, { feature, bin }: Split): number {
  return binned.thresholds[feature]![bin] ?? Number.MAX_VALUE;
}
