import fc from 'fast-check';
import { expect, it } from 'vitest';
import { backOffMs } from './back-off.ts';

it('doubles up to its longest, and is never below half of that nor above it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2_000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (failures, random) => {
        const wait = backOffMs({ firstMs: 500, longestMs: 30_000 }, failures, random);
        const whole = Math.min(500 * 2 ** (failures - 1), 30_000);
        expect(wait).toBeGreaterThanOrEqual(whole / 2);
        expect(wait).toBeLessThan(whole);
      },
    ),
  );
});
