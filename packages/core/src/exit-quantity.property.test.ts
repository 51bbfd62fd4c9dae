import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { someRules } from '../../../test/support/builders.ts';
import { exitQuantity } from './exit-quantity.ts';
import { Decimal, floorToStep } from './money.ts';

const d = (value: string | number) => new Decimal(value);
const rules = someRules({ stepSize: d('0.01'), minQuantity: d('0.05'), minNotional: d(1) });

/** Holdings from under a step to far above the minimum, on and off the grid, steps down to 1e-8. */
const arbExit = fc
  .record({
    stepDecimals: fc.integer({ min: -2, max: 8 }),
    steps: fc.integer({ min: 0, max: 1_000_000 }),
    offGrid: fc.constantFrom('0', '0.3', '0.999'),
    share: fc.integer({ min: 1, max: 10_000 }).map((part) => part / 10_000),
    minNotional: fc.constantFrom('0', '1', '5'),
    minSteps: fc.constantFrom(0, 1, 50),
    /** notional of all that is held, around the minimums */
    worth: fc.integer({ min: 1, max: 3_000 }).map((cents) => cents / 100),
    restFactor: fc.integer({ min: 30, max: 100 }).map((pct) => pct / 100),
  })
  .filter(({ steps, offGrid }) => steps > 0 || offGrid !== '0')
  .map((arb) => {
    const stepSize = d(10).pow(-arb.stepDecimals);
    const held = stepSize.mul(d(arb.steps).plus(arb.offGrid));
    const price = d(arb.worth).div(held);
    return {
      held,
      wanted: held.mul(arb.share),
      price,
      restPrice: price.mul(arb.restFactor),
      rules: someRules({ stepSize, minQuantity: stepSize.mul(arb.minSteps), minNotional: d(arb.minNotional) }),
    };
  });

describe('exitQuantity', () => {
  it('never orders under the minimum, off the grid, or more than is held', () => {
    fc.assert(
      fc.property(arbExit, ({ held, wanted, price, restPrice, rules }) => {
        const exit = exitQuantity(held, wanted, price, rules, restPrice);
        fc.pre(exit.ok);
        expect(exit.value.div(rules.stepSize).isInteger()).toBe(true);
        expect(exit.value.gt(0) && exit.value.lte(held)).toBe(true);
        expect(exit.value.gte(rules.minQuantity) && exit.value.mul(price).gte(rules.minNotional)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves either a sellable rest or less than one step', () => {
    fc.assert(
      fc.property(arbExit, ({ held, wanted, price, restPrice, rules }) => {
        const exit = exitQuantity(held, wanted, price, rules, restPrice);
        fc.pre(exit.ok);
        const rest = floorToStep(held.minus(exit.value), rules.stepSize);
        const sellable = rest.gte(rules.minQuantity) && rest.mul(restPrice).gte(rules.minNotional);
        expect(rest.isZero() || sellable).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('sells what is wanted, to the step, or all', () => {
    fc.assert(
      fc.property(arbExit, ({ held, wanted, price, restPrice, rules }) => {
        const exit = exitQuantity(held, wanted, price, rules, restPrice);
        fc.pre(exit.ok);
        const allowed = [floorToStep(wanted, rules.stepSize), floorToStep(held, rules.stepSize)];
        expect(allowed.some((quantity) => quantity.eq(exit.value))).toBe(true);
      }),
    );
  });

  it('refuses only what the exchange would refuse for all that is held', () => {
    fc.assert(
      fc.property(arbExit, ({ held, wanted, price, restPrice, rules }) => {
        const exit = exitQuantity(held, wanted, price, rules, restPrice);
        fc.pre(!exit.ok);
        const all = floorToStep(held, rules.stepSize);
        if (exit.error.code === 'DUST') expect(all.isZero()).toBe(true);
        else expect(all.lt(rules.minQuantity) || all.mul(price).lt(rules.minNotional)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['10', '5', '1', '5', 'the part as wanted'],
    ['10', '5.019', '1', '5.01', 'the part on the step grid'],
    ['10', '9.5', '1', '10', 'all, because 0.5 quote could not be sold later'],
    ['10', '0.5', '1', '10', 'all, because 0.5 quote cannot be sold by itself'],
    ['10', '0.04', '100', '10', 'all, because 0.04 is under the smallest quantity'],
    ['10', '9.97', '100', '10', 'all, because 0.03 is under the smallest quantity'],
    ['10.009', '10.009', '1', '10', 'all but the dust'],
    ['10.009', '10', '1', '10', 'all but the dust, which strands nothing that could be sold'],
  ])('of %s held, %s wanted at %s sells %s: %s', (held, wanted, price, quantity) => {
    expect(exitQuantity(d(held), d(wanted), d(price), rules)).toEqual({ ok: true, value: d(quantity) });
  });

  it('values the rest where it may have to be sold', () => {
    expect(exitQuantity(d(10), d(8), d(1), rules, d('0.6'))).toEqual({ ok: true, value: d(8) });
    expect(exitQuantity(d(10), d(8), d(1), rules, d('0.4'))).toEqual({ ok: true, value: d(10) });
  });

  it('says why nothing can be sold', () => {
    const refusal = (held: string, price: string) => exitQuantity(d(held), d(held), d(price), rules);
    expect(refusal('0.009', '1000')).toEqual({ ok: false, error: { code: 'DUST' } });
    expect(refusal('0.9', '1')).toEqual({ ok: false, error: { code: 'BELOW_MINIMUM', notional: d('0.9') } });
    expect(refusal('0.04', '1000')).toMatchObject({ error: { code: 'BELOW_MINIMUM' } });
  });

  it.each([
    ['10', '0', '1'],
    ['10', '10.01', '1'],
    ['10', 'NaN', '1'],
    ['10', '5', '0'],
    ['10', '5', 'NaN'],
  ])('throws for %s held, %s wanted at %s: a bug in the caller', (held, wanted, price) => {
    expect(() => exitQuantity(d(held), d(wanted), d(price), rules)).toThrow(RangeError);
  });
});
