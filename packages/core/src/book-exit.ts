import { feeInQuote, feeSide } from './fill-fee.ts';
import type { MarketRules } from './market.ts';
import { Decimal, ZERO } from './money.ts';
import type { Fill } from './order.ts';
import type { ClosedPosition, OpenPosition, PendingExit, Position } from './position.ts';

/**
 * Books one execution of a sale.
 *
 * @param earlier fills of the same order that are booked already
 * @throws {RangeError} it is not a sale of this position's coin, or sells more than is held: a broken book
 */
export function applyExitFill(
  position: OpenPosition,
  fill: Fill,
  rules: MarketRules,
  earlier: readonly Fill[] = [],
): OpenPosition {
  const { id, mode, market } = position;
  if (fill.side !== 'sell' || fill.market !== market || fill.mode !== mode) {
    throw new RangeError(
      `trade ${fill.tradeId} (${fill.mode} ${fill.side} ${fill.market}) is no exit of ${mode} ${market}`,
    );
  }
  // what the order may sell was set aside before its first fee: fees in the coin then came from coins the position never held
  const aside = earlier.filter((each) => feeSide(each, position.base) === 'base').reduce(plusFee, position.quantity);
  if (fill.quantity.gt(aside)) {
    throw new RangeError(`trade ${fill.tradeId} sells ${fill.quantity}, but position ${id} holds ${position.quantity}`);
  }

  // a fee in the coin itself (MX sold with MX fees on) may come from coins the position never held
  const feeIsBase = feeSide(fill, position.base) === 'base';
  const taken = Decimal.min(position.quantity, feeIsBase ? fill.quantity.plus(fill.fee) : fill.quantity);

  return {
    ...position,
    quantity: position.quantity.minus(taken),
    proceeds: position.proceeds.plus(fill.price.mul(fill.quantity)),
    fees: position.fees.plus(feeInQuote(fill, position.base, rules)),
    pendingExit: leftOf(position.pendingExit, fill.quantity),
    lastExitReason: position.pendingExit?.reason ?? position.lastExitReason,
  };
}

const plusFee = (sum: Decimal, { fee }: Fill): Decimal => sum.plus(fee);

function leftOf(pending: PendingExit | null, sold: Decimal): PendingExit | null {
  if (pending === null || pending.quantity.lte(sold)) return null;
  return { ...pending, quantity: pending.quantity.minus(sold) };
}

/**
 * Closes a position once less than one quantity step of it is left; the rest is its dust.
 *
 * @param at market time, ms UTC
 * @returns the same object while more is held
 */
export function closeIfDone(position: OpenPosition, market: MarketRules, at: number): Position {
  if (position.quantity.gte(market.stepSize)) return position;
  return {
    ...position,
    state: 'closed',
    closedAt: at,
    // nothing was sold only where a fee in base left less than one step of the purchase: the books close it by themselves
    closeReason: position.lastExitReason ?? position.pendingExit?.reason ?? 'forced',
    pendingExit: null,
    dust: position.quantity,
  };
}

/** No position ever changes, and guards ask for its result again and again. */
const results = new WeakMap<object, Decimal>();

/**
 * Quote gained or lost by what was sold: proceeds − its share of the cost − all fees so far. The cost of a closed position's
 * dust counts as lost.
 */
export function realisedPnl(
  position:
    | Pick<OpenPosition, 'state' | 'proceeds' | 'cost' | 'fees' | 'bought' | 'quantity'>
    | Pick<ClosedPosition, 'state' | 'proceeds' | 'cost' | 'fees'>,
): Decimal {
  let result = results.get(position);
  if (result === undefined) {
    const { proceeds, fees } = position;
    result = proceeds.minus(costOfSold(position)).minus(fees);
    results.set(position, result);
  }
  return result;
}

function costOfSold(position: Parameters<typeof realisedPnl>[0]): Decimal {
  if (position.state === 'closed') return position.cost;
  const { cost, bought, quantity } = position;
  const sold = bought.minus(quantity);
  return sold.isZero() ? ZERO : cost.mul(sold).div(bought);
}
