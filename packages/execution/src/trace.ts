import type { Clock, OrderReport, TradeOrder } from '@mexc-bot/core';
import type { Trading } from '@mexc-bot/exchange';
import type { Store } from '@mexc-bot/store';

/** How far the exchange's dates and ours may differ, wall ms. */
const CLOCK_SLACK_MS = 5_000;

/** Before it was sent, market ms UTC: the exchange may round times to seconds, and its clock may differ from ours. */
export const sentAfter = (order: TradeOrder, clock: Clock): number => order.createdAt - CLOCK_SLACK_MS * clock.speed();

/**
 * Looks for an order the exchange denies by its client id in everything else it tells: open orders, past orders, trades.
 *
 * @param since market ms UTC, before the order was sent by whatever clock
 * @returns the order where one is provably it, words where something may be, null where nothing is
 */
export async function findTrace(
  store: Store,
  trading: Trading,
  order: TradeOrder,
  since: number,
): Promise<OrderReport | string | null> {
  const [open, past, trades] = await Promise.all([
    trading.openOrders(order.market),
    trading.ordersSince(order.market, since),
    trading.tradesSince(order.market, since),
  ]);
  const rows = [...open, ...past];
  const named = rows.find((row) => row.clientOrderId === order.clientOrderId);
  if (named !== undefined) return named;

  const known = new Set(store.orders.ofMarket(order.mode, order.market).map((row) => row.exchangeOrderId));
  const nameless = rows.filter(
    (row) => row.clientOrderId === null && row.side === order.side && !known.has(row.exchangeOrderId),
  );
  const twins = nameless.filter((row) => row.quantity.eq(order.quantity) && row.price?.eq(order.price) === true);
  if (new Set(twins.map((row) => row.exchangeOrderId)).size === 1) return twins[0]!;
  if (nameless.length > 0) return 'the exchange lists orders without a client id that may be this one';
  const foreign = trades.some((trade) => trade.side === order.side && !known.has(trade.exchangeOrderId));
  return foreign ? 'the exchange lists trades that may be of this order' : null;
}
