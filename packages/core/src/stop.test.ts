import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anOpenPosition, someRules } from '../../../test/support/builders.ts';
import { Decimal } from './money.ts';
import { effectiveStop, type StopConfig, stopDistance, stopPrice, volatilityFactor, withVolatility } from './stop.ts';

const config: StopConfig = { calmFraction: 0.015, wildFraction: 0.05, calmFactor: 0.8, wildFactor: 1.2 };
const market = someRules();

describe('volatilityFactor', () => {
  it.each([
    [0, 0.8],
    [0.015, 0.8],
    [0.0325, 1],
    [0.05, 1.2],
    [0.4, 1.2],
    [Number.NaN, 1],
    [Number.POSITIVE_INFINITY, 1],
  ])('an ATR of %d of the price gives %d', (atrFraction, factor) => {
    expect(volatilityFactor(atrFraction, config)).toBeCloseTo(factor, 12);
  });

  it('rises with the ATR and stays between its ends', () => {
    const fraction = fc.double({ min: 0, max: 0.2, noNaN: true });
    fc.assert(
      fc.property(fraction, fraction, (a, b) => {
        const [low, high] = [volatilityFactor(Math.min(a, b), config), volatilityFactor(Math.max(a, b), config)];
        expect(low).toBeLessThanOrEqual(high);
        expect(low).toBeGreaterThanOrEqual(0.8);
        expect(high).toBeLessThanOrEqual(1.2);
      }),
    );
  });

  it('never widens a stop to the whole price', () => {
    expect(stopDistance(0.49, 1, { ...config, wildFactor: 10 })).toBe(0.9);
  });
});

describe('stopPrice', () => {
  it('lies on the grid, below the reference, less than a tick under the exact price', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 10_000_000 }),
        fc.integer({ min: 0, max: 12 }),
        fc.double({ min: 0.001, max: 0.6, noNaN: true }),
        (ticks, decimals, distance) => {
          const tick = new Decimal(10).pow(-decimals);
          const reference = tick.mul(ticks).plus(tick.mul('0.37'));
          const exact = reference.mul(new Decimal(1).minus(distance));
          const stop = stopPrice(reference, distance, tick);
          expect(stop.gt(0) && stop.lt(reference)).toBe(true);
          if (exact.lt(tick)) expect(stop).toEqual(exact);
          else expect(stop.div(tick).isInteger() && stop.lte(exact) && exact.minus(stop).lt(tick)).toBe(true);
        },
      ),
    );
  });

  it('stays above zero where one tick is wider than the distance', () => {
    expect(stopPrice(new Decimal('0.00001'), 0.03, new Decimal('0.00001')).toString()).toBe('0.0000097');
  });
});

describe('withVolatility', () => {
  it('raises the stop when the market calms down', () => {
    const calmed = withVolatility(anOpenPosition(), 0.01, config, market);
    expect(calmed.stopDistance).toBe(0.02);
    expect(calmed.hardStop.toString()).toBe('0.98');
  });

  it.each([0.0325, 0.05, 1, Number.NaN])('changes nothing at an ATR of %d, wider or unknown', (atrFraction) => {
    const position = anOpenPosition();
    expect(withVolatility(position, atrFraction, config, market)).toBe(position);
  });

  it('moves exactly when the distance, rounded, is narrower', () => {
    const fraction = fc.double({ min: 0, max: 0.1, noNaN: true });
    const stopLoss = fc.double({ min: 0.001, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(stopLoss, fraction, fraction, (stop, before, after) => {
        const position = anOpenPosition({ stopLoss: stop, stopDistance: stopDistance(stop, before, config) });
        const distance = stopDistance(stop, after, config);
        const moved = withVolatility(position, after, config, market);
        expect(moved.stopDistance).toBe(Math.min(distance, position.stopDistance));
        expect(moved === position).toBe(distance >= position.stopDistance);
      }),
    );
  });

  it('leaves a stop alone that stands higher than the recomputed one', () => {
    const lifted = anOpenPosition({ hardStop: new Decimal('1.0011') });
    expect(withVolatility(lifted, 0.01, config, market).hardStop.toString()).toBe('1.0011');
  });
});

it('the effective stop is the higher of the two', () => {
  const stopAt = (trailing: string | null) =>
    effectiveStop(anOpenPosition({ trailingStop: trailing === null ? null : new Decimal(trailing) }));
  expect(stopAt(null).toString()).toBe('0.975');
  expect(stopAt('0.97').toString()).toBe('0.975');
  expect(stopAt('0.985').toString()).toBe('0.985');
});
