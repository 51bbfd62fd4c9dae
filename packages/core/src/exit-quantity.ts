import type { MarketRules } from './market.ts';
import { type Decimal, floorToStep } from './money.ts';
import { err, ok, type Result } from './result.ts';

/** Why nothing can be sold. */
export type ExitTooSmall =
  /** all of it is under the exchange's minimum at this price; a higher price may change that */
  | { readonly code: 'BELOW_MINIMUM'; readonly notional: Decimal }
  /** less than one quantity step: no order can ever sell it */
  | { readonly code: 'DUST' };

/** @returns whether the exchange accepts an order of this size */
export function meetsMinimum(quantity: Decimal, price: Decimal, rules: MarketRules): boolean {
  return quantity.gt(0) && quantity.gte(rules.minQuantity) && quantity.mul(price).gte(rules.minNotional);
}

/**
 * Quantity to sell for `wanted`, so that it can be sold and what stays can still be sold later.
 *
 * @param held base held, > 0
 * @param wanted base to sell, in (0, held]
 * @param price worst price the order may be placed at, quote per base, > 0; values the order
 * @param restPrice price at which what stays may have to be sold; values the rest
 * @returns base on the step grid: `wanted`, or all of `held` when either part would be under the exchange's minimum
 * @throws {RangeError} an argument outside its range: a bug in the caller
 */
export function exitQuantity(
  held: Decimal,
  wanted: Decimal,
  price: Decimal,
  rules: MarketRules,
  restPrice: Decimal = price,
): Result<Decimal, ExitTooSmall> {
  if (!(wanted.gt(0) && wanted.lte(held))) throw new RangeError(`wanted ${wanted} is outside (0, ${held}]`);
  if (!(price.gt(0) && restPrice.gt(0))) throw new RangeError(`prices ${price} and ${restPrice} must be above 0`);

  const all = floorToStep(held, rules.stepSize);
  if (all.isZero()) return err({ code: 'DUST' });

  const part = floorToStep(wanted, rules.stepSize);
  const rest = all.minus(part);
  const bothSellable = meetsMinimum(part, price, rules) && (rest.isZero() || meetsMinimum(rest, restPrice, rules));
  const quantity = bothSellable ? part : all;

  return meetsMinimum(quantity, price, rules)
    ? ok(quantity)
    : err({ code: 'BELOW_MINIMUM', notional: quantity.mul(price) });
}
