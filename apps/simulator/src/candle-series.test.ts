import { describe, expect, it } from 'vitest';
import { candleOver, createCursor, priceAt, tradedBefore } from './candle-series.ts';
import { NO_STEPS, stepsOfShock, withSteps } from './price-steps.ts';
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

describe('a cursor that goes through a shock', () => {
  it.each([700, 1_000, 7_300, 61_000])(
    'every %i ms shows the extremes of the candle before it and after it',
    (every) => {
      const shock = {
        at: SYNTHETIC_START + 90_500,
        factor: 0.6,
        overMs: 60_000,
        holdMs: 30_000,
        recoverOverMs: 300_000,
      };
      const steps = withSteps(
        withSteps(NO_STEPS, stepsOfShock(shock)),
        stepsOfShock({ ...shock, at: shock.at + 20_000 }),
      );
      const shocked = { ...series, steps };
      const [until, from] = [createCursor(shocked), createCursor(shocked)];
      for (let time = SYNTHETIC_START; time < SYNTHETIC_START + 15 * MINUTE; time += every) {
        const opens = Math.floor(time / series.stepMs) * series.stepMs;
        const { price, low, high, base, quote } = until(time, 'until');
        const before = opens < time ? candleOver(shocked, opens, time) : { low: price, high: price };
        expect([low / before.low, high / before.high, price / priceAt(shocked, time)]).toEqual(closeTo([1, 1, 1]));
        const traded = tradedBefore(shocked, time);
        expect([base / traded.base, quote / traded.quote]).toEqual(closeTo([1, 1]));
        const after = candleOver(shocked, time, opens + series.stepMs);
        const rest = from(time, 'from');
        expect([rest.low / after.low, rest.high / after.high]).toEqual(closeTo([1, 1]));
      }
    },
  );

  it('and is asked for an earlier moment answers for that one', () => {
    const shock = { at: SYNTHETIC_START + 10_000, factor: 0.6, overMs: 60_000, holdMs: null, recoverOverMs: 0 };
    const shocked = { ...series, steps: withSteps(NO_STEPS, stepsOfShock(shock)) };
    const cursor = createCursor(shocked);
    cursor(SYNTHETIC_START + 50_000, 'until');
    const { low } = cursor(SYNTHETIC_START + 20_000, 'until');
    expect(low / candleOver(shocked, SYNTHETIC_START, SYNTHETIC_START + 20_000).low).toBeCloseTo(1, 12);
  });
});

const closeTo = (numbers: readonly number[]) => numbers.map((number) => expect.closeTo(number, 12));
