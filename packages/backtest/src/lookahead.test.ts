import { expect, it } from 'vitest';
import { syntheticMarkets, testSettings } from '../../../test/support/synthetic-markets.ts';
import { lookForLookahead } from './lookahead.ts';
import { featuresOf } from './prepare.ts';

const markets = syntheticMarkets(11, 8, 1_200, 0.006);

it('cutting the future off changes no decision, with partial fills and gaps too', () => {
  const holed = markets.map((each, i) => {
    const keep = Array.from(each.candles.openTime.keys()).filter((row) => (row * 7 + i) % 23 !== 0);
    const columns = Object.entries(each.candles).map(([name, column]) => [
      name,
      Float64Array.from(keep, (row) => column[row]),
    ]);
    return { ...each, candles: Object.fromEntries(columns) as typeof each.candles };
  });
  for (const inputs of [markets, holed]) {
    const report = lookForLookahead(inputs, '5m', testSettings(), { cuts: 15, seed: 3 });
    expect(report.changed).toEqual([]);
    expect(report.compared).toBeGreaterThan(100);
  }
});

it('catches a feature that looks ahead', () => {
  const leaky = (candles: Parameters<typeof featuresOf>[0]) => {
    const features = featuresOf(candles);
    // where the price stands an hour later
    const ahead = features.change24h.map((value, i) => features.change24h[i + 12] ?? value);
    return { ...features, change24h: ahead };
  };
  const settings = testSettings();
  const rules = { ...settings.rules, hype: { ...settings.rules.hype, minChange24h: 0.02 } };
  const report = lookForLookahead(markets, '5m', { ...settings, rules }, { cuts: 20, seed: 3, features: leaky });
  expect(report.changed.length).toBeGreaterThan(0);
});
