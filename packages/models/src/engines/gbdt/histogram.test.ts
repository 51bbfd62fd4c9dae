import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binRows, MISSING_BIN } from './bins.ts';
import {
  BIN_STRIDE,
  countedHessians,
  createHistograms,
  FEATURE_STRIDE,
  type Histogram,
  subtract,
} from './histogram.ts';

const arbColumnValue = fc.oneof(
  fc.integer({ min: -9, max: 9 }),
  fc.constant(Number.NaN),
  fc.double({ noNaN: true, min: -1, max: 1 }),
);
const arbRows = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 10 })).chain(([count, width]) =>
  fc.record({
    count: fc.constant(count),
    width: fc.constant(width),
    x: fc
      .array(arbColumnValue, { minLength: count * width, maxLength: count * width })
      .map((list) => Float32Array.from(list)),
    hessians: fc.array(fc.double({ min: 0, max: 0.25, noNaN: true }), { minLength: count, maxLength: count }),
  }),
);

const pairsOf = (hessians: readonly number[], { unit, rounder }: { unit: number; rounder: number }) =>
  Float64Array.from(hessians.flatMap((hessian, row) => [(row % 7) - 3, hessian + rounder - rounder + unit]));

describe('binning', () => {
  it('keeps the order of values, and gives what is missing a bin of its own', () => {
    fc.assert(
      fc.property(arbRows, (rows) => {
        const binned = binRows(rows);
        binned.features.forEach((feature, at) => {
          const bins = Array.from(binned.words[at >> 2]!, (word) => (word >>> (8 * (at % 4))) & 0xff);
          const values = bins.map((_, row) => rows.x[row * rows.width + feature]!);
          bins.forEach((bin, row) => {
            expect(bin === MISSING_BIN).toBe(Number.isNaN(values[row]));
            if (bin === MISSING_BIN) return;
            const cuts = binned.thresholds[at]!;
            expect(values[row]!).toBeLessThanOrEqual(cuts[bin] ?? Number.POSITIVE_INFINITY);
            expect(values[row]!).toBeGreaterThan(cuts[bin - 1] ?? Number.NEGATIVE_INFINITY);
          });
        });
      }),
    );
  });

  it('makes at most 255 bins, of about as many rows each', () => {
    const count = 10_000;
    const x = Float32Array.from({ length: count }, (_, i) => Math.exp(((i * 7919) % count) / 1000));
    const { words, thresholds } = binRows({ x, width: 1, count });
    expect(thresholds[0]).toHaveLength(254);
    const sizes = new Array<number>(255).fill(0);
    for (const bin of words[0]!) sizes[bin]!++;
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(39);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(40);
  });

  it('leaves out features that say nothing', () => {
    const nan = Number.NaN;
    const x = Float32Array.from([1, nan, 5, nan, 1, nan, 5, 3]);
    expect([...binRows({ x, width: 4, count: 2 }).features]).toEqual([3]);
  });
});

describe('histograms', () => {
  /** The same sums, row by row. */
  const slowly = (binned: ReturnType<typeof binRows>, order: Uint32Array, pairs: Float64Array): Histogram => {
    const out = new Float64Array(binned.words.length * 4 * FEATURE_STRIDE);
    for (const row of order) {
      binned.words.forEach((words, group) => {
        for (let lane = 0; lane < 4; lane++) {
          const bin = (words[row]! >>> (8 * lane)) & 0xff;
          const at = (group * 4 + lane) * FEATURE_STRIDE + bin * BIN_STRIDE;
          out[at]! += pairs[2 * row]!;
          out[at + 1]! += pairs[2 * row + 1]!;
        }
      });
    }
    return out;
  };

  it('are what adding row by row gives, to the last bit, for any stretch of rows', () => {
    fc.assert(
      fc.property(arbRows, fc.nat(40), fc.nat(40), (rows, a, b) => {
        const [start, end] = [Math.min(a, b, rows.count), Math.min(Math.max(a, b), rows.count)];
        const binned = binRows(rows);
        const pairs = pairsOf(rows.hessians, countedHessians(rows.count));
        const histograms = createHistograms(binned, 1);
        for (let row = 0; row < rows.count; row++) histograms.order[row] = rows.count - 1 - row;
        const sums = histograms.sum(start, end, pairs);
        expect(sums).toEqual(slowly(binned, histograms.order.subarray(start, end), pairs));
        histograms.release(sums);
        expect(histograms.sum(0, 0, pairs).every((sum) => sum === 0)).toBe(true);
      }),
    );
  });

  it('of a parent less one child are exactly the other child’s hessians and counts', () => {
    fc.assert(
      fc.property(arbRows, fc.nat(40), (rows, middle) => {
        fc.pre(middle <= rows.count);
        const binned = binRows(rows);
        const pairs = pairsOf(rows.hessians, countedHessians(rows.count));
        const histograms = createHistograms(binned, 3);
        for (let row = 0; row < rows.count; row++) histograms.order[row] = row;
        const parent = histograms.sum(0, rows.count, pairs);
        const right = histograms.sum(middle, rows.count, pairs);
        subtract(parent, histograms.sum(0, middle, pairs));
        const counted = (histogram: Histogram) => histogram.filter((_, i) => i % BIN_STRIDE === 1);
        expect(counted(parent)).toEqual(counted(right));
      }),
    );
  });

  it('count rows and hessians in one number for millions of rows', () => {
    for (const rows of [1, 2, 40_000, 5_000_000]) {
      const { unit, rounder } = countedHessians(rows);
      const hessian = 0.2 + rounder - rounder;
      expect(hessian).toBeCloseTo(0.2, rows > 1e6 ? 1 : 5);
      const sum = rows * (unit + hessian); // no rounding: it is on the grain
      expect(Math.floor(sum / unit)).toBe(rows);
      expect(sum - rows * unit).toBeCloseTo(rows * hessian, 9);
    }
  });
});
