import { Decimal } from './money.ts';

const FAST: readonly number[] = [0.5, 0.3, 0.2];
const NORMAL: readonly number[] = [0.4, 0.3, 0.2, 0.1];
const SLOW: readonly number[] = [0.2, 0.2, 0.3, 0.3];

/**
 * Share of what is left that is sold at each level: the less sure the entry, the earlier the money is taken.
 *
 * @param confidence 0..1; NaN reads as no confidence
 * @param levels how many take-profit levels there are; those beyond the plan repeat its last share
 * @returns one share in (0, 1) per level; what they leave trails
 */
export function scaleOutPlan(confidence: number, levels: number): readonly number[] {
  const plan = confidence >= 0.95 ? SLOW : confidence > 0.85 ? NORMAL : FAST;
  return Array.from({ length: levels }, (_, level) => plan[level] ?? plan[plan.length - 1]!);
}

/**
 * Share of what is left that the levels `from` up to but not including `to` sell together: 1 − Π (1 − share). A decimal, so
 * that no binary rounding costs a quantity step.
 */
export function shareOfLegs(plan: readonly number[], from: number, to: number): Decimal {
  const kept = plan.slice(from, to).reduce((rest, share) => rest.mul(new Decimal(1).minus(share)), new Decimal(1));
  return new Decimal(1).minus(kept);
}
