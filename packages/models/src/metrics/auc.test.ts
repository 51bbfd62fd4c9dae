import { DAY_MS } from '@mexc-bot/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import type { RowRange } from '../splits/walk-forward.ts';
import { foldAuc } from './auc.ts';
import { bootstrap, clustersAmong, dayClusters, everyCluster, intervalOf, pairedDifference } from './clusters.ts';

const rowsOf = (scores: readonly number[], labels: readonly number[]) => ({
  scores: Float64Array.from(scores),
  labels: Uint8Array.from(labels),
  folds: [{ from: 0, to: scores.length }],
  clusters: dayClusters(new Float64Array(scores.length)),
});
const auc = (rows: Parameters<typeof foldAuc>[0]) => foldAuc(rows)(everyCluster(rows.clusters));

/** Scores with many ties, some not numbers; three folds; a few days. */
const arbRows = fc
  .array(
    fc.record({
      score: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: false })),
      label: fc.nat(1),
      day: fc.nat(4),
      weight: fc.nat(3),
    }),
    { minLength: 3, maxLength: 60 },
  )
  .map((rows) => {
    const third = Math.floor(rows.length / 3);
    const folds: RowRange[] = [
      { from: 0, to: third },
      { from: third, to: 2 * third },
      { from: 2 * third, to: rows.length },
    ];
    const times = Float64Array.from(rows, ({ day }) => day * DAY_MS);
    return {
      scores: Float64Array.from(rows, ({ score }) => score),
      labels: Uint8Array.from(rows, ({ label }) => label),
      clusters: dayClusters(times),
      folds,
      weights: Float64Array.from(rows.slice(0, 5), ({ weight }) => weight),
    };
  });

/** The definition, pair by pair. */
function pairwise(rows: Parameters<typeof foldAuc>[0], weightOf: (row: number) => number): number {
  const rank = (row: number) => (Number.isNaN(rows.scores[row]!) ? Number.NEGATIVE_INFINITY : rows.scores[row]!);
  let wins = 0;
  let pairs = 0;
  for (const { from, to } of rows.folds) {
    for (let a = from; a < to; a++) {
      for (let b = from; b < to; b++) {
        if (rows.labels[a] !== 1 || rows.labels[b] !== 0) continue;
        const weight = weightOf(a) * weightOf(b);
        pairs += weight;
        wins += weight * (rank(a) > rank(b) ? 1 : rank(a) === rank(b) ? 0.5 : 0);
      }
    }
  }
  return pairs > 0 ? wins / pairs : Number.NaN;
}

describe('AUC', () => {
  it.each([
    [[1, 2, 3, 4], [0, 0, 1, 1], 1],
    [[4, 3, 2, 1], [0, 0, 1, 1], 0],
    [[1, 1, 1, 1], [0, 1, 0, 1], 0.5],
    [[1, 2, 2, 3], [0, 0, 1, 1], 0.875],
    [[Number.NaN, 1], [0, 1], 1],
    [[1, 2], [1, 1], Number.NaN],
  ])('of scores %j for labels %j is %f', (scores, labels, expected) => {
    expect(auc(rowsOf(scores, labels))).toBe(expected);
  });

  it('is the share of pairs inside folds that are the right way round, for any weights of days', () => {
    fc.assert(
      fc.property(arbRows, (rows) => {
        // a score that is not a number ranks lowest; an infinite one outside of what the others span
        fc.pre(rows.scores.every((score) => !(Math.abs(score) > 1e300)));
        const weights = rows.weights.slice(0, rows.clusters.count);
        fc.pre(weights.length === rows.clusters.count);
        const expected = pairwise(rows, (row) => weights[rows.clusters.of[row]!]!);
        if (Number.isNaN(expected)) expect(foldAuc(rows)(weights)).toBeNaN();
        else expect(foldAuc(rows)(weights)).toBeCloseTo(expected, 12);
      }),
    );
  });

  it('turns to its complement with the scores', () => {
    fc.assert(
      fc.property(arbRows, (rows) => {
        fc.pre(rows.scores.every(Number.isFinite) && !Number.isNaN(auc(rows)));
        expect(auc({ ...rows, scores: rows.scores.map((score) => -score) })).toBeCloseTo(1 - auc(rows), 12);
      }),
    );
  });

  it('of a constant is 0.5 inside folds, though the folds differ in base rate', () => {
    const labels = Uint8Array.from({ length: 100 }, (_, i) => Number(i < 50 ? i % 10 === 0 : i % 2 === 0));
    const scores = Float64Array.from({ length: 100 }, (_, i) => (i < 50 ? 0.9 : 0.1));
    const clusters = dayClusters(new Float64Array(100));
    const folds = [
      { from: 0, to: 50 },
      { from: 50, to: 100 },
    ];
    expect(auc({ scores, labels, folds, clusters })).toBe(0.5);
    expect(auc({ scores, labels, folds: [{ from: 0, to: 100 }], clusters })).toBeLessThan(0.4);
  });
});

