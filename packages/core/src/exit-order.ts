import type { Rung } from './exit-ladder.ts';
import { exitQuantity } from './exit-quantity.ts';
import type { MarketRules } from './market.ts';
import { Decimal, floorToStep } from './money.ts';
import { type ApprovedOrder, approve } from './order.ts';
import type { OpenPosition } from './position.ts';
import { err, ok, type Result } from './result.ts';

export type ExitRefusal = 'nothing_pending' | 'below_exchange_minimum' | 'dust';

/**
 * The only maker of a sell order: what the position has decided to sell, never more than it holds, priced by a rung of the exit
 * ladder. A sale above the exchange's maximum is cut to it; the rest is the next order's.
 */
export function approveExit(
  position: OpenPosition,
  rung: Rung,
  market: MarketRules,
): Result<ApprovedOrder, ExitRefusal> {
  if (position.pendingExit === null) return err('nothing_pending');
  if (position.quantity.lt(market.stepSize)) return err('dust');

  const wanted = Decimal.min(position.pendingExit.quantity, position.quantity);
  const quantity = exitQuantity(position.quantity, wanted, rung.price, market);
  if (!quantity.ok) return err(quantity.error.code === 'DUST' ? 'dust' : 'below_exchange_minimum');
  const largest = floorToStep(market.maxNotional.div(rung.price), market.stepSize);

  return ok(
    approve({
      mode: position.mode,
      market: position.market,
      side: 'sell',
      type: rung.type,
      price: rung.price,
      quantity: Decimal.min(quantity.value, largest),
      reason: position.pendingExit.reason,
    }),
  );
}
