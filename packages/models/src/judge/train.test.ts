import { describe, expect, it } from 'vitest';
import { tinyEngine } from '../../test/tiny-engine.ts';
import { plantedSet, shuffled } from '../../test/training-set.ts';
import { confidenceOf } from '../metrics/confidence.ts';
import { cardFigures } from './card.ts';
import { tradeCost } from './costs.ts';
import { DEFAULT_TRAIN, evaluateOn, trainAndJudge } from './train.ts';
import { sliceSet, type TrainingSet } from './training-set.ts';

const head = { scope: 'feedback', exchange: 'mexc', features: 'abc', trainedAt: 5 };
const judging = { ...DEFAULT_TRAIN.judge, replicates: 100 };
// the edges that are planted here are better than a market has
const quick = { ...DEFAULT_TRAIN, judge: { ...judging, leakAbove: 1 } };
async function cardOf(set: TrainingSet) {
  const { card } = await trainAndJudge(tinyEngine, set, head, quick);
  if (card.state !== 'judged') throw new Error(`not trained: ${card.fault}`);
  return card;
}

describe('a card', () => {
  it('calls a planted edge proven', async () => {
    const card = await cardOf(plantedSet({ edge: 0.03 }));
    expect(card).toMatchObject({ proven: true, doubts: [], scope: 'feedback', engine: 'logistic', trainRows: 2400 });
    expect(card.minusAtr.low).toBeGreaterThan(0);
    expect(card.netTop10.low).toBeGreaterThan(0);
    expect(card.upDownAuc.low).toBeGreaterThan(0.6);
    expect(card.liftTop10).toBeGreaterThan(2);
    expect(card.brierSkill).toBeGreaterThan(0);
    expect(card.ece).toBeLessThan(0.05);
    expect(card).toMatchObject({ testRows: 2000, days: 50, markets: 5, symbolDays: 250 });
  });

  it('does not call volatility a skill, however well it ranks', async () => {
    const card = await cardOf(plantedSet());
    expect(card.auc.low).toBeGreaterThan(0.55);
    expect(card.upDownAuc.high).toBeGreaterThan(0.5);
    expect(card.doubts).toEqual(['not_better_than_atr', 'not_better_than_no_trade']);
  });

  it('does not call a market that rises for everybody a skill', async () => {
    const card = await cardOf(plantedSet({ drift: 0.02 }));
    expect(card.netTop10.low).toBeGreaterThan(0);
    expect(card.netAll.low).toBeGreaterThan(0);
    expect(card.doubts).toEqual(['not_better_than_atr']);
  });

  it('does not call a skill proven that costs eat up', async () => {
    const options = { ...quick, judge: { ...quick.judge, costs: { takerFee: 0.04, slippage: 0 } } };
    const { card } = await trainAndJudge(tinyEngine, plantedSet({ edge: 0.03 }), head, options);
    expect(card).toMatchObject({ proven: false, doubts: ['not_better_than_no_trade'] });
  });

  it('takes off what a wide spread costs, as the gate does', async () => {
    const set = plantedSet({ edge: 0.03 });
    const usual = await cardOf(set);
    const known = await cardOf({ ...set, spread: set.spread.map(() => 0.001) });
    expect(known).toEqual({ ...usual, warnings: [] });
    const wide = await cardOf({ ...set, spread: set.spread.map(() => 0.05) });
    const cost = tradeCost(judging.costs, 0.05);
    expect(wide.netTop10.value).toBeCloseTo(usual.netTop10.value - (cost - usual.roundTripCost), 10);
    expect(wide.doubts).toEqual(['not_better_than_no_trade']);
  });

  it('believes no AUC that is surely better than markets allow', async () => {
    const { card } = await trainAndJudge(tinyEngine, plantedSet({ edge: 0.03 }), head, { ...quick, judge: judging });
    expect(card).toMatchObject({
      proven: false,
      doubts: ['suspect_leak'],
      warnings: ['suspect_leak', 'spread_unknown'],
    });
    // where it may be chance, a look at it will do
    const few = await trainAndJudge(tinyEngine, plantedSet({ edge: 0.012 }), head, { ...quick, judge: judging });
    expect(few.card).toMatchObject({ doubts: [], warnings: ['suspect_leak', 'spread_unknown'] });
  });

  it('needs days, not rows', async () => {
    const card = await cardOf(plantedSet({ edge: 0.05, days: 9, rowsADay: 300 }));
    expect(card.doubts).toEqual(['too_few_days']);
  });

  it('of twenty random walks calls at most one proven', async () => {
    const cards = await Promise.all(
      Array.from({ length: 20 }, (_, seed) => cardOf(plantedSet({ seed: 100 + seed, days: 30, width: 10 }))),
    );
    expect(cards.filter(({ proven }) => proven).length).toBeLessThanOrEqual(1);
  });

  it('of shuffled labels has an AUC whose interval holds 0.5, nearly always', async () => {
    const cards = await Promise.all(
      Array.from({ length: 20 }, (_, seed) => cardOf(shuffled(plantedSet({ edge: 0.03, days: 30 }), seed))),
    );
    const held = cards.filter(({ auc }) => auc.low <= 0.5 && auc.high >= 0.5);
    expect(held.length).toBeGreaterThanOrEqual(17);
    expect(cards.some(({ proven }) => proven)).toBe(false);
  });

  it('is the same for the same seed', async () => {
    expect(await cardOf(plantedSet({ edge: 0.01 }))).toEqual(await cardOf(plantedSet({ edge: 0.01 })));
  });

  it('never reads what comes after a block: the figures of the first folds stay when later rows change', async () => {
    const set = plantedSet({ edge: 0.02 });
    const spoilt = { ...set, labels: set.labels.map((label, row) => (row >= 2000 ? 1 - label : label)) };
    const scoresOf = async (of: TrainingSet) => (await trainAndJudge(tinyEngine, of, head, quick)).card;
    const [before, after] = [await scoresOf(set), await scoresOf(spoilt)];
    expect(before).not.toEqual(after);
    const firstOf = (of: TrainingSet) => cardOf(sliceSet(of, { from: 0, to: 2000 }));
    expect(await firstOf(set)).toEqual(await firstOf(spoilt));
  });
});

