import { HOUR_MS } from '@mexc-bot/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { walkForward } from './walk-forward.ts';

const options = { blocks: 6, horizonMs: 6 * HOUR_MS, embargoMs: 6 * HOUR_MS };
const hourly = (count: number) => Float64Array.from({ length: count }, (_, i) => i * HOUR_MS);

describe('walk-forward', () => {
  it('tests five blocks of equal size, each by all that came before it', () => {
    const folds = walkForward(hourly(600), options);
    expect(folds.map(({ test }) => [test.from, test.to])).toEqual([
      [100, 200],
      [200, 300],
      [300, 400],
      [400, 500],
      [500, 600],
    ]);
    expect(folds.map(({ train }) => train)).toEqual([89, 189, 289, 389, 489].map((to) => ({ from: 0, to })));
  });

  it('never trains on a row whose label reaches the test, embargo included, and leaves out no other', () => {
    const arbTimes = fc
      .array(fc.integer({ min: 0, max: 5 * HOUR_MS }), { minLength: 1, maxLength: 300 })
      .map((steps) => {
        let time = 0;
        return Float64Array.from(steps, (step) => (time += step));
      });
    fc.assert(
      fc.property(arbTimes, fc.integer({ min: 2, max: 8 }), (times, blocks) => {
        for (const { train, test } of walkForward(times, { ...options, blocks })) {
          for (let row = 0; row < test.from; row++) {
            const isClear = times[row]! + options.horizonMs + options.embargoMs <= times[test.from]!;
            expect(row < train.to).toBe(isClear);
          }
        }
      }),
    );
  });

  it('tests every row after the first block exactly once', () => {
    fc.assert(
      fc.property(fc.nat(400), fc.integer({ min: 2, max: 8 }), (count, blocks) => {
        const tested = walkForward(hourly(count), { ...options, blocks }).flatMap(({ test }) =>
          Array.from({ length: test.to - test.from }, (_, i) => test.from + i),
        );
        expect(tested).toEqual(Array.from({ length: tested.length }, (_, i) => count - tested.length + i));
        expect(count - tested.length).toBe(Math.round(count / blocks));
      }),
    );
  });

  it('refuses rows that are not in time order', () => {
    expect(() => walkForward(Float64Array.of(1, 3, 2), options)).toThrow('row 2 is earlier');
    expect(() => walkForward(Float64Array.of(1, 2), { ...options, blocks: 1 })).toThrow('1 blocks');
  });
});
