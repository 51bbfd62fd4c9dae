import { expect, it } from 'vitest';
import { STEP_MS, syntheticMarkets, testSettings } from '../../../test/support/synthetic-markets.ts';
import type { PreparedData } from './data.ts';
import { lookForLookahead } from './lookahead.ts';
import type { BacktestGate } from './options.ts';
import { featuresOf, type MarketFeatures } from './prepare.ts';

const markets = syntheticMarkets(11, 8, 1_200, 0.006);

it('cutting the future off changes nothing, with partial fills and gaps too', async () => {
  const holed = markets.map((each, i) => {
    const keep = Array.from(each.candles.openTime.keys()).filter((row) => (row * 7 + i) % 23 !== 0);
    const columns = Object.entries(each.candles).map(([name, column]) => [
      name,
      Float64Array.from(keep, (row) => column[row]),
    ]);
    return { ...each, candles: Object.fromEntries(columns) as typeof each.candles };
  });
  for (const inputs of [markets, holed, holed.slice(0, 1)]) {
    const report = await lookForLookahead(inputs, '5m', testSettings(), { cuts: 15, seed: 3 });
    expect(report.changed).toEqual([]);
    expect(report.compared).toBeGreaterThan(100);
    expect(report.columns).toBe(15 * inputs.length * 5);
  }
});

const COLUMNS: readonly (keyof MarketFeatures)[] = ['change24h', 'quoteVolume24h', 'atrFraction', 'adx'];
it.each(COLUMNS.flatMap((column) => [1, 2, 12].map((ahead) => [column, ahead] as const)))(
  'catches %s of %i candles later',
  async (column, ahead) => {
    const leaky = (candles: Parameters<typeof featuresOf>[0]) => {
      const features = featuresOf(candles);
      const later = features[column].map((value, i) => features[column][i + ahead] ?? value);
      return { ...features, [column]: later };
    };
    const { changed } = await lookForLookahead(markets, '5m', testSettings(), { cuts: 4, seed: 3, features: leaky });
    expect(changed.filter(({ what }) => what === 'column').length).toBeGreaterThan(0);
    for (const { at, cut } of changed) expect(at).toBeLessThanOrEqual(cut);
  },
);

it('catches a rule that knows one candle more, where no column tells', async () => {
  const knowing = (data: PreparedData): BacktestGate => {
    const closes = new Map(data.markets.map(({ market, candles, rowAt }) => [market.id, { candles, rowAt }]));
    return ({ market, asOf, price }) => {
      const { candles, rowAt } = closes.get(market)!;
      const next = candles.close[rowAt[(asOf - data.start) / STEP_MS] ?? -1] ?? price;
      return { pass: true, confidence: next > price ? 0.9 : 0.5, reason: 'model_yes', answers: [] };
    };
  };
  const models = (data: PreparedData) => Promise.resolve({ gate: knowing(data), trainings: [] });
  const { changed } = await lookForLookahead(markets, '5m', testSettings(), { cuts: 10, seed: 3, models });
  expect(changed.map(({ what }) => what)).toContain('decision');
  for (const { at, cut, what } of changed) if (what === 'decision') expect(at).toBe(cut);
});
