import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normal } from '../../test/random.ts';
import { foldAuc } from '../metrics/auc.ts';
import { logit, sigmoid } from '../metrics/calibration.ts';
import { dayClusters, everyCluster } from '../metrics/clusters.ts';
import { createRandom } from '../random.ts';
import { sliceRows } from '../rows.ts';
import { correctedScore, createCorrector } from './correction.ts';

/** A token whose labels follow the prior and, by `own`, its first feature. */
function token(count: number, own: number, seed: number, width = 5) {
  const random = createRandom(seed);
  const rows = { x: Float32Array.from({ length: count * width }, () => normal(random)), width, count };
  const prior = Float64Array.from({ length: count }, () => sigmoid(-1.5 + 0.5 * normal(random)));
  const chance = (row: number) => sigmoid(logit(prior[row]!) + own * rows.x[row * width]!);
  const labels = Uint8Array.from({ length: count }, (_, row) => Number(random() < chance(row)));
  return { rows, prior, labels };
}

const rowAt = ({ x, width }: ReturnType<typeof token>['rows'], row: number) =>
  x.subarray(row * width, (row + 1) * width);

describe('a token’s correction', () => {
  it('is the optimum: the penalised gradient vanishes', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.constantFrom(1, 50, 4000), (seed, lambda) => {
        const { rows, prior, labels } = token(600, 0.8, seed);
        const correction = createCorrector(rows, labels, prior, { lambda }).fitFirst(600)!;
        for (let i = 0; i <= rows.width; i++) {
          let gradient = -lambda * (i < rows.width ? correction.weights[i]! : correction.offset);
          for (let row = 0; row < 600; row++) {
            const error = labels[row]! - correctedScore(correction, prior[row]!, rowAt(rows, row));
            gradient += error * (i < rows.width ? rowAt(rows, row)[i]! : 1);
          }
          expect(Math.abs(gradient)).toBeLessThan(0.01);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('is the same whether it was fitted at once or after shorter beginnings', () => {
    const { rows, prior, labels } = token(900, 1, 3);
    const stepwise = createCorrector(rows, labels, prior);
    stepwise.fitFirst(400);
    stepwise.fitFirst(650);
    expect(stepwise.fitFirst(900)).toEqual(createCorrector(rows, labels, prior).fitFirst(900));
    expect(stepwise.fitFirst(400)).toEqual(
      createCorrector(sliceRows(rows, { from: 0, to: 400 }), labels, prior).fitFirst(400),
    );
  });

  it('shrinks towards the prior as λ grows', () => {
    const { rows, prior, labels } = token(2000, 0.8, 5);
    const sizes = [10, 400, 4000, 1e9].map((lambda) =>
      Math.hypot(...createCorrector(rows, labels, prior, { lambda }).fitFirst(2000)!.weights),
    );
    expect(sizes[0]).toBeCloseTo(0.8, 0);
    for (const [i, size] of sizes.entries()) if (i > 0) expect(size).toBeLessThan(sizes[i - 1]!);
    expect(sizes[3]).toBeLessThan(1e-5);
  });

  it('ranks rows it has not seen better than the prior, where the token has something of its own', () => {
    const { rows, prior, labels } = token(4000, 1, 8);
    const correction = createCorrector(rows, labels, prior).fitFirst(2000);
    const scores = prior.map((score, row) => correctedScore(correction, score, rowAt(rows, row)));
    const clusters = dayClusters(new Float64Array(4000));
    const folds = [{ from: 2000, to: 4000 }];
    const auc = (of: Float64Array) => foldAuc({ scores: of, labels, folds, clusters })(everyCluster(clusters));
    expect(auc(scores)).toBeGreaterThan(auc(prior) + 0.02);
  });

  it('is left out where there is too little history or one class: the prior stands', () => {
    const { rows, prior, labels } = token(500, 1, 9);
    expect(createCorrector(rows, labels, prior).fitFirst(299)).toBeNull();
    expect(createCorrector(rows, new Uint8Array(500), prior).fitFirst(500)).toBeNull();
    expect(createCorrector(rows, new Uint8Array(500).fill(1), prior).fitFirst(500)).toBeNull();
    expect(correctedScore(null, 0.123, rowAt(rows, 0))).toBe(0.123);
  });
});
