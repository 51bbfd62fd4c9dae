import { describe, expect, it } from 'vitest';
import { candleOver, priceAt, tradedBefore } from './candle-series.ts';
import { createSyntheticMarket } from './synthetic-market.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('the synthetic market', () => {
  it('is the same for the same seed in whatever order it is asked', () => {
    const [one, other] = [createSyntheticMarket(5, 30), createSyntheticMarket(5, 30)];
    const times = [0.1, 3.7, 1.2, 12.4, 2.9, 0.1].map((days) => one.startAt + days * DAY);
    const symbols = one.listings.map(({ symbol }) => symbol);
    const forwards = symbols.map((symbol) => times.map((time) => priceAt(one.series(symbol), time)));
    const backwards = [...symbols].reverse().map((symbol) =>
      [...times]
        .reverse()
        .map((time) => priceAt(other.series(symbol), time))
        .reverse(),
    );
    expect(backwards.reverse()).toEqual(forwards);
  });

  it('differs between seeds', () => {
    const names = (seed: number) => createSyntheticMarket(seed, 30).listings.map(({ symbol }) => symbol);
    expect(names(1)).not.toEqual(names(2));
  });

  it('gives days long gone again as they were', () => {
    const market = createSyntheticMarket(5, 3);
    const series = market.series(market.listings[2]!.symbol);
    const early = candleOver(series, market.startAt, market.startAt + DAY);
    priceAt(series, market.startAt + 40 * DAY);
    expect(candleOver(series, market.startAt, market.startAt + DAY)).toEqual(early);
  });

  it('has sound candles', () => {
    const market = createSyntheticMarket(8, 60);
    for (const { symbol } of market.listings) {
      const { open, high, low, close, volume, length } = market.series(symbol).chunkAt(288 * 3);
      for (let i = 0; i < length; i++) {
        expect(
          low[i]! > 0 && low[i]! <= Math.min(open[i]!, close[i]!) && high[i]! >= Math.max(open[i]!, close[i]!),
        ).toBe(true);
        expect(volume[i]).toBeGreaterThanOrEqual(0);
      }
    }
  });

  it('has the majors, and markets that must not be traded', () => {
    const { listings } = createSyntheticMarket(1, 300);
    const of = (symbol: string) => listings.find((listing) => listing.symbol === symbol);
    expect(of('BTCUSDT')).toMatchObject({ apiTradable: true, status: '1' });
    expect(of('ETHUSDT')).toMatchObject({ apiTradable: true, status: '1' });
    expect(of('USDCUSDT')).toBeDefined();
    expect(of('BTC3LUSDT')).toBeDefined();
    expect(listings.some(({ apiTradable }) => !apiTradable)).toBe(true);
    expect(listings.some(({ riskFlagged }) => riskFlagged)).toBe(true);
    expect(new Set(listings.map(({ tradeSideType }) => tradeSideType))).toEqual(new Set([1, 2, 3]));
    expect(new Set(listings.map(({ status }) => status))).toEqual(new Set(['1', '2', '3']));
    expect(new Set(listings.map(({ symbol }) => symbol)).size).toBe(listings.length);
  });

  it('has coins that never trade', () => {
    const market = createSyntheticMarket(1, 300);
    const idle = market.listings.filter(
      ({ symbol }) => tradedBefore(market.series(symbol), market.startAt + DAY).base === 0,
    );
    expect(idle.length).toBeGreaterThan(5);
  });

  it('is eventful: hype moves come up every few hours, of every fate', () => {
    const market = createSyntheticMarket(1, 300);
    const perHour: number[] = [];
    const outcomes: { high: number; close: number }[] = [];
    for (let hour = 0; hour < 24; hour++) {
      const moving = new Set<string>();
      for (let at = market.startAt + hour * HOUR; at < market.startAt + (hour + 1) * HOUR; at += 300_000) {
        for (const { symbol, status, apiTradable } of market.listings) {
          if (status !== '1' || !apiTradable || moving.has(symbol)) continue;
          const series = market.series(symbol);
          const last = priceAt(series, at);
          const change = last / priceAt(series, at - DAY) - 1;
          const gain = last / priceAt(series, at - 600_000) - 1;
          const volume = tradedBefore(series, at).quote - tradedBefore(series, at - DAY).quote;
          if (change < 0.02 || change > 0.4 || gain < 0.02 || volume < 100_000) continue;
          moving.add(symbol);
          const next = candleOver(series, at, at + 6 * HOUR);
          outcomes.push({ high: next.high / last - 1, close: next.close / last - 1 });
        }
      }
      perHour.push(moving.size);
    }
    expect(Math.min(...perHour)).toBeGreaterThanOrEqual(3);
    const mean = perHour.reduce((sum, count) => sum + count) / perHour.length;
    expect(mean).toBeGreaterThan(5);
    expect(mean).toBeLessThan(20);
    const share = (test: (outcome: { high: number; close: number }) => boolean) =>
      outcomes.filter(test).length / outcomes.length;
    expect(share(({ high }) => high >= 0.1)).toBeGreaterThan(0.1);
    expect(share(({ high }) => high >= 0.25)).toBeGreaterThan(0.02);
    expect(share(({ close }) => close < 0)).toBeGreaterThan(0.5);
  });
});
