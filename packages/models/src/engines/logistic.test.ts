import { describe, expect, it } from 'vitest';
import { createLogistic } from './logistic.ts';
import { fitRidgeLogistic, sigmoid } from './ridge-logistic.ts';
import { auc, madeRows } from './support/made-rows.ts';

describe('ridge logistic regression', () => {
  it('stands where the gradient of loss and penalty is zero', () => {
    const { rows, labels } = madeRows({ count: 500, width: 4, seed: 1 });
    const lambda = 3;
    const { weights, intercept } = fitRidgeLogistic(rows.x, 4, labels, lambda);
    const gradient = Array.from(weights, (weight) => lambda * weight);
    let residuals = 0;
    for (let row = 0; row < rows.count; row++) {
      const values = rows.x.subarray(row * 4, row * 4 + 4);
      const residual = sigmoid(values.reduce((sum, value, i) => sum + value * weights[i]!, intercept)) - labels[row]!;
      residuals += residual;
      values.forEach((value, i) => {
        gradient[i]! += residual * value;
      });
    }
    for (const value of [...gradient, residuals]) expect(value).toBeCloseTo(0, 6);
  });

  it('stays finite where one feature tells the classes apart, and where features repeat each other', () => {
    const labels = Uint8Array.from({ length: 40 }, (_, i) => i % 2);
    const x = Float32Array.from(Array.from(labels).flatMap((label) => [label * 100, label * 100, -label * 50]));
    const { weights, intercept } = fitRidgeLogistic(x, 3, labels, 1e-3);
    for (const value of [...weights, intercept]) expect(value).toSatisfy(Number.isFinite);
    expect(weights[0]).toBeCloseTo(weights[1]!, 6);
  });
});

describe('logistic', () => {
  it('finds a planted line, the same one every time', async () => {
    const { rows, labels } = madeRows({ count: 4000, width: 10, seed: 2 });
    const engine = createLogistic();
    const params = await engine.fit(rows, labels, { seed: 1 });
    expect(await engine.fit(rows, labels, { seed: 2 })).toEqual(params);
    const scores = engine.predictor(params).predictAll(rows);
    expect(auc(scores, labels)).toBeGreaterThan(0.8);
    const mean = (values: ArrayLike<number>) =>
      Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(scores)).toBeCloseTo(mean(labels), 9);
  });

  it('does not care for the unit of a feature', async () => {
    const { rows, labels } = madeRows({ count: 1000, width: 5, seed: 3 });
    const engine = createLogistic();
    const inOtherUnits = { ...rows, x: rows.x.map((value, i) => value * 2 ** (i % 5) + 4 * (i % 5)) };
    const scores = engine.predictor(await engine.fit(rows, labels, { seed: 0 })).predictAll(rows);
    const others = engine.predictor(await engine.fit(inOtherUnits, labels, { seed: 0 })).predictAll(inOtherUnits);
    scores.forEach((score, i) => {
      expect(others[i]).toBeCloseTo(score, 5);
    });
  });
});
