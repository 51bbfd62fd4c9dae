import fc from 'fast-check';
import { expect, it } from 'vitest';
import { someRules } from '../../../test/support/builders.ts';
import { EXIT_TYPES, exitRung, worstExitFraction } from './exit-ladder.ts';
import { Decimal } from './money.ts';

const market = someRules();

it('goes from the touch to the market', () => {
  const rungs = [0, 1, 2, 3, 4].map((step) => exitRung(step, new Decimal(1), market, 0.02, EXIT_TYPES));
  expect(rungs.map(({ type, price }) => [type, price.toString()])).toEqual([
    ['ioc', '1'],
    ['ioc', '0.99'],
    ['ioc', '0.98'],
    ['market', '0.95'],
    ['market', '0.95'],
  ]);
});

it('ends in an IOC as wide as a market order where market orders are disabled', () => {
  expect(exitRung(3, new Decimal(1), market, 0.02, ['ioc', 'limit'])).toMatchObject({
    type: 'ioc',
    price: new Decimal('0.95'),
  });
});

it('never rises, never falls under the worst that minimums are judged at, and stays on the tick', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.integer({ min: 0, max: 12 }),
      fc.double({ min: 0, max: 0.2, noNaN: true }),
      (ticks, places, slippage) => {
        const rules = someRules({ tickSize: new Decimal(10).pow(-places) });
        const bid = rules.tickSize.mul(ticks);
        const prices = [0, 1, 2, 3, 4].map((step) => exitRung(step, bid, rules, slippage, EXIT_TYPES).price);
        prices.forEach((price, step) => {
          if (step > 0) expect(price.lte(prices[step - 1]!)).toBe(true);
          expect(price.lte(bid) && price.gt(0)).toBe(true);
          expect(price.gte(bid.mul(new Decimal(1).minus(worstExitFraction(slippage))))).toBe(true);
          expect(price.mod(rules.tickSize).isZero()).toBe(true);
        });
      },
    ),
  );
});