/** Rows of `days` days, 40 each; what is shared by a day moves all its labels. */
function market(days: number, seed: number, skill: number) {
  const random = createRandom(seed);
  const count = days * 40;
  const times = Float64Array.from({ length: count }, (_, i) => Math.floor(i / 40) * DAY_MS);
  const scores = Float64Array.from({ length: count }, random);
  let rate = 0.2;
  const labels = Uint8Array.from({ length: count }, (_, i) => {
    if (i % 40 === 0) rate = 0.05 + 0.3 * random();
    return Number(random() < rate + skill * (scores[i]! - 0.5));
  });
  return { scores, labels, clusters: dayClusters(times), folds: [{ from: 0, to: count }] };
}

const options = { replicates: 200, seed: 1 };
function aucInterval(rows: ReturnType<typeof market>) {
  const statistic = foldAuc(rows);
  const [draws] = bootstrap([statistic], rows.clusters, clustersAmong(rows.clusters, rows.folds), options);
  return { interval: intervalOf(statistic(everyCluster(rows.clusters)), draws!), draws: draws! };
}

describe('the interval clustered by day', () => {
  it('holds 0.5 for labels that have nothing to do with the scores, about 19 times in 20', () => {
    const held = Array.from({ length: 60 }, (_, seed) => aucInterval(market(40, seed + 1, 0)).interval);
    const hits = held.filter(({ low, high }) => low <= 0.5 && high >= 0.5).length;
    expect(hits).toBeGreaterThanOrEqual(52);
    expect(hits).toBeLessThan(60);
  });

  it('lies above 0.5 where there is skill, and is the same for the same seed', () => {
    const { interval } = aucInterval(market(60, 3, 0.5));
    expect(interval.low).toBeGreaterThan(0.5);
    expect(interval.low).toBeLessThan(interval.value);
    expect(interval.high).toBeGreaterThan(interval.value);
    expect(aucInterval(market(60, 3, 0.5)).interval).toEqual(interval);
  });

  it('is wider than one that takes rows for independent evidence, where days differ', () => {
    const rows = market(40, 5, 0);
    const labels = rows.labels.map((_, i) => Number(Math.floor(i / 40) % 3 === 0));
    const scores = rows.scores.map((score, i) => 0.3 * score + Number(Math.floor(i / 40) % 2 === 0));
    const width = ({ low, high }: { low: number; high: number }) => high - low;
    const byDay = aucInterval({ ...rows, labels, scores }).interval;
    const each = { of: Int32Array.from(labels.keys()), count: labels.length };
    const byRow = aucInterval({ ...rows, labels, scores, clusters: each }).interval;
    expect(width(byDay)).toBeGreaterThan(2 * width(byRow));
  });

  it('of a difference is paired: a score has none to itself, and less than two unrelated ones', () => {
    const rows = market(40, 7, 0.4);
    const same = aucInterval(rows);
    const noisy = aucInterval({ ...rows, scores: rows.scores.map((score) => score + 1e-3 * Math.sin(1e5 * score)) });
    const difference = (a: typeof same, b: typeof same) => pairedDifference(a.interval, b.interval, [a.draws, b.draws]);
    expect(difference(same, same)).toEqual({ value: 0, low: 0, high: 0 });
    const near = difference(same, noisy);
    expect(near.high - near.low).toBeLessThan((same.interval.high - same.interval.low) / 5);
  });

  it('says nothing where most draws lack a class', () => {
    const rows = { ...rowsOf([1, 2, 3], [0, 0, 0]) };
    expect(aucInterval(rows).interval).toEqual({ value: Number.NaN, low: Number.NaN, high: Number.NaN });
  });
});
