import { DAY_MS } from '@mexc-bot/core';
import { describe, expect, it } from 'vitest';
import { plantedSet } from '../../test/training-set.ts';
import type { Card, Judgement } from './card.ts';
import { compareScores, decideChallenge, modelFault, reviewChampion } from './champion.ts';
import { DEFAULT_JUDGE, judge } from './judgement.ts';

const set = plantedSet({ edge: 0.02, days: 30 });
const column = (at: number) => set.atr.map((_, row) => set.rows.x[row * set.rows.width + at]!);
const folds = [{ from: 0, to: set.rows.count }];
const judged: Judgement = judge(
  set,
  { scores: column(0), folds, probabilities: column(0).fill(0.1), baseRates: column(0).fill(0.1) },
  { ...DEFAULT_JUDGE, replicates: 50 },
);
const interval = (value: number, half = 0.02) => ({ value, low: value - half, high: value + half });
const judgement = (change: Partial<Judgement> = {}): Judgement => ({ ...judged, ...change });
const card = (change: Partial<Judgement> = {}): Card => ({
  scope: 'feedback',
  engine: 'logistic',
  exchange: 'mexc',
  features: 'abc',
  trainedAt: 0,
  state: 'judged',
  trainRows: 1000,
  dataFrom: 0,
  dataTo: 1,
  ...judgement({ proven: false, ...change }),
});
const notTrained: Card = {
  scope: 'feedback',
  engine: 'logistic',
  exchange: 'mexc',
  features: 'abc',
  trainedAt: 0,
  state: 'not_trained',
  fault: 'one_class',
  rows: 400,
  positives: 0,
};

describe('a model may be asked', () => {
  it.each([
    [{ asOf: 14 * DAY_MS, features: 'abc' }, null],
    [{ asOf: 14 * DAY_MS + 1, features: 'abc' }, 'expired'],
    [{ asOf: 0, features: 'abd' }, 'other_features'],
    [{ asOf: Number.NaN, features: 'abc' }, 'expired'],
  ] as const)('at %j: fault %s', (now, fault) => {
    expect(modelFault({ trainedAt: 0, features: 'abc' }, { maxAgeDays: 14, ...now })).toBe(fault);
  });
});

describe('a challenger', () => {
  const champion = { card: card({ auc: interval(0.62) }), fault: null, proven: false };
  it.each([
    ['not trained keeps the champion', notTrained, champion, null, false, 'not_trained'],
    ['takes an empty place', card(), null, null, true, 'no_champion'],
    [
      'takes the place of one that may not be asked',
      card(),
      { ...champion, fault: 'expired' },
      null,
      true,
      'champion_unusable',
    ],
    ['proven beats unproven', card({ proven: true }), champion, interval(-0.1), true, 'proven_beats_unproven'],
    ['unproven does not beat proven', card(), { ...champion, proven: true }, interval(0.1), false, 'not_better'],
    [
      'wins on rows that neither has seen',
      card({ auc: interval(0.5) }),
      champion,
      interval(0.01),
      true,
      'better_on_same_rows',
    ],
    [
      'loses on rows that neither has seen',
      card({ auc: interval(0.9) }),
      champion,
      interval(-0.01),
      false,
      'not_better',
    ],
    [
      'wins by its card, where there are no such rows, if that is surely better',
      card({ auc: interval(0.65) }),
      champion,
      null,
      true,
      'better_on_own_rows',
    ],
    [
      'whose card may be better by chance stays out',
      card({ auc: interval(0.63) }),
      champion,
      null,
      false,
      'not_better',
    ],
    ['whose comparison is not defined stays out', card(), champion, interval(Number.NaN), false, 'not_better'],
  ] as const)('%s', (_, challenger, current, sameRows, replaces, reason) => {
    expect(decideChallenge(challenger, current, sameRows)).toEqual({ replaces, reason });
  });

  it('is compared pair by pair on the same rows', () => {
    const { a, b, difference } = compareScores(set, column(0), column(2), folds, { replicates: 100, seed: 1 });
    expect(a.value).toBe(judged.auc.value);
    expect(difference.value).toBe(a.value - b.value);
    expect(difference.low).toBeGreaterThan(0);
  });
});

describe('the model in use, judged by fresh labels', () => {
  const promised = judgement({ proven: true, auc: interval(0.65) });
  const fresh = (auc: number, change: Partial<Judgement> = {}) =>
    judgement({
      auc: interval(auc),
      minusAtr: interval(0.01),
      netTop10: interval(0.01),
      testRows: 500,
      days: 20,
      ...change,
    });
  it.each([
    ['is kept while it does as promised', fresh(0.64), null, 'keep', 'as_promised', true],
    ['is kept while there are too few labels', fresh(0.4, { testRows: 199 }), null, 'keep', 'too_few_labels', true],
    ['is kept while there are too few days', fresh(0.4, { days: 4 }), null, 'keep', 'too_few_labels', true],
    [
      'stays, distrusted, when it is worse than promised and the one before too',
      fresh(0.6),
      interval(-0.05),
      'keep',
      'worse_than_promised',
      false,
    ],
    [
      'gives way when it is worse than promised and the one before helps',
      fresh(0.55),
      interval(0.01),
      'roll_back',
      'worse_than_promised',
      false,
    ],
    [
      'gives way to the one before that is surely better',
      fresh(0.64),
      interval(0.05),
      'roll_back',
      'previous_is_better',
      false,
    ],
    [
      'is no longer proven once its best tenth surely loses',
      fresh(0.64, { netTop10: interval(-0.05) }),
      null,
      'keep',
      'as_promised',
      false,
    ],
    [
      'is no longer proven once ATR is surely better',
      fresh(0.64, { minusAtr: interval(-0.05) }),
      null,
      'keep',
      'as_promised',
      false,
    ],
  ] as const)('%s', (_, now, previous, verdict, reason, proven) => {
    expect(reviewChampion(promised, now, previous)).toEqual({ verdict, reason, proven });
  });
});
