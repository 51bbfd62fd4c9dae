import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { calibrate, fitPlatt, sigmoid } from './calibration.ts';
import { dayClusters, everyCluster } from './clusters.ts';
import { confidenceOf, confidenceTable } from './confidence.ts';
import { brierSkill, expectedCalibrationError, reliabilityCurve } from './reliability.ts';
import { foldMean, topMean, topRows } from './top-share.ts';

const random = createRandom(4);
const uniform = (count: number) => Float64Array.from({ length: count }, random);
const drawn = (probabilities: Float64Array) => Uint8Array.from(probabilities, (p) => Number(random() < p));

describe('the top decile', () => {
  const folds = [
    { from: 0, to: 50 },
    { from: 50, to: 100 },
  ];
  const clusters = dayClusters(new Float64Array(100));
  const mean = (scores: Float64Array, values: ArrayLike<number>) =>
    topMean(topRows(scores, folds), values, clusters)(everyCluster(clusters));

  it('is the best tenth of each fold, not of all', () => {
    const scores = Float64Array.from({ length: 100 }, (_, i) => i);
    expect(Array.from(topRows(scores, folds).rows).sort((a, b) => a - b)).toEqual([
      45, 46, 47, 48, 49, 95, 96, 97, 98, 99,
    ]);
  });

  it('shares its edge among rows of equal score, so that a constant has the base rate', () => {
    const labels = Uint8Array.from({ length: 100 }, (_, i) => Number(i % 5 === 0));
    expect(mean(new Float64Array(100), labels)).toBeCloseTo(0.2, 12);
    expect(foldMean(labels, folds, clusters)(everyCluster(clusters))).toBeCloseTo(0.2, 12);
  });

  it('always holds a tenth of the rows, ties and scores that are no numbers included', () => {
    const arbScore = fc.oneof(fc.nat(3), fc.constant(Number.NaN));
    fc.assert(
      fc.property(fc.array(arbScore, { minLength: 1, maxLength: 80 }), (list) => {
        const { shares } = topRows(Float64Array.from(list), [{ from: 0, to: list.length }]);
        const held = shares.reduce((sum, share) => sum + share, 0);
        expect(held).toBeCloseTo(Math.max(1, Math.round(list.length / 10)), 9);
      }),
    );
  });
});

describe('calibration', () => {
  it('finds the line that was planted', () => {
    const scores = uniform(20_000).map((x) => sigmoid(4 * x - 2));
    const labels = drawn(scores.map((score) => calibrate({ slope: 0.5, offset: -1 }, score)));
    const fit = fitPlatt(scores, labels);
    expect(fit.slope).toBeCloseTo(0.5, 1);
    expect(fit.offset).toBeCloseTo(-1, 1);
    const probabilities = scores.map((score) => calibrate(fit, score));
    expect(expectedCalibrationError(reliabilityCurve(probabilities, labels))).toBeLessThan(0.015);
  });

  it('gives the base rate where scores say nothing, one class is all there is, or the order is wrong', () => {
    const labels = Uint8Array.from({ length: 98 }, (_, i) => Number(i < 48));
    const flat = fitPlatt(new Float64Array(98).fill(0.3), labels);
    expect(calibrate(flat, 0.3)).toBeCloseTo(0.49, 2);
    const wrong = fitPlatt(
      Float64Array.from(labels, (label, i) => (label === 1 ? 0.2 : 0.6) + i / 1000),
      labels,
    );
    expect(calibrate(wrong, 0.1)).toBe(calibrate(wrong, 0.9));
    const single = fitPlatt(uniform(50), new Uint8Array(50));
    expect(calibrate(single, 0.99)).toBeLessThan(0.05);
  });

  it('keeps the order and stays inside 0..1, whatever it is fitted on', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(1)), { minLength: 1, maxLength: 60 }),
        (rows) => {
          const fit = fitPlatt(
            Float64Array.from(rows, ([score]) => score),
            Uint8Array.from(rows, ([, label]) => label),
          );
          const line = [0, 0.01, 0.3, 0.5, 0.9, 1].map((score) => calibrate(fit, score));
          for (const [i, p] of line.entries()) {
            expect(p).toBeGreaterThanOrEqual(line[i - 1] ?? 0);
            expect(p).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });
});

describe('reliability and Brier skill', () => {
  it('of the truth are near the line and above 0, of its opposite far off and below', () => {
    const truth = uniform(10_000);
    const labels = drawn(truth);
    const rates = new Float64Array(10_000).fill(0.5);
    const curve = reliabilityCurve(truth, labels);
    expect(curve.map(({ count }) => count)).toEqual(new Array(10).fill(1000));
    expect(expectedCalibrationError(curve)).toBeLessThan(0.03);
    expect(brierSkill(truth, labels, rates)).toBeCloseTo(1 / 3, 1);
    const opposite = truth.map((p) => 1 - p);
    expect(expectedCalibrationError(reliabilityCurve(opposite, labels))).toBeGreaterThan(0.4);
    expect(brierSkill(opposite, labels, rates)).toBeLessThan(-0.5);
    expect(brierSkill(rates, labels, rates)).toBe(0);
  });
});

describe('confidence', () => {
  it('is the share of own predictions that lie below', () => {
    const table = confidenceTable(Float64Array.of(0.3, 0.1, 0.2, 0.4, Number.NaN));
    expect([0.05, 0.1, 0.25, 0.4, 0.9].map((p) => confidenceOf(table, p))).toEqual([0, 0, 0.5, 0.75, 1]);
    expect(confidenceOf(new Float64Array(0), 0.5)).toBeNaN();
    expect(confidenceOf(table, Number.NaN)).toBeNaN();
  });

  it('of a thinned table is that of all predictions, to a thousandth', () => {
    const predictions = uniform(30_000).map((x) => x ** 3);
    const table = confidenceTable(predictions);
    expect(table).toHaveLength(1000);
    for (const p of [0.001, 0.1, 0.5, 0.9]) {
      const exact = predictions.filter((prediction) => prediction < p).length / predictions.length;
      expect(Math.abs(confidenceOf(table, p) - exact)).toBeLessThanOrEqual(0.001);
    }
  });
});
