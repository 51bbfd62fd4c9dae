/** All trees, node after node. A leaf has feature -1. */
export interface Trees {
  /** the first node of each tree */
  readonly roots: Int32Array;
  /** column of the row */
  readonly feature: Int32Array;
  /** a value ≤ this goes left */
  readonly threshold: Float64Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** 1: a row without a finite value goes left */
  readonly missingLeft: Uint8Array;
  /** a leaf's part of the logit */
  readonly value: Float64Array;
}

export interface TreeNode {
  feature: number;
  threshold: number;
  left: number;
  right: number;
  missingLeft: boolean;
  value: number;
}

export const LEAF = -1;

export function packTrees(trees: readonly (readonly TreeNode[])[]): Trees {
  const roots: number[] = [];
  const nodes: TreeNode[] = [];
  for (const tree of trees) {
    const root = nodes.length;
    roots.push(root);
    for (const node of tree) nodes.push({ ...node, left: node.left + root, right: node.right + root });
  }
  return {
    roots: Int32Array.from(roots),
    feature: Int32Array.from(nodes, ({ feature }) => feature),
    threshold: Float64Array.from(nodes, ({ threshold }) => threshold),
    left: Int32Array.from(nodes, ({ left }) => left),
    right: Int32Array.from(nodes, ({ right }) => right),
    missingLeft: Uint8Array.from(nodes, ({ missingLeft }) => Number(missingLeft)),
    value: Float64Array.from(nodes, ({ value }) => value),
  };
}

/** @returns sum of the trees' leaves for the row that begins at `from`; read as 32-bit floats, as training did */
export function sumOfTrees(trees: Trees, values: ArrayLike<number>, from: number): number {
  const { roots, feature, threshold, left, right, missingLeft, value } = trees;
  let sum = 0;
  for (let tree = 0; tree < roots.length; tree++) {
    let node = roots[tree]!;
    for (let column = feature[node]!; column !== LEAF; column = feature[node]!) {
      const x = Math.fround(values[from + column]!);
      const goesLeft = Number.isFinite(x) ? x <= threshold[node]! : missingLeft[node] === 1;
      node = goesLeft ? left[node]! : right[node]!;
    }
    sum += value[node]!;
  }
  return sum;
}

/**
 * Can these nodes be walked: every child lies after its parent and within its tree (so every walk ends), every column exists,
 * every number is finite?
 */
export function isWalkable(trees: Trees, width: number): boolean {
  const { roots, feature, threshold, left, right, missingLeft, value } = trees;
  const nodes = feature.length;
  const lengths = [threshold, left, right, missingLeft, value];
  if (lengths.some(({ length }) => length !== nodes)) return false;
  for (let tree = 0; tree < roots.length; tree++) {
    const root = roots[tree]!;
    const end = roots[tree + 1] ?? nodes;
    if (root < 0 || root >= end || end > nodes || (tree === 0 && root !== 0)) return false;
    for (let node = root; node < end; node++) {
      if (!Number.isFinite(threshold[node]!) || !Number.isFinite(value[node]!)) return false;
      const column = feature[node]!;
      if (column === LEAF) continue;
      const isInside = (child: number): boolean => child > node && child < end;
      if (column < 0 || column >= width || !isInside(left[node]!) || !isInside(right[node]!)) return false;
    }
  }
  return roots.length > 0 || nodes === 0;
}
