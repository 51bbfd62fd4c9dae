import { HOUR_MS } from '@mexc-bot/core';
import { createLogistic, type Engine, LABEL_HORIZON_MS } from '@mexc-bot/models';
import { expect, it } from 'vitest';
import { STEP_MS, syntheticMarkets, testSettings } from '../../../../test/support/synthetic-markets.ts';
import { prepareData } from '../data.ts';
import type { MarketCandles } from '../prepare.ts';
import { runBacktest } from '../run.ts';
import { sliceColumns } from '../slice-columns.ts';
import { historyOf, knownBy } from './history.ts';
import { walkForward } from './walk-forward.ts';

const rule = { horizonMs: LABEL_HORIZON_MS, target: 0.03, stop: 0.03 };
const base = testSettings({ keepDecisions: true });
// models' own words count, so that a model that knows the future would show
const gatePolicy = { ...base.rules.gate, onUnproven: { test: 'ask', live: 'ask' } } as const;
const settings = { ...base, rules: { ...base.rules, gate: gatePolicy } };
const inputs = syntheticMarkets(31, 10, 2_016, 0.006);

async function replay(markets: readonly MarketCandles[]) {
  const data = prepareData(markets, '5m');
  const models = await walkForward(data, settings, {
    rules: settings.rules,
    stop: settings.stop,
    minConfidence: 0.3,
    takerFee: 0.0005,
    slippage: 0.001,
    engine: createLogistic() as Engine,
    rule,
    maxRows: 4_000,
    maxAgeDays: 30,
  });
  return { ...models, result: runBacktest(data, settings, models.gate) };
}

it('asks models that are made of what was known, and of nothing later', { timeout: 60_000 }, async () => {
  const whole = await replay(inputs);
  const cut = inputs[0]!.candles.openTime[1_700]!;
  const then = await replay(inputs.map((each) => ({ ...each, candles: sliceColumns(each.candles, 0, 1_700) })));

  const before = <Row extends { readonly at: number }>(rows: readonly Row[]) => rows.filter(({ at }) => at < cut);
  expect(before(then.trainings).filter(({ fault }) => fault === null).length).toBeGreaterThan(2);
  expect(before(whole.trainings)).toEqual(before(then.trainings));
  expect(before(then.result.decisions!)).toEqual(before(whole.result.decisions!));

  // before the first training nobody is asked, afterwards the models' own confidence picks the row of the exit table
  const trained = whole.trainings.find(({ fault }) => fault === null)!.at;
  const confidences = (late: boolean) =>
    new Set(whole.result.decisions!.filter(({ at }) => at >= trained === late).map(({ confidence }) => confidence));
  expect(confidences(false).size).toBeLessThanOrEqual(4);
  expect(confidences(true).size).toBeGreaterThan(20);
});

it('a row is known when its six hours are over', () => {
  const data = prepareData(inputs, '5m');
  const history = historyOf(data, [...inputs.keys()], settings.rules.hype, rule);
  const asOf = data.start + 1_000 * STEP_MS;
  for (const kind of ['feedback', 'token'] as const) {
    const { outcomes, stored } = knownBy(history, kind, asOf, 100_000);
    expect(stored.count).toBe(outcomes.times.length);
    expect(Math.max(...outcomes.times)).toBeLessThanOrEqual(asOf - LABEL_HORIZON_MS);
    expect(Math.max(...outcomes.times)).toBeGreaterThan(asOf - LABEL_HORIZON_MS - 2 * HOUR_MS);
  }
  const thin = knownBy(history, 'token', asOf, 100);
  expect(thin.stored.count).toBeLessThanOrEqual(110);
  expect(thin.stored.count).toBeGreaterThan(50);
});
