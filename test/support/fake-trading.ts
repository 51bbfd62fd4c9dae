import {
  type ApprovedOrder,
  Decimal,
  type ExchangeSymbol,
  floorToStep,
  type OrderReport,
  type TradeReport,
  ZERO,
} from '@mexc-bot/core';
import { type PlaceOutcome, QueryFailed, type RejectCode, type Trading } from '@mexc-bot/exchange';

/** How the fake answers the next order, whatever it did with it. */
type Answer = 'accepted' | 'lost' | 'refused';

/** Over all fakes: an exchange never gives an id twice. */
let orderCount = 0;

/**
 * An exchange in memory that fills what it takes at the limit price, in `parts` trades, and can lose answers, hide orders and
 * fail queries on command.
 */
export function createFakeTrading() {
  const orders = new Map<string, OrderReport & { readonly limit: Decimal }>();
  const trades = new Map<string, TradeReport[]>();
  const script = {
    /** `lost`: the order is taken, and the answer never arrives */
    answer: 'accepted' as Answer,
    refusal: 'below_minimum' as RejectCode,
    /** share of the order that fills */
    fillShare: 1,
    parts: 1,
    /** this many look-ups deny every order */
    hidden: 0,
    /** the list of past orders does not show any */
    historyHidden: false,
    /** this many queries fail */
    failing: 0,
    /** trades that the trade list does not show yet */
    lateTrades: 0,
    /** a lost answer of an order that never arrived */
    neverArrives: false,
    feeAsset: 'USDT',
    /** fills are better than the limit by this fraction */
    improvement: 0,
    /** what does not fill rests until it is cancelled */
    rests: false,
  };
  let sent = 0;

  const query = <T>(answer: () => T): Promise<T> => {
    if (script.failing > 0) {
      script.failing -= 1;
      return Promise.reject(new QueryFailed('network', 'scripted'));
    }
    return Promise.resolve(answer());
  };

  function take(order: ApprovedOrder, clientOrderId: string): OrderReport {
    const exchangeOrderId = `C02__${++orderCount}`;
    const filled = order.quantity.mul(script.fillShare);
    const fillPrice = order.price.mul(1 + script.improvement * (order.side === 'buy' ? -1 : 1));
    const report = {
      clientOrderId,
      exchangeOrderId,
      market: order.market,
      side: order.side,
      state: filled.eq(order.quantity) ? 'filled' : script.rests ? 'open' : 'canceled',
      quantity: order.quantity,
      filled,
      notional: filled.mul(fillPrice),
      price: order.price,
      limit: fillPrice,
    } as const;
    orders.set(clientOrderId, report);
    const part = floorToStep(filled.div(script.parts), new Decimal('0.0001'));
    const last = filled.minus(part.mul(script.parts - 1));
    const rows = Array.from({ length: filled.gt(0) ? script.parts : 0 }, (_, i) =>
      aTrade(report, i === 0 ? last : part, `${exchangeOrderId}-${i}`),
    );
    trades.set(exchangeOrderId, rows);
    return report;
  }

  const aTrade = (report: OrderReport & { limit: Decimal }, quantity: Decimal, tradeId: string): TradeReport => ({
    tradeId,
    exchangeOrderId: report.exchangeOrderId,
    market: report.market,
    side: report.side,
    price: report.limit,
    quantity,
    fee: report.limit.mul(quantity).mul('0.0005'),
    feeAsset: script.feeAsset,
    at: 1_000,
  });

  const trading: Trading = {
    placeOrder: (order, clientOrderId): Promise<PlaceOutcome> => {
      sent += 1;
      if (script.answer === 'refused')
        return Promise.resolve({ outcome: 'rejected', code: script.refusal, detail: 'scripted' });
      if (script.answer === 'lost') {
        if (!script.neverArrives) take(order, clientOrderId);
        return Promise.resolve({ outcome: 'unknown', detail: 'timed out' });
      }
      return Promise.resolve({ outcome: 'accepted', exchangeOrderId: take(order, clientOrderId).exchangeOrderId });
    },
    findOrder: (_market, clientOrderId) =>
      query(() => {
        if (script.hidden > 0) {
          script.hidden -= 1;
          return null;
        }
        return orders.get(clientOrderId) ?? null;
      }),
    orderTrades: (_market, exchangeOrderId) =>
      query(() => {
        const rows = trades.get(exchangeOrderId) ?? [];
        return rows.slice(0, rows.length - script.lateTrades);
      }),
    openOrders: (_market: ExchangeSymbol) => query(() => []),
    ordersSince: (market) =>
      query(() => (script.historyHidden ? [] : [...orders.values()].filter((order) => order.market === market))),
    tradesSince: (market) => query(() => [...trades.values()].flat().filter((trade) => trade.market === market)),
    cancelOrder: (_market, clientOrderId) => {
      const order = orders.get(clientOrderId);
      if (order?.state !== 'open') return Promise.resolve('not_open');
      orders.set(clientOrderId, { ...order, state: 'canceled' });
      return Promise.resolve('canceled');
    },
    balances: () => query(() => new Map([['USDT', { asset: 'USDT', free: new Decimal(1_000), locked: ZERO }]])),
  };
  return { trading, script, sent: () => sent, orders };
}
