import type { Decimal, OrderReport, PaperBook, TradeReport } from '@mexc-bot/core';

/** A paper book in memory; `settle` keeps all or nothing, as a transaction does. */
export function memoryBook(opening: Readonly<Record<string, Decimal>>): PaperBook & { readonly orders: OrderReport[] } {
  let account: ReadonlyMap<string, Decimal> = new Map(Object.entries(opening));
  const orders: OrderReport[] = [];
  const trades: TradeReport[] = [];
  return {
    orders,
    account: () => account,
    settle(decide) {
      const settlement = decide(account);
      if (settlement === null) return null;
      for (const [asset, held] of settlement.account) {
        if (held.lt(0)) throw new RangeError(`the paper account would hold ${held} ${asset}`);
      }
      account = settlement.account;
      orders.push(settlement.order);
      trades.push(...settlement.trades);
      return settlement;
    },
    findOrder: (market, clientOrderId) =>
      orders.find((order) => order.market === market && order.clientOrderId === clientOrderId) ?? null,
    marketOrders: (market) => orders.filter((order) => order.market === market),
    marketTrades: (market) => trades.filter((trade) => trade.market === market),
    orderTrades: (market, exchangeOrderId) =>
      trades.filter((trade) => trade.market === market && trade.exchangeOrderId === exchangeOrderId),
  };
}
