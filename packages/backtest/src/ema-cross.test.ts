import { Decimal } from '@mexc-bot/core';
import { ema } from '@mexc-bot/indicators';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STEP_MS, syntheticMarkets, testSettings } from '../../../test/support/synthetic-markets.ts';
import { prepareData } from './data.ts';
import { DELISTED_AFTER_MS } from './delisting.ts';
import { type CrossRule, crossTrades, emaCrossReturn } from './ema-cross.ts';
import { DEFAULT_COSTS } from './options.ts';
import { sliceColumns } from './slice-columns.ts';

const FREE = { ...DEFAULT_COSTS, takerFeeRate: 0, minSpread: 0, spreadPerAtr: 0 };
const VOLATILITY = 0.01;
const marketOf = (seed: number, length: number) =>
  prepareData(syntheticMarkets(seed, 1, length, VOLATILITY), '5m').markets[0]!;
const arbRule = fc
  .record({
    fast: fc.integer({ min: 2, max: 20 }),
    more: fc.integer({ min: 1, max: 30 }),
    stop: fc.constantFrom(0.01, 0.03, 1),
  })
  .map(({ fast, more, stop }): CrossRule => ({ fast, slow: fast + more, stop }));
const arbCase = fc.record({ seed: fc.nat({ max: 10_000 }), length: fc.integer({ min: 1, max: 400 }), rule: arbRule });
const whole = (length: number) => ({ first: 0, end: length, lastWorth: 1 });

describe('the trades of a crossing', () => {
  it('hold exactly the candles after closes with the fast average on top, until a stop', () => {
    fc.assert(
      fc.property(arbCase, ({ seed, length, rule }) => {
        const market = marketOf(seed, length);
        const { open, low, close } = market.candles;
        const [fast, slow] = [ema(close, rule.fast), ema(close, rule.slow)];
        const held = new Set<number>();
        let growth = 1;
        for (const { entryRow, exitRow, growth: own } of crossTrades(market, rule, FREE, whole(length))) {
          expect(fast[entryRow - 1]!).toBeGreaterThan(slow[entryRow - 1]!);
          const stop = open[entryRow]! * (1 - rule.stop);
          for (let row = entryRow; row < exitRow; row++) {
            held.add(row);
            expect(low[row]!).toBeGreaterThan(stop);
          }
          const [crossed, stopped] = [fast[exitRow - 1]! < slow[exitRow - 1]!, low[exitRow]! <= stop];
          if (!crossed) held.add(exitRow);
          const price = crossed ? open[exitRow]! : stopped ? Math.min(open[exitRow]!, stop) : close[exitRow]!;
          if (!crossed && !stopped) expect(exitRow).toBe(length - 1);
          expect(own).toBeCloseTo(price / open[entryRow]!, 12);
          growth *= own;
        }
        for (let row = 1; row < length; row++) expect(held.has(row)).toBe(fast[row - 1]! > slow[row - 1]!);
        expect(growth).toBeGreaterThan(0);
      }),
    );
  });

  it('know nothing of what comes later', () => {
    fc.assert(
      fc.property(arbCase, fc.nat(), ({ seed, length, rule }, at) => {
        const market = marketOf(seed, length);
        const cut = 1 + (at % length);
        const until = { ...market, candles: sliceColumns(market.candles, 0, cut) };
        const all = crossTrades(market, rule, FREE, whole(length)).filter(({ exitRow }) => exitRow < cut - 1);
        expect(crossTrades(until, rule, FREE, whole(cut)).slice(0, all.length)).toEqual(all);
      }),
    );
  });

  it('pay half the spread and the fee on both ways', () => {
    const market = marketOf(3, 400);
    const [free, dear] = [FREE, { ...FREE, takerFeeRate: 0.001, minSpread: 0.004 }].map((costs) =>
      crossTrades(market, { fast: 12, slow: 26, stop: 0.05 }, costs, whole(400)),
    );
    const left = ((1 - 0.002) * (1 - 0.001)) / ((1 + 0.002) * (1 + 0.001));
    expect(free!.length).toBeGreaterThan(3);
    expect(dear!.map(({ growth }) => growth)).toEqual(free!.map(({ growth }) => expect.closeTo(growth * left, 12)));
  });
});

describe('the account that follows it', () => {
  const settings = testSettings({ costs: FREE });
  const growthOf = (market: ReturnType<typeof marketOf>, first = 0): number => {
    // each market charges its own fee
    const costs = { ...FREE, takerFeeRate: market.market.rules.takerFeeRate.toNumber() };
    const span = { ...whole(market.candles.close.length), first };
    const trades = crossTrades(market, { fast: 12, slow: 26, stop: 0.05 }, costs, span);
    return trades.reduce((product, { growth }) => product * growth, 1);
  };

  it('is the mean of its equal parts', () => {
    const inputs = syntheticMarkets(5, 4, 600, VOLATILITY).map(({ market, ...rest }, i) => ({
      ...rest,
      market: { ...market, rules: { ...market.rules, takerFeeRate: new Decimal(i).div(1_000) } },
    }));
    const data = prepareData(inputs, '5m');
    const growths = data.markets.map((market) => growthOf(market));
    expect(emaCrossReturn(data, settings)).toBeCloseTo(growths.reduce((sum, growth) => sum + growth, 0) / 4 - 1, 12);
  });

  it('trades between from and until alone', () => {
    const data = prepareData(syntheticMarkets(6, 1, 600, VOLATILITY), '5m');
    const market = data.markets[0]!;
    const from = data.start + 200 * STEP_MS;
    expect(emaCrossReturn(data, { ...settings, from })).toBeCloseTo(growthOf(market, 200) - 1, 12);
    const until = { ...market, candles: sliceColumns(market.candles, 0, 300) };
    expect(emaCrossReturn(data, { ...settings, until: data.start + 300 * STEP_MS })).toBeCloseTo(
      growthOf(until) - 1,
      12,
    );
  });

  it('loses what a delisted coin loses, while it holds it', () => {
    const [a, b] = syntheticMarkets(7, 2, 1_000, VOLATILITY, () => 0.002);
    const rows = 1_000 - DELISTED_AFTER_MS / STEP_MS;
    const data = prepareData([a!, { ...b!, candles: sliceColumns(b!.candles, 0, rows) }], '5m');
    const [stays, goes] = data.markets.map((market) => growthOf(market));
    const expected = (stays! + goes! * (1 - FREE.delistingLoss)) / 2 - 1;
    expect(emaCrossReturn(data, settings)).toBeCloseTo(expected, 12);
  });

  it('is unknown where nothing may be traded', () => {
    const data = prepareData(syntheticMarkets(8, 1, 300, VOLATILITY), '5m');
    const universe = { ...settings.universe, quote: 'EUR' };
    expect(emaCrossReturn(data, { ...settings, universe })).toBeNull();
  });
});
