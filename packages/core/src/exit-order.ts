import { exitQuantity } from './exit-quantity.ts';
import type { MarketRules } from './market.ts';
import { Decimal, roundToTick } from './money.ts';
import { type ApprovedOrder, approve } from './order.ts';
import type { OpenPosition } from './position.ts';
import { err, ok, type Result } from './result.ts';

export type ExitRefusal = 'nothing_pending' | 'below_exchange_minimum' | 'dust';

/**
 * The only maker of a sell order: a limit IOC for what the position has decided to sell, never more than it holds.
 *
 * @param bid quote per base, > 0
 * @param maxExitSlippage how far under the bid the sale may go, fraction
 */
export function approveExit(
  position: OpenPosition,
  bid: Decimal,
  market: MarketRules,
  maxExitSlippage: number,
): Result<ApprovedOrder, ExitRefusal> {
  if (position.pendingExit === null) return err('nothing_pending');
  if (position.quantity.lt(market.stepSize)) return err('dust');

  const price = roundToTick(bid.mul(1 - maxExitSlippage), market.tickSize, 'sell');
  const wanted = Decimal.min(position.pendingExit.quantity, position.quantity);
  const quantity = exitQuantity(position.quantity, wanted, price, market);
  if (!quantity.ok) return err(quantity.error.code === 'DUST' ? 'dust' : 'below_exchange_minimum');

  return ok(
    approve({
      mode: position.mode,
      market: position.market,
      side: 'sell',
      type: 'ioc',
      price,
      quantity: quantity.value,
      reason: position.pendingExit.reason,
    }),
  );
}
