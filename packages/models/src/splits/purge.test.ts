import { HOUR_MS } from '@mexc-bot/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { purge } from './purge.ts';

const options = { horizonMs: 6 * HOUR_MS, embargoMs: 6 * HOUR_MS };
const hourly = (from: number, count: number) => Float64Array.from({ length: count }, (_, i) => (from + i) * HOUR_MS);

describe('rows learnt from before a test of its own', () => {
  it.each([
    ['all, where half a day lies between', hourly(0, 100), hourly(111, 10), 100, null],
    ['less those that reach into it', hourly(0, 100), hourly(100, 10), 89, null],
    ['less those that run beside it', hourly(0, 100), hourly(80, 100), 69, null],
    ['all, and a warning, where most run beside it', hourly(0, 100), hourly(50, 100), 100, 'same_days'],
    ['all, and a warning, where both are of the same days', hourly(0, 100), hourly(0, 100), 100, 'same_days'],
    ['all, and a warning, where they begin after it', hourly(200, 100), hourly(0, 100), 100, 'later_days'],
    ['all, where there is no test', hourly(0, 100), hourly(0, 0), 100, null],
    ['none, where there are none', hourly(0, 0), hourly(0, 5), 0, null],
  ] as const)('%s', (_, train, test, rows, overlap) => {
    expect(purge(train, test, options)).toEqual({ rows, overlap });
  });

  it('without a warning no label of theirs reaches the test', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 300 }),
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: -300, max: 300 }),
        (n, m, at) => {
          const [train, test] = [hourly(0, n), hourly(at, m)];
          const { rows, overlap } = purge(train, test, options);
          const last = train[rows - 1];
          return overlap !== null || last === undefined || last + 12 * HOUR_MS <= test[0]!;
        },
      ),
    );
  });
});
