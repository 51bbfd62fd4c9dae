import type { Rung } from './exit-ladder.ts';
import { exitQuantity } from './exit-quantity.ts';
import type { MarketRules } from './market.ts';
import { Decimal, floorToStep, roundToTick } from './money.ts';
import { type ApprovedOrder, approve } from './order.ts';
import type { OpenPosition } from './position.ts';
import { err, ok, type Result } from './result.ts';

export type ExitRefusal = 'nothing_pending' | 'below_exchange_minimum' | 'dust';

/**
 * The only maker of a sell order: what the position has decided to sell, never more than it holds, priced by a rung of the exit
 * ladder. A sale above the exchange's maximum is cut to it; the rest is the next order's.
 *
 * @param free base that no other order has set aside, where that is known to be less than the position holds
 */
export function approveExit(
  position: OpenPosition,
  rung: Rung,
  market: MarketRules,
  free: Decimal = position.quantity,
): Result<ApprovedOrder, ExitRefusal> {
  if (position.pendingExit === null) return err('nothing_pending');
  if (position.quantity.lt(market.stepSize)) return err('dust');

  const held = Decimal.min(position.quantity, free);
  if (held.lt(market.stepSize)) return err('below_exchange_minimum');
  const wanted = Decimal.min(position.pendingExit.quantity, held);
  const price = sellablePrice(held, rung, market);
  const quantity = exitQuantity(held, wanted, price, market);
  if (!quantity.ok) return err(quantity.error.code === 'DUST' ? 'dust' : 'below_exchange_minimum');
  const largest = floorToStep(market.maxNotional.div(price), market.stepSize);

  return ok(
    approve({
      mode: position.mode,
      market: position.market,
      side: 'sell',
      type: rung.type,
      price,
      quantity: Decimal.min(quantity.value, largest),
      reason: position.pendingExit.reason,
    }),
  );
}

/**
 * The price of the rung, or the lowest at which all of it is enough for the exchange: what is sellable at the touch must not become
 * unsellable by offering it for less.
 */
function sellablePrice(held: Decimal, rung: Rung, { minNotional, stepSize, tickSize }: MarketRules): Decimal {
  const lowest = roundToTick(minNotional.div(floorToStep(held, stepSize)), tickSize, 'sell');
  return Decimal.max(rung.price, Decimal.min(lowest, rung.touch));
}
