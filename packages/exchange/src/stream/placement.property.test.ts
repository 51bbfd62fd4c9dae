import fc from 'fast-check';
import { expect, it } from 'vitest';
import { placeMarkets } from './placement.ts';

const arbMarkets = fc.uniqueArray(
  fc.integer({ min: 0, max: 40 }).map((n) => `M${n}`),
  { maxLength: 40 },
);
const arbCase = fc.record({
  rounds: fc.array(arbMarkets, { minLength: 1, maxLength: 8 }),
  capacity: fc.integer({ min: 1, max: 15 }),
});

it('puts each wanted market on exactly one connection, on as few as hold them, never too many on one', () => {
  fc.assert(
    fc.property(arbCase, ({ rounds, capacity }) => {
      let placed: Set<string>[] = [];
      for (const markets of rounds) {
        const wanted = new Set(markets);
        placed = placeMarkets(placed, wanted, capacity);
        expect(placed.flatMap((connection) => [...connection]).sort()).toEqual([...wanted].sort());
        expect(Math.max(0, ...placed.map(({ size }) => size))).toBeLessThanOrEqual(capacity);
        placed = placed.filter(({ size }) => size > 0);
        expect(placed).toHaveLength(Math.ceil(wanted.size / capacity));
      }
    }),
  );
});

it('moves a market only when its connection is given up', () => {
  fc.assert(
    fc.property(arbCase, ({ rounds, capacity }) => {
      let before: Set<string>[] = [];
      for (const markets of rounds) {
        const after = placeMarkets(before, new Set(markets), capacity);
        for (const [i, connection] of before.entries()) {
          const stays = [...connection].filter((market) => markets.includes(market));
          if (after[i]!.size > 0) expect([...after[i]!]).toEqual(expect.arrayContaining(stays));
        }
        before = after.filter(({ size }) => size > 0);
      }
    }),
  );
});
