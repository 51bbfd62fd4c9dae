import { describe, expect, it } from 'vitest';
import { candleOver, priceAt, seriesFrom, tradedBefore } from './candle-series.ts';
import { NO_STEPS, stepsOfShock, withSteps } from './price-steps.ts';
import { createSyntheticMarket, SYNTHETIC_START } from './synthetic-market.ts';

const plain = createSyntheticMarket(3, 5).series('BTCUSDT');
const at = SYNTHETIC_START + 7 * 60_000;
const shock = { at, factor: 0.5, overMs: 10_000, holdMs: 60_000, recoverOverMs: 30_000 };
const shocked = { ...plain, steps: withSteps(NO_STEPS, stepsOfShock(shock)) };

describe('a shock laid over a price path', () => {
  it('multiplies the price from its time on, and ends where it began', () => {
    const ratio = (time: number): number => priceAt(shocked, time) / priceAt(plain, time);
    expect(ratio(at - 1)).toBe(1);
    expect(ratio(at)).toBeLessThan(1);
    expect(ratio(at + 15_000)).toBeCloseTo(0.5, 12);
    expect(ratio(at + 200_000)).toBeCloseTo(1, 12);
  });

  it('leaves what traded before as it was, and values what trades after it anew', () => {
    expect(tradedBefore(shocked, at - 1)).toEqual(tradedBefore(plain, at - 1));
    const during = (series: typeof plain) =>
      tradedBefore(series, at + 60_000).quote - tradedBefore(series, at + 15_000).quote;
    expect(during(shocked) / during(plain)).toBeCloseTo(0.5, 6);
    expect(tradedBefore(shocked, at + 60_000).base).toBe(tradedBefore(plain, at + 60_000).base);
  });

  it('is in the candles as a trade-by-trade recording would have it', () => {
    const [from, to] = [at - 120_000, at + 240_000];
    const candle = candleOver(shocked, from, to);
    let [high, low] = [0, Number.POSITIVE_INFINITY];
    for (let time = from; time <= to; time += 100) {
      high = Math.max(high, priceAt(shocked, time));
      low = Math.min(low, priceAt(shocked, time));
    }
    expect(candle.open).toBe(priceAt(shocked, from));
    expect(candle.close).toBeCloseTo(priceAt(shocked, to), 6);
    expect(candle.high / high).toBeCloseTo(1, 4);
    expect(candle.low / low).toBeCloseTo(1, 4);
    expect(candle.base).toBeCloseTo(tradedBefore(plain, to).base - tradedBefore(plain, from).base, 6);
  });

  it('multiplies with another', () => {
    const twice = { ...plain, steps: withSteps(shocked.steps, [{ at: at + 20_000, ratio: 0.5 }]) };
    expect(priceAt(twice, at + 30_000) / priceAt(plain, at + 30_000)).toBeCloseTo(0.25, 12);
  });
});

it('a series that begins later has the same prices, and no history before', () => {
  const later = seriesFrom(plain, at);
  expect(later.firstOpen).toBe(SYNTHETIC_START + 5 * 60_000);
  for (const time of [at, at + 3_600_000, at + 30 * 3_600_000]) expect(priceAt(later, time)).toBe(priceAt(plain, time));
});
