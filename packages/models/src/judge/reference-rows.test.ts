import { describe, expect, it } from 'vitest';
import { hasReference, readReference } from '../../test/reference-rows.ts';
import { walkForward } from '../splits/walk-forward.ts';
import { DEFAULT_JUDGE, judge } from './judgement.ts';
import { DEFAULT_WALK } from './walk-forward-scores.ts';

/** ATR % as the model itself: what a judgement says of it must be what other tools say of it on the same folds. */
function judgeAtr(prefix: string) {
  const set = readReference(prefix);
  const folds = walkForward(set.times, DEFAULT_WALK).map(({ test }) => test);
  const unknown = new Float64Array(set.rows.count).fill(Number.NaN);
  return judge(set, { scores: set.atr, folds, probabilities: unknown, baseRates: unknown }, DEFAULT_JUDGE);
}

describe.skipIf(!hasReference('usdm-train-H10'))('on the reference rows', () => {
  it('ATR % alone reaches what other tools found inside the same folds', () => {
    const judgement = judgeAtr('usdm-train-H10');
    expect(Math.abs(judgement.auc.value - 0.649)).toBeLessThanOrEqual(0.003);
    expect(Math.abs(judgement.auc.low - 0.612)).toBeLessThan(0.01);
    expect(Math.abs(judgement.auc.high - 0.689)).toBeLessThan(0.01);
    expect(judgement.liftTop10).toBeCloseTo(1.9, 1);
    expect(judgement.atrAuc).toEqual(judgement.auc);
    expect(judgement.minusAtr).toEqual({ value: 0, low: 0, high: 0 });
  });

  it('ranks volatility, not direction, and earns nothing after costs', () => {
    const judgement = judgeAtr('usdm-train-H10');
    expect(judgement.upDownAuc.value).toBeLessThan(0.5);
    expect(judgement.netTop10.low).toBeLessThan(0);
    expect(judgement.proven).toBe(false);
  });
});
