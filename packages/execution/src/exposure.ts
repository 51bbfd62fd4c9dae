import {
  type AccountLimits,
  accountRecord,
  Decimal,
  type ExchangeSymbol,
  type Exposure,
  type Mode,
  type OpenPosition,
  recordSince,
  ZERO,
} from '@mexc-bot/core';
import type { Balance } from '@mexc-bot/exchange';
import type { Store } from '@mexc-bot/store';

/**
 * What is held and under way in one mode, from the books and one read of the account.
 *
 * @param balances as the account told them; an order without an answer may already be in them, and is reserved once more:
 *   too little is safe, too much is not. Of a position counts for the equity what the account still has: the money of what was sold,
 *   by an order without an answer or by hand, is in it already
 * @param limits say how far back closed positions matter
 * @param lastPrice quote per base for the equity; a held market without one counts at its entry price
 */
export function exposureOf(
  store: Store,
  mode: Mode,
  market: ExchangeSymbol,
  quote: string,
  balances: ReadonlyMap<string, Balance>,
  limits: AccountLimits,
  lastPrice: (market: ExchangeSymbol) => number | undefined,
  asOf: number,
): Exposure {
  const positions = store.positions.open(mode);
  const unsettledBuys = store.orders.unsettled().filter((order) => order.mode === mode && order.side === 'buy');

  const reserved = unsettledBuys.reduce((sum, order) => {
    const feeRate = store.markets.get(order.market)?.rules.takerFeeRate ?? ZERO;
    return sum.plus(order.price.mul(order.quantity).mul(feeRate.plus(1)));
  }, ZERO);
  const free = balances.get(quote)?.free ?? ZERO;
  const held = positions.reduce(
    (sum, position) => sum.plus(ownedOf(position, balances).mul(lastPrice(position.market) ?? position.entryPrice)),
    ZERO,
  );

  return {
    paused: store.state.paused(),
    freeQuote: Decimal.max(free.minus(reserved), ZERO),
    equity: free.plus(held),
    occupied: new Set([...positions, ...unsettledBuys].map((row) => row.market)),
    lastExitAt: store.positions.lastClosedAt(mode, market),
    record: accountRecord(
      store.positions.closed(mode, recordSince(limits, asOf)),
      positions,
      store.state.highWaterMark(mode),
      asOf,
    ),
  };
}

function ownedOf({ base, quantity }: OpenPosition, balances: ReadonlyMap<string, Balance>): Decimal {
  const { free, locked } = balances.get(base) ?? { free: ZERO, locked: ZERO };
  return Decimal.min(quantity, free.plus(locked));
}
