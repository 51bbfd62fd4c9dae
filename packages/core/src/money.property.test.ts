import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Decimal, floorToStep, roundToTick } from './money.ts';

/** Up to 30 digits, 15 of them behind the point. */
const arbValue = fc
  .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: 0, max: 15 }))
  .map(([digits, places]) => new Decimal(digits.toString()).div(new Decimal(10).pow(places)));

/** 0.00000001 to 1000, one in two no power of ten. */
const arbStep = fc
  .tuple(fc.integer({ min: -8, max: 3 }), fc.constantFrom(1, 1, 1, 2, 5, 25))
  .map(([exponent, factor]) => new Decimal(10).pow(exponent).mul(factor));

it('a floor or a ceiling on any grid is what counting whole steps gives, to the last digit', () => {
  fc.assert(
    fc.property(arbValue, arbStep, (value, step) => {
      const steps = value.div(step);
      expect(floorToStep(value, step).toString()).toBe(steps.floor().mul(step).toString());
      expect(roundToTick(value, step, 'buy').toString()).toBe(steps.floor().mul(step).toString());
      expect(roundToTick(value, step, 'sell').toString()).toBe(steps.ceil().mul(step).toString());
    }),
    { numRuns: 1_000 },
  );
});

it('what is on the grid stays as it is', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e9, max: 1e9 }), arbStep, (count, step) => {
      const value = step.mul(count);
      expect(floorToStep(value, step).eq(value)).toBe(true);
      expect(roundToTick(value, step, 'sell').eq(value)).toBe(true);
    }),
  );
});
