import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anOpenPosition, someRules } from '../../../test/support/builders.ts';
import { EXIT_TYPES, exitRung } from './exit-ladder.ts';
import { approveExit } from './exit-order.ts';
import { Decimal, floorToStep } from './money.ts';

const LAST_RUNG = 3;

it('what is too small to be sold at one bid is too small at every lower one: a replay passes those over', () => {
  let refusals = 0;
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3_000 }),
      fc.constantFrom('0.01', '0.05', '1'),
      fc.constantFrom('0.0001', '0.0005', '0.01'),
      fc.integer({ min: 1, max: 20_000 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (hundredths, stepSize, tickSize, ticks, lower) => {
        const rules = someRules({
          stepSize: new Decimal(stepSize),
          tickSize: new Decimal(tickSize),
          minNotional: new Decimal(1),
        });
        const quantity = new Decimal(hundredths).div(100);
        const all = floorToStep(quantity, rules.stepSize);
        const bid = rules.tickSize.mul(ticks);
        const position = anOpenPosition({
          quantity,
          pendingExit: { reason: 'stop_loss', quantity: all, decidedAt: 0, triggerPrice: bid },
        });
        const saleAt = (price: Decimal) =>
          approveExit(position, exitRung(LAST_RUNG, price, rules, 0.02, EXIT_TYPES), rules);
        if (all.isZero() || saleAt(bid).ok) return;
        refusals += 1;
        const under = floorToStep(bid.mul(lower), rules.tickSize);
        if (under.gt(0)) expect(saleAt(under).ok).toBe(false);
      },
    ),
    { numRuns: 500 },
  );
  expect(refusals).toBeGreaterThan(50);
});

it('what can be sold at the touch can be sold on every rung, within the bid and the worst a rung may take', () => {
  let raised = 0;
  fc.assert(
    fc.property(
      fc.double({ min: 0.95, max: 1.2, noNaN: true }),
      fc.constantFrom('0.0001', '0.01', '0.05'),
      fc.constantFrom('0.0001', '0.0005', '0.01'),
      fc.integer({ min: 1, max: 20_000 }),
      (notional, stepSize, tickSize, ticks) => {
        const rules = someRules({ stepSize: new Decimal(stepSize), tickSize: new Decimal(tickSize) });
        const bid = rules.tickSize.mul(ticks);
        const quantity = floorToStep(new Decimal(notional).div(bid), rules.stepSize);
        fc.pre(quantity.gte(rules.stepSize));
        const position = anOpenPosition({
          quantity,
          pendingExit: { reason: 'stop_loss', quantity, decidedAt: 0, triggerPrice: bid },
        });
        const sales = [0, 1, 2, 3].map((step) => {
          const rung = exitRung(step, bid, rules, 0.02, EXIT_TYPES);
          return { rung, sale: approveExit(position, rung, rules) };
        });
        for (const { rung, sale } of sales) {
          expect(sale.ok).toBe(sales[0]!.sale.ok);
          if (!sale.ok) continue;
          const { price } = sale.value;
          if (price.gt(rung.price)) raised += 1;
          expect(price.gte(rung.price) && price.lte(bid) && price.mod(rules.tickSize).isZero()).toBe(true);
          expect(price.mul(sale.value.quantity).gte(rules.minNotional)).toBe(true);
        }
      },
    ),
    { numRuns: 1_000 },
  );
  expect(raised).toBeGreaterThan(100);
});
