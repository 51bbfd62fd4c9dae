import { describe, expect, it } from 'vitest';
import { plantedSet } from '../../test/training-set.ts';
import { sigmoid } from '../metrics/calibration.ts';
import { trainToken } from './token.ts';
import type { TrainingSet } from './training-set.ts';

const head = { scope: 'PEPEUSDT', exchange: 'mexc', features: 'abc', trainedAt: 5 };
/** A prior that knows volatility, and nothing of what came in the first days. */
const priorOf = ({ rows: { x, width, count } }: TrainingSet, unknown = 0) =>
  Float64Array.from({ length: count }, (_, row) =>
    row < unknown ? Number.NaN : sigmoid(-2 + 0.5 * x[row * width + 1]!),
  );

describe('a token', () => {
  it('with something of its own ranks better than the prior, and its card says by how much', () => {
    const set = plantedSet({ edge: 0.03 });
    const { model, card } = trainToken(set, priorOf(set, 200), head, 'logistic');
    expect(model.correction).toMatchObject({ rows: 2200 });
    expect(card).toMatchObject({ state: 'judged', scope: 'PEPEUSDT', trainRows: 2200, dataFrom: set.times[200] });
    if (card.state !== 'judged') return;
    expect(card.minusPrior!.low).toBeGreaterThan(0);
    expect(card.priorAuc!.value + card.minusPrior!.value).toBeCloseTo(card.auc.value, 12);
  });

  it('with nothing of its own loses next to nothing to the prior', () => {
    const set = plantedSet();
    const { card } = trainToken(set, priorOf(set), head, 'logistic');
    if (card.state !== 'judged') throw new Error(card.fault);
    expect(Math.abs(card.minusPrior!.value)).toBeLessThan(0.02);
    expect(card.proven).toBe(false);
  });

  it.each([
    ['too_few_rows', plantedSet({ days: 7 }), 0],
    ['too_few_rows', plantedSet({ days: 10 }), 200],
    ['no_rows', plantedSet({ days: 10 }), 400],
  ] as const)('with too little history has the prior alone: %s', (fault, set, unknown) => {
    const { model, card } = trainToken(set, priorOf(set, unknown), head, 'gbdt');
    expect(model).toEqual({ correction: null, reading: null });
    expect(card).toMatchObject({ state: 'not_trained', fault, engine: 'gbdt', rows: set.rows.count - unknown });
  });
});
