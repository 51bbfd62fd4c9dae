import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extremesOn, type Ohlc, pathOf, priceOn, volumeShareOn } from './price-path.ts';

// fractions out of integers: fc.double draws mostly numbers next to zero
const arbShare = fc.integer({ min: 0, max: 100_000 }).map((n) => n / 100_000);

const arbCandle = (): fc.Arbitrary<Ohlc> =>
  fc.tuple(fc.integer({ min: 1, max: 1e6 }), fc.nat(1e4), arbShare, arbShare).map(([low, range, o, c]) => ({
    low,
    high: low + range,
    open: low + Math.round(range * o),
    close: low + Math.round(range * c),
  }));
const arbSeed = fc.integer();

describe('the path inside a candle', () => {
  it('has exactly the open, high, low and close of the candle', () => {
    fc.assert(
      fc.property(arbCandle(), arbSeed, (candle, seed) => {
        const path = pathOf(candle, seed);
        expect(priceOn(path, 0)).toBe(candle.open);
        expect(priceOn(path, 1)).toBe(candle.close);
        expect(extremesOn(path, 0, 1)).toEqual({ low: candle.low, high: candle.high });
      }),
    );
  });

  it('never leaves the extremes of the stretch it is on', () => {
    fc.assert(
      fc.property(arbCandle(), arbSeed, arbShare, arbShare, arbShare, (candle, seed, a, b, share) => {
        const path = pathOf(candle, seed);
        const [from, to] = a < b ? [a, b] : [b, a];
        const { low, high } = extremesOn(path, from, to);
        const price = priceOn(path, from + (to - from) * share);
        expect(price).toBeGreaterThanOrEqual(low - 1e-9 * low);
        expect(price).toBeLessThanOrEqual(high + 1e-9 * high);
        expect(low).toBeGreaterThanOrEqual(candle.low);
        expect(high).toBeLessThanOrEqual(candle.high);
      }),
    );
  });

  it('trades the whole volume, at no time less than none', () => {
    fc.assert(
      fc.property(arbCandle(), arbSeed, arbShare, arbShare, (candle, seed, a, b) => {
        const path = pathOf(candle, seed);
        expect(volumeShareOn(path, 0)).toBe(0);
        expect(volumeShareOn(path, 1)).toBe(1);
        expect(volumeShareOn(path, Math.max(a, b)) - volumeShareOn(path, Math.min(a, b))).toBeGreaterThanOrEqual(
          -1e-12,
        );
      }),
    );
  });

  it('is the same for the same seed, and takes both orders of the extremes', () => {
    const candle = { open: 10, high: 12, low: 9, close: 11 };
    expect(pathOf(candle, 5)).toEqual(pathOf(candle, 5));
    const firsts = new Set(Array.from({ length: 50 }, (_, seed) => pathOf(candle, seed).first));
    expect(firsts).toEqual(new Set([9, 12]));
  });
});
