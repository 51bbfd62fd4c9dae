import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BookInput, bookAround, spreadFor, withoutTop } from './book.ts';

const arbInput = (): fc.Arbitrary<BookInput> =>
  fc
    .tuple(fc.integer({ min: -14, max: 0 }), fc.integer({ min: 1, max: 5_000_000 }), fc.integer(), fc.nat(), fc.nat(8))
    .chain(([exponent, lastTicks, seed, now, stepDecimals]) =>
      fc.integer({ min: 0, max: 1e9 }).map((quoteVolume) => ({
        seed,
        now,
        lastTicks,
        tickSize: 10 ** exponent,
        stepSize: 10 ** -stepDecimals,
        quoteVolume,
      })),
    );

describe('a book', () => {
  it('has its best bid under its best ask, both above zero, on the grids, in order', () => {
    fc.assert(
      fc.property(arbInput(), (input) => {
        const { bids, asks } = bookAround(input);
        expect(bids[0]!.ticks).toBeLessThan(asks[0]!.ticks);
        for (const { ticks, steps } of [...bids, ...asks]) {
          expect(Number.isInteger(ticks) && ticks >= 1).toBe(true);
          expect(Number.isInteger(steps) && steps >= 1).toBe(true);
        }
        for (let n = 1; n < bids.length; n++) expect(bids[n]!.ticks).toBeLessThan(bids[n - 1]!.ticks);
        for (let n = 1; n < asks.length; n++) expect(asks[n]!.ticks).toBeGreaterThan(asks[n - 1]!.ticks);
        expect(asks).toHaveLength(20);
      }),
    );
  });

  it('is the same for the same input', () => {
    fc.assert(fc.property(arbInput(), (input) => void expect(bookAround(input)).toEqual(bookAround(input))));
  });

  it('within 2 % of the price holds 0.2 to 1 % of the volume of the day', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 50_000, max: 1e7 }), (seed, quoteVolume) => {
        const last = 250_000;
        const { bids, asks } = bookAround({
          seed,
          now: 0,
          lastTicks: last,
          tickSize: 1e-6,
          stepSize: 1e-4,
          quoteVolume,
        });
        const near = [
          ...bids.filter(({ ticks }) => ticks >= bids[0]!.ticks * 0.98),
          ...asks.filter(({ ticks }) => ticks <= asks[0]!.ticks * 1.02),
        ];
        const depth = near.reduce((sum, { ticks, steps }) => sum + ticks * 1e-6 * steps * 1e-4, 0);
        expect(depth).toBeGreaterThan(quoteVolume * 0.0019);
        expect(depth).toBeLessThan(quoteVolume * 0.0101);
      }),
    );
  });

  it('is tighter where more is traded, between 0.05 % and 1 %', () => {
    const spreads = [0, 1_000, 60_000, 1e6, 1e7, 1e9].map(spreadFor);
    expect(spreads).toEqual([...spreads].sort((a, b) => b - a));
    expect([spreads[0], spreads[5]]).toEqual([0.01, 0.0005]);
  });

  it('gives what was taken off its top, level by level, and never runs dry', () => {
    const side = [
      { ticks: 10, steps: 5 },
      { ticks: 11, steps: 5 },
    ];
    expect(withoutTop(side, 0)).toEqual(side);
    expect(withoutTop(side, 7)).toEqual([{ ticks: 11, steps: 3 }]);
    expect(withoutTop(side, 5)).toEqual([{ ticks: 11, steps: 5 }]);
    expect(withoutTop(side, 100)).toEqual([{ ticks: 11, steps: 1 }]);
  });
});
