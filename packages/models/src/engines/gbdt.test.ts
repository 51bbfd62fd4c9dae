import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rows } from '../engine.ts';
import { isWalkable } from './gbdt/trees.ts';
import { createGbdt, type GbdtParams } from './gbdt.ts';
import { auc, madeRows } from './support/made-rows.ts';

const SEED = { seed: 0 };
const NAN = Number.NaN;
const scoresOf = (params: GbdtParams, rows: Rows) => createGbdt().predictor(params).predictAll(rows);
const column = (values: readonly number[]): Rows => ({ x: Float32Array.from(values), width: 1, count: values.length });

/** Rows of each leaf, tree by tree. */
function leafSizes({ trees, width }: GbdtParams, rows: Rows): number[][] {
  return Array.from(trees.roots, (root) => {
    const sizes = new Map<number, number>();
    for (let row = 0; row < rows.count; row++) {
      let node = root;
      while (trees.feature[node]! >= 0) {
        const value = rows.x[row * width + trees.feature[node]!]!;
        const left = Number.isFinite(value) ? value <= trees.threshold[node]! : trees.missingLeft[node] === 1;
        node = left ? trees.left[node]! : trees.right[node]!;
      }
      sizes.set(node, (sizes.get(node) ?? 0) + 1);
    }
    return [...sizes.values()];
  });
}

describe('gbdt', () => {
  it('learns what no line can: the sign of a product', async () => {
    const { rows } = madeRows({ count: 4000, width: 6, seed: 4 });
    const labels = Uint8Array.from({ length: rows.count }, (_, row) =>
      Number(rows.x[row * 6]! * rows.x[row * 6 + 1]! > 0),
    );
    const params = await createGbdt({ minLeaf: 20 }).fit(rows, labels, SEED);
    expect(auc(scoresOf(params, rows), labels)).toBeGreaterThan(0.97);
  });

  it('grows the same trees from the same rows', async () => {
    const { rows, labels } = madeRows({ count: 3000, width: 5, seed: 5, missing: 0.1 });
    const engine = createGbdt();
    expect(await engine.fit(rows, labels, { seed: 1 })).toEqual(await engine.fit(rows, labels, { seed: 2 }));
  });

  it('obeys its limits: leaves a tree, rows a leaf', async () => {
    const { rows, labels } = madeRows({ count: 2000, width: 5, seed: 6, missing: 0.1 });
    const params = await createGbdt({ trees: 20, maxLeaves: 12, minLeaf: 70 }).fit(rows, labels, SEED);
    const sizes = leafSizes(params, rows);
    expect(Math.max(...sizes.map(({ length }) => length))).toBe(12);
    expect(Math.min(...sizes.flat())).toBeGreaterThanOrEqual(70);
    expect(isWalkable(params.trees, rows.width)).toBe(true);
  });

  it('makes the first tree’s leaves from the formula', async () => {
    // one split, at the gap; p = 1/2 at the start, so gradients are ±1/2 and hessians 1/4
    const rows = column([1, 2, 3, 4, 11, 12, 13, 14]);
    const labels = Uint8Array.from([0, 0, 0, 1, 1, 1, 1, 0]);
    const params = await createGbdt({ trees: 1, maxLeaves: 2, minLeaf: 4, l2: 1, learningRate: 0.1 }).fit(
      rows,
      labels,
      SEED,
    );
    const { trees } = params;
    expect(trees.threshold[0]).toBe(7.5);
    expect(trees.value[trees.left[0]!]).toBeCloseTo(-0.1 * (1 / (1 + 1)), 6);
    expect(trees.value[trees.right[0]!]).toBeCloseTo(0.1 * (1 / (1 + 1)), 6);
  });

  it('scores the same whatever rising function a feature went through', async () => {
    const { rows, labels } = madeRows({ count: 1500, width: 4, seed: 7, missing: 0.05 });
    const engine = createGbdt({ minLeaf: 30 });
    const scores = scoresOf(await engine.fit(rows, labels, SEED), rows);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(
          (v: number) => v ** 3 * 100,
          Math.exp,
          Math.atan,
          (v: number) => 5 * v - 3,
        ),
        async (rising) => {
          const bent = { ...rows, x: rows.x.map((value) => rising(value)) };
          // a transform may make two neighbours one float; none of these does here
          expect(scoresOf(await engine.fit(bent, labels, SEED), bent)).toEqual(scores);
        },
      ),
      { numRuns: 8 },
    );
  });

  it('learns which way a missing value goes, and that it is missing', async () => {
    const values = Array.from({ length: 400 }, (_, i) => (i % 4 === 0 ? NAN : i % 7));
    const labels = Uint8Array.from(values, (value) => Number(Number.isNaN(value)));
    const params = await createGbdt({ minLeaf: 10 }).fit(column(values), labels, SEED);
    const { predict } = createGbdt().predictor(params);
    expect(predict([NAN])).toBeGreaterThan(0.9);
    expect(predict([3])).toBeLessThan(0.1);
    expect(predict([1e30])).toBeLessThan(0.1);
    expect(predict([Number.POSITIVE_INFINITY])).toBe(predict([NAN]));
  });

  it('sends a missing value, where training had none, with the larger part', async () => {
    const values = Array.from({ length: 100 }, (_, i) => i);
    const labels = Uint8Array.from(values, (value) => Number(value < 30));
    const { predict } = createGbdt().predictor(
      await createGbdt({ trees: 1, maxLeaves: 2, minLeaf: 5 }).fit(column(values), labels, SEED),
    );
    expect(predict([NAN])).toBe(predict([99]));
  });

  it.each([
    ['no row', [], []],
    ['one row', [1], [1]],
    ['two rows', [1, 2], [0, 1]],
    ['one class', [1, 2, 3, 4], [1, 1, 1, 1]],
    ['a constant feature', [5, 5, 5, 5], [0, 1, 0, 1]],
    ['nothing but missing values', [NAN, NAN, NAN], [0, 1, 0]],
  ])('gives a base rate for %s', async (_, values, given) => {
    const labels = Uint8Array.from(given);
    const { predict } = createGbdt().predictor(await createGbdt({ minLeaf: 1 }).fit(column(values), labels, SEED));
    for (const value of [0, 1.5, NAN]) {
      expect(predict([value])).toBeGreaterThan(0);
      expect(predict([value])).toBeLessThan(1);
    }
    if (given.includes(0) && !given.includes(1)) expect(predict([0])).toBeLessThan(0.5);
  });

  it('scores one row as it scores many, whatever holds the row', async () => {
    const { rows, labels } = madeRows({ count: 800, width: 3, seed: 8, missing: 0.1 });
    const predictor = createGbdt().predictor(await createGbdt({ minLeaf: 20 }).fit(rows, labels, SEED));
    predictor.predictAll(rows).forEach((score, row) => {
      expect(predictor.predict([...rows.x.subarray(3 * row, 3 * row + 3)])).toBe(score);
    });
    expect(() => predictor.predict([1, 2])).toThrow('3 features');
  });
});
