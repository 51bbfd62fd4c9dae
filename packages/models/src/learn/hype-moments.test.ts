import { DAY_MS, HOUR_MS, TIMEFRAME_MS } from '@mexc-bot/core';
import { expect, it } from 'vitest';
import { walk } from '../../test/candles.ts';
import { createHypeFinder } from './hype-moments.ts';
import { labelRows, momentsOf, warmCandles } from './labelled-rows.ts';

const M5 = TIMEFRAME_MS['5m'];
const criteria = {
  minQuoteVolume: 1_000,
  minChange24h: 0.02,
  maxChange24h: 0.4,
  minPrice: 0,
  maxSpread: 0.015,
  maxCandidates: 3,
};
const markets = Array.from({ length: 8 }, (_, i) => ({ market: `T${i}USDT`, candles: walk(3_000, i + 1) }));

function find(length: number) {
  const finder = createHypeFinder(criteria);
  for (const { market, candles } of markets) {
    const upTo = Object.fromEntries(Object.entries(candles).map(([name, column]) => [name, column.slice(0, length)]));
    finder.add(market, upTo as unknown as typeof candles, M5);
  }
  return [...finder.moments()].flatMap(([market, moments]) => moments.map((moment) => ({ market, ...moment })));
}

it('picks what the hype rule picks: change and volume of 24 h, ranked among the markets of that hour', () => {
  const found = find(3_000);
  expect(found.length).toBeGreaterThan(50);
  for (const { market, index, rank } of found) {
    const { close, openTime } = markets.find((each) => each.market === market)!.candles;
    const changeAt = (i: number, prices: Float64Array) => prices[i]! / prices[i - DAY_MS / M5]! - 1;
    const change = changeAt(index, close);
    expect(change).toBeGreaterThanOrEqual(0.02);
    expect(change).toBeLessThanOrEqual(0.4);
    expect((openTime[index]! + M5) % HOUR_MS).toBe(0);
    const stronger = markets.filter(({ candles }) => {
      const other = changeAt(index, candles.close);
      return other > change && other <= 0.4;
    });
    expect(rank).toBe(stronger.length + 1);
    expect(rank).toBeLessThanOrEqual(3);
  }
});

it('does not look ahead: the moments of the first candles are the same with and without the later ones', () => {
  const sorted = (moments: ReturnType<typeof find>) => moments.map((each) => JSON.stringify(each)).sort();
  expect(sorted(find(2_000))).toEqual(sorted(find(3_000).filter(({ index }) => index < 2_000)));
});

it('has at most one row an hour and token', () => {
  const hours = find(3_000).map(({ market, index }) => `${market} ${Math.floor((index * M5) / HOUR_MS)}`);
  expect(new Set(hours).size).toBe(hours.length);
});

it('makes no row before the features are warm, and none whose label is not known', () => {
  const { candles } = markets[0]!;
  const at = momentsOf(candles, M5, HOUR_MS / 2);
  expect(at[0]).toBeGreaterThanOrEqual(warmCandles(M5));
  const rule = { horizonMs: 6 * HOUR_MS, target: 0.03, stop: 0.025 };
  const { outcomes, stored } = labelRows({ candles, candleMs: M5, at, kind: 'token', rule, market: 0 });
  const lastClose = candles.openTime.at(-1)! + M5;
  expect(outcomes.times.at(-1)).toBeLessThanOrEqual(lastClose - 6 * HOUR_MS);
  expect(stored.count).toBe(at.filter((index) => candles.openTime[index]! + M5 <= lastClose - 6 * HOUR_MS).length);
});
