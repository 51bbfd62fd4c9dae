import type { Engine } from '../engine.ts';
import { binRows } from './gbdt/bins.ts';
import { createGrower } from './gbdt/grow.ts';
import { type CountedHessians, countedHessians } from './gbdt/histogram.ts';
import type { Sums } from './gbdt/split.ts';
import { packTrees, sumOfTrees, type TreeNode, type Trees } from './gbdt/trees.ts';
import { baseLogit, checkTraining, hasBothClasses } from './labels.ts';
import { predictorOf } from './predict-all.ts';
import { sigmoid } from './ridge-logistic.ts';

export interface GbdtParams {
  /** features of a row */
  readonly width: number;
  /** logit before the first tree */
  readonly baseline: number;
  readonly trees: Trees;
}

export interface GbdtRules {
  readonly trees: number;
  readonly maxLeaves: number;
  /** rows */
  readonly minLeaf: number;
  readonly l2: number;
  readonly learningRate: number;
}

/** Small: on hype tokens more trees or leaves learn chance. */
const SMALL: GbdtRules = { trees: 80, maxLeaves: 8, minLeaf: 200, l2: 10, learningRate: 0.05 };

/**
 * Gradient boosting of the log loss over histograms (Friedman 2001; Ke et al. 2017), with missing values sent where they lower
 * the loss most. It draws nothing at random, so the seed does not matter.
 */
export function createGbdt(overrides: Partial<GbdtRules> = {}): Engine<GbdtParams> {
  const rules = { ...SMALL, ...overrides };
  return {
    name: 'gbdt',
    fit: async (rows, labels) => {
      checkTraining(rows, labels);
      const baseline = baseLogit(labels);
      const { width } = rows;
      if (!hasBothClasses(labels)) return { width, baseline, trees: packTrees([]) };

      const binned = binRows(rows);
      const counted = countedHessians(rows.count);
      const grow = createGrower(binned, { ...rules, unit: counted.unit });
      const logits = new Float64Array(rows.count).fill(baseline);
      const pairs = new Float64Array(2 * rows.count);
      const trees: TreeNode[][] = [];
      for (let tree = 0; tree < rules.trees; tree++) {
        const all = derivatives(logits, labels, counted, pairs);
        trees.push(grow(pairs, all, logits));
      }
      return { width, baseline, trees: packTrees(trees) };
    },
    predictor: ({ width, baseline, trees }) =>
      predictorOf(width, (values, from) => sigmoid(baseline + sumOfTrees(trees, values, from))),
  };
}

/** Writes gradient and counted hessian of the log loss at each row; returns their sums. */
function derivatives(logits: Float64Array, labels: Uint8Array, counted: CountedHessians, pairs: Float64Array): Sums {
  const { unit, rounder } = counted;
  let gradients = 0;
  let hessians = 0;
  for (let row = 0; row < labels.length; row++) {
    const p = sigmoid(logits[row]!);
    const gradient = p - labels[row]!;
    const hessian = p * (1 - p) + rounder - rounder;
    pairs[2 * row] = gradient;
    pairs[2 * row + 1] = hessian + unit;
    gradients += gradient;
    hessians += hessian;
  }
  return { gradient: gradients, hessian: hessians, count: labels.length };
}
