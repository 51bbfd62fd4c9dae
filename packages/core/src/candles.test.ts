import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregateCandles, toCandles, toColumns } from './candles.ts';
import type { Candle } from './market.ts';
import { HOUR_MS, TIMEFRAME_MS } from './time.ts';

const M5 = TIMEFRAME_MS['5m'];
const candle = (openTime: number, over: Partial<Candle> = {}): Candle => ({
  openTime,
  open: 10,
  high: 12,
  low: 9,
  close: 11,
  volume: 5,
  ...over,
});
const opensOf = (candles: readonly Candle[], to: '15m' | '1h' | '4h') => [
  ...aggregateCandles(toColumns(candles), '5m', to).openTime,
];

describe('aggregated candles', () => {
  it('have the open of the first, the close of the last, the extremes and the volume of all', () => {
    const parts = [
      candle(0, { open: 10, low: 8, volume: 0 }),
      candle(M5, { high: 20, volume: 2 }),
      candle(2 * M5, { close: 11.5, volume: 3 }),
    ];
    expect(toCandles(aggregateCandles(toColumns(parts), '5m', '15m'))).toEqual([
      { openTime: 0, open: 10, high: 20, low: 8, close: 11.5, volume: 5 },
    ]);
  });

  it('are made of complete buckets on the grid only', () => {
    const all = Array.from({ length: 12 }, (_, i) => candle((i + 1) * M5));
    expect(opensOf(all, '15m')).toEqual([3 * M5, 6 * M5, 9 * M5]);
    const holed = all.filter(({ openTime }) => openTime !== 7 * M5);
    expect(opensOf(holed, '15m')).toEqual([3 * M5, 9 * M5]);
    expect(opensOf(holed, '1h')).toEqual([]);
    expect(opensOf([], '4h')).toEqual([]);
  });

  it('are the same made at once and in steps, whatever is missing', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: 200 }), { maxLength: 200 }), fc.nat(), (slots, seed) => {
        const parts = slots
          .toSorted((a, b) => a - b)
          .map((slot) => {
            const price = 1e-9 * (1 + ((slot * 7919 + seed) % 97));
            return candle(slot * M5, {
              open: price,
              high: price * 2,
              low: price / 2,
              close: price * 1.5,
              volume: slot,
            });
          });
        const direct = toCandles(aggregateCandles(toColumns(parts), '5m', '4h'));
        const stepwise = ['15m', '1h', '4h'] as const;
        let [columns, from] = [toColumns(parts), '5m' as '5m' | (typeof stepwise)[number]];
        for (const to of stepwise) [columns, from] = [aggregateCandles(columns, from, to), to];
        expect(toCandles(columns)).toEqual(direct);
        for (const { openTime } of direct) {
          expect(openTime % (4 * HOUR_MS)).toBe(0);
          expect(
            parts.filter((part) => Math.floor(part.openTime / (4 * HOUR_MS)) * 4 * HOUR_MS === openTime),
          ).toHaveLength(48);
        }
      }),
    );
  });

  it('are refused where one is not made of the other', () => {
    expect(() => aggregateCandles(toColumns([]), '1h', '15m')).toThrow(RangeError);
  });
});
