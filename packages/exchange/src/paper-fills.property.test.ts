import { Decimal, type Depth, type Side, totalsOf, walkDepth } from '@mexc-bot/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { aMarket, anOrder } from '../test/builders.ts';

const arbStep = fc.integer({ min: 0, max: 8 }).map((decimals) => new Decimal(10).pow(-decimals));

/** A book around a price, ordered and not crossed; level quantities are off the step grid on purpose. */
const arbDepth: fc.Arbitrary<Depth> = fc
  .record({
    mid: fc.integer({ min: 1000, max: 1_000_000 }),
    asks: fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 10 ** 9 })), { maxLength: 12 }),
    bids: fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 10 ** 9 })), { maxLength: 12 }),
  })
  .map(({ mid, asks, bids }) => {
    const side = (gaps: typeof asks, direction: 1 | -1) => {
      let ticks = mid;
      return gaps.map(([gap, quantity]) => {
        ticks += direction * gap;
        return { price: new Decimal(ticks).div(10_000), quantity: new Decimal(quantity).div(100_000) };
      });
    };
    return { asks: side(asks, 1), bids: side(bids, -1) };
  });

const arbCase = fc
  .record({
    depth: arbDepth,
    side: fc.constantFrom<Side>('buy', 'sell'),
    limitTicks: fc.integer({ min: 500, max: 1_000_500 }),
    steps: fc.integer({ min: 1, max: 10 ** 6 }),
    stepSize: arbStep,
    feeBps: fc.integer({ min: 0, max: 50 }),
  })
  .map(({ depth, side, limitTicks, steps, stepSize, feeBps }) => {
    const order = anOrder({ side, price: new Decimal(limitTicks).div(10_000), quantity: stepSize.mul(steps) });
    const rules = { ...aMarket().rules, stepSize, takerFeeRate: new Decimal(feeBps).div(10_000) };
    return { order, depth, rules, taken: walkDepth(order, depth, rules) };
  });

it('never fills at a price worse than the limit, and best prices first', () => {
  fc.assert(
    fc.property(arbCase, ({ order, taken }) => {
      const worse = (a: Decimal, b: Decimal) => (order.side === 'buy' ? a.gt(b) : a.lt(b));
      for (const [i, { price }] of taken.entries()) {
        expect(worse(price, order.price)).toBe(false);
        if (i > 0) expect(worse(price, taken[i - 1]!.price)).toBe(true);
      }
    }),
  );
});

it('never fills more than was ordered, nor more of a level than it holds', () => {
  fc.assert(
    fc.property(arbCase, ({ order, depth, taken }) => {
      expect(totalsOf(taken).quantity.lte(order.quantity)).toBe(true);
      const levels = order.side === 'buy' ? depth.asks : depth.bids;
      for (const { price, quantity } of taken) {
        const level = levels.find((each) => each.price.eq(price));
        expect(level && quantity.lte(level.quantity)).toBe(true);
      }
    }),
  );
});

it('fills whole steps, more than none of each level', () => {
  fc.assert(
    fc.property(arbCase, ({ rules, taken }) => {
      for (const { quantity } of taken) {
        expect(quantity.gt(0)).toBe(true);
        expect(quantity.mod(rules.stepSize).isZero()).toBe(true);
      }
    }),
  );
});

it('leaves nothing that it could have taken', () => {
  fc.assert(
    fc.property(arbCase, ({ order, depth, rules, taken }) => {
      const unfilled = order.quantity.minus(totalsOf(taken).quantity);
      const levels = order.side === 'buy' ? depth.asks : depth.bids;
      const left = levels
        .filter(({ price }) => (order.side === 'buy' ? price.lte(order.price) : price.gte(order.price)))
        .map(({ price, quantity }) => quantity.minus(taken.find((each) => each.price.eq(price))?.quantity ?? 0));
      expect(unfilled.isZero() || left.every((quantity) => quantity.lt(rules.stepSize))).toBe(true);
    }),
  );
});

it('charges exactly price × quantity × rate', () => {
  fc.assert(
    fc.property(arbCase, ({ rules, taken }) => {
      for (const { price, quantity, fee } of taken) {
        // in whole numbers, independent of Decimal's precision: 4 + 8 + 4 decimals
        const scaled = (value: Decimal, decimals: number) =>
          BigInt(value.mul(new Decimal(10).pow(decimals)).toFixed(0));
        expect(scaled(fee, 16)).toBe(scaled(price, 4) * scaled(quantity, 8) * scaled(rules.takerFeeRate, 4));
      }
    }),
  );
});
