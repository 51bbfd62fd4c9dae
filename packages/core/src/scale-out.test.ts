import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from './money.ts';
import { scaleOutPlan, shareOfLegs } from './scale-out.ts';

describe('scaleOutPlan', () => {
  it.each([
    [0.5, 3, [0.5, 0.3, 0.2]],
    [0.85, 3, [0.5, 0.3, 0.2]],
    [0.8501, 3, [0.4, 0.3, 0.2]],
    [0.9499, 4, [0.4, 0.3, 0.2, 0.1]],
    [0.95, 4, [0.2, 0.2, 0.3, 0.3]],
    [1, 2, [0.2, 0.2]],
    [Number.NaN, 3, [0.5, 0.3, 0.2]],
  ])('confidence %d over %i levels sells %j of what is left', (confidence, levels, plan) => {
    expect(scaleOutPlan(confidence, levels)).toEqual(plan);
  });

  it('repeats its last share for levels beyond the plan', () => {
    expect(scaleOutPlan(0.8, 5)).toEqual([0.5, 0.3, 0.2, 0.2, 0.2]);
  });
});

describe('shareOfLegs', () => {
  it.each([
    [0.8, 3, '0.72'],
    [0.9, 3, '0.664'],
    [0.9, 4, '0.6976'],
    [0.95, 4, '0.6864'],
  ])('confidence %d sells over %i levels %s of the position, exactly', (confidence, levels, share) => {
    expect(shareOfLegs(scaleOutPlan(confidence, levels), 0, levels).toString()).toBe(share);
  });

  it('leaves the same whether levels are taken together or one by one', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(5),
        fc.nat(5),
        fc.nat(5),
        (confidence, a, b, c) => {
          const [from, middle, to] = [a, b, c].sort((x, y) => x - y) as [number, number, number];
          const plan = scaleOutPlan(confidence, 5);
          const kept = (first: number, last: number) => new Decimal(1).minus(shareOfLegs(plan, first, last));
          expect(kept(from, to)).toEqual(kept(from, middle).mul(kept(middle, to)));
          expect(kept(from, to).gt(0) && kept(from, to).lte(1)).toBe(true);
        },
      ),
    );
  });
});