describe('a set that cannot be learnt from', () => {
  const set = plantedSet({ days: 20 });
  it.each([
    ['no_rows', sliceSet(set, { from: 0, to: 0 })],
    ['too_few_rows', sliceSet(set, { from: 0, to: 299 })],
    ['one_class', { ...set, labels: new Uint8Array(set.labels.length) }],
    ['one_class', { ...set, labels: new Uint8Array(set.labels.length).fill(1) }],
    ['constant_features', { ...set, rows: { ...set.rows, x: new Float32Array(set.rows.x.length).fill(3) } }],
    ['constant_features', { ...set, rows: { ...set.rows, x: new Float32Array(set.rows.x.length).fill(Number.NaN) } }],
    ['too_few_rows', { ...set, times: new Float64Array(set.times.length) }],
  ] as const)('gives a card that says %s, and no model', async (fault, of) => {
    const { model, card } = await trainAndJudge(tinyEngine, of, head, quick);
    expect(model).toBeNull();
    expect(card).toMatchObject({ state: 'not_trained', fault, rows: of.rows.count, scope: 'feedback' });
  });
});

describe('a trained model', () => {
  it('has probabilities near the base rate and confidence spread evenly', async () => {
    const set = plantedSet({ edge: 0.02 });
    const { model } = await trainAndJudge(tinyEngine, set, head, quick);
    const scores = tinyEngine.predictor(model!.params).predictAll(set.rows);
    const confidences = scores.map((score) => confidenceOf(model!.reading.confidence, score)).sort();
    expect(confidences[1200]).toBeCloseTo(0.5, 1);
    expect(confidences[2280]).toBeCloseTo(0.95, 1);
  });
});

describe('an evaluation on other rows', () => {
  it('is judged on them as one fold, calibrated by the training rows alone', async () => {
    const set = plantedSet({ edge: 0.03, days: 80 });
    const [train, test] = [sliceSet(set, { from: 0, to: 2000 }), sliceSet(set, { from: 2000, to: 3200 })];
    const card = await evaluateOn(tinyEngine, train, test, head, quick);
    expect(card).toMatchObject({ state: 'judged', testRows: 1200, proven: true, warnings: ['spread_unknown'] });
    if (card.state !== 'judged') return;
    // half a day of 40 rows before the test is left out
    expect(card.trainRows).toBe(1981);
    expect(cardFigures(card)).toMatchObject({ proven: true, trainRows: 1981, aucLow: card.auc.low, ece: card.ece });
    const sameDays = await evaluateOn(tinyEngine, train, plantedSet({ edge: 0.03, days: 30, seed: 2 }), head, quick);
    expect(sameDays).toMatchObject({ trainRows: 2000, warnings: ['spread_unknown', 'same_days'] });
    const empty = await evaluateOn(tinyEngine, train, sliceSet(set, { from: 0, to: 0 }), head, quick);
    expect(empty).toMatchObject({ state: 'not_trained', fault: 'no_rows' });
  });
});
