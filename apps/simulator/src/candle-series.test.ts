import { describe, expect, it } from 'vitest';
import { candleOver, priceAt, tradedBefore } from './candle-series.ts';
import { createSyntheticMarket, SYNTHETIC_START } from './synthetic-market.ts';

const MINUTE = 60_000;
const market = createSyntheticMarket(3, 12);
const series = market.series(market.listings[4]!.symbol);
const candleAt = (index: number) => {
  const chunk = series.chunkAt(index);
  const i = index - chunk.first;
  return {
    open: chunk.open[i]!,
    high: chunk.high[i]!,
    low: chunk.low[i]!,
    close: chunk.close[i]!,
    base: chunk.volume[i]!,
  };
};

describe('candles over any stretch', () => {
  it('are the stored candle where the stretch is one', () => {
    for (let index = 280; index < 300; index++) {
      const from = series.firstOpen + index * series.stepMs;
      expect(candleOver(series, from, from + series.stepMs)).toMatchObject(candleAt(index));
    }
  });

  it('of five minutes are those of their five single minutes put together', () => {
    for (let index = 290; index < 320; index++) {
      const from = series.firstOpen + index * series.stepMs;
      const minutes = [0, 1, 2, 3, 4].map((n) => candleOver(series, from + n * MINUTE, from + (n + 1) * MINUTE));
      const whole = candleAt(index);
      expect(minutes[0]!.open).toBe(whole.open);
      expect(minutes[4]!.close).toBe(whole.close);
      expect(Math.max(...minutes.map(({ high }) => high))).toBe(whole.high);
      expect(Math.min(...minutes.map(({ low }) => low))).toBe(whole.low);
      expect(minutes.reduce((sum, { base }) => sum + base, 0)).toBeCloseTo(whole.base, 6);
    }
  });

  it('unfinished, end at the quoted price and hold every price quoted since they opened', () => {
    const open = SYNTHETIC_START + 60 * MINUTE;
    for (let passed = 1_000; passed < 60 * MINUTE; passed += 97_000) {
      const candle = candleOver(series, open, open + passed);
      expect(candle.close).toBe(priceAt(series, open + passed));
      for (let at = open; at <= open + passed; at += 13_000) {
        expect(priceAt(series, at)).toBeGreaterThanOrEqual(candle.low);
        expect(priceAt(series, at)).toBeLessThanOrEqual(candle.high);
      }
    }
  });

  it('trade what the running sums say was traded', () => {
    const [from, to] = [SYNTHETIC_START + 12_345, SYNTHETIC_START + 9_876_543];
    const { base, quote } = candleOver(series, from, to);
    expect(base / (tradedBefore(series, to).base - tradedBefore(series, from).base)).toBeCloseTo(1, 9);
    expect(quote / (tradedBefore(series, to).quote - tradedBefore(series, from).quote)).toBeCloseTo(1, 9);
  });

  it('stand still before the history begins', () => {
    const candle = candleOver(series, series.firstOpen - 10 * MINUTE, series.firstOpen);
    expect(candle).toEqual({ ...candle, high: candle.open, low: candle.open, close: candle.open, base: 0, quote: 0 });
  });
});
