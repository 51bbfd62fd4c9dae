import {
  type ApprovedOrder,
  type ClientOrderId,
  type Clock,
  type Decimal,
  type Depth,
  type ExchangeSymbol,
  type Execution,
  floorToStep,
  limitPrice,
  type Market,
  type OrderReport,
  type PaperAccount,
  type PaperBook,
  type PaperSettlement,
  roundToTick,
  type TradeReport,
  totalsOf,
  walkDepth,
  ZERO,
} from '@mexc-bot/core';
import { type MarketData, type PlaceOutcome, QueryFailed, type RejectCode, type Trading } from './port.ts';

export interface PaperTradingOptions {
  /** live market data: all this adapter ever asks of an exchange */
  readonly marketData: Pick<MarketData, 'depth'>;
  /** what is known of a market; undefined where it is not listed */
  readonly marketOf: (market: ExchangeSymbol) => Market | undefined;
  readonly book: PaperBook;
  readonly clock: Clock;
  /** market ms between an order and the book it meets */
  readonly latencyMs: number;
}

/** Levels a side; a paper order does not see further. */
const DEPTH_LEVELS = 100;

type Rejection = Extract<PlaceOutcome, { outcome: 'rejected' }>;

const rejected = (code: RejectCode, detail: string): Rejection => ({ outcome: 'rejected', code, detail });

/**
 * An account of paper money on live market data. An order meets the order book as a taker, `latencyMs` after it was placed, and is
 * final at once: what the book does not give within its limit is canceled. Fees are charged in quote. It is handed market data
 * only, so it has no way to send an order anywhere.
 */
export function createPaperTrading({ marketData, marketOf, book, clock, latencyMs }: PaperTradingOptions): Trading {
  function settle(order: ApprovedOrder, clientOrderId: ClientOrderId, market: Market, depth: Depth): PlaceOutcome {
    let outcome: PlaceOutcome = rejected('other', 'the paper book did not ask for a decision');
    book.settle((account) => {
      // asked inside the transaction: another process may have settled this order since
      const existing = book.findOrder(order.market, clientOrderId);
      if (existing !== null) {
        outcome = { outcome: 'accepted', exchangeOrderId: existing.exchangeOrderId };
        return null;
      }
      const shortage = shortageOf(order, market, depth, account);
      if (shortage !== null) {
        outcome = rejected('insufficient_funds', shortage);
        return null;
      }
      const executions = walkDepth(order, depth, market.rules);
      const settlement = settlementOf(order, clientOrderId, market, executions, account, clock.now());
      outcome = { outcome: 'accepted', exchangeOrderId: settlement.order.exchangeOrderId };
      return settlement;
    });
    return outcome;
  }

  async function place(order: ApprovedOrder, clientOrderId: ClientOrderId): Promise<PlaceOutcome> {
    if (order.mode !== 'test') return rejected('other', 'a live order must not be filled with paper money');
    const existing = book.findOrder(order.market, clientOrderId);
    if (existing !== null) return { outcome: 'accepted', exchangeOrderId: existing.exchangeOrderId };
    if (order.type !== 'ioc' && order.type !== 'market') {
      return rejected('order_type_not_allowed', `paper money trades ioc and market orders, not ${order.type}`);
    }

    const market = marketOf(order.market);
    if (market === undefined) return rejected('market_not_tradable', `${order.market} is not listed`);
    const refusal = refusalOf(order, market);
    if (refusal !== null) return refusal;

    await clock.sleep(latencyMs);
    let depth: Depth;
    try {
      depth = await marketData.depth(order.market, DEPTH_LEVELS);
    } catch (error) {
      // definite: without a book nothing was executed, and nothing is kept
      return rejected('other', `no order book to fill against: ${textOf(error)}`);
    }
    return settle(order, clientOrderId, market, depth);
  }

  return {
    async placeOrder(order, clientOrderId) {
      try {
        return await place(order, clientOrderId);
      } catch (error) {
        // the book failed, perhaps after it had committed: looking the order up tells
        return { outcome: 'unknown', detail: `paper book: ${textOf(error)}` };
      }
    },
    findOrder: async (market, clientOrderId) => fromBook(() => book.findOrder(market, clientOrderId)),
    orderTrades: async (market, exchangeOrderId) => fromBook(() => book.orderTrades(market, exchangeOrderId)),
    openOrders: async () => [],
    // paper orders have no date; all of a market's are what was asked for and more
    ordersSince: async (market) => fromBook(() => book.marketOrders(market)),
    tradesSince: async (market, since) =>
      fromBook(() => book.marketTrades(market)).filter((trade) => trade.at >= since),
    cancelOrder: async () => 'not_open',
    balances: async () =>
      fromBook(
        () =>
          new Map(
            [...book.account()]
              .filter(([, free]) => !free.isZero())
              .map(([asset, free]) => [asset, { asset, free, locked: ZERO }]),
          ),
      ),
  };
}

/** What MEXC itself would refuse. */
function refusalOf({ side, type, price, quantity }: ApprovedOrder, market: Market): Rejection | null {
  const { rules } = market;
  if (market.status !== 'online' || !market.apiTradable)
    return rejected('market_not_tradable', `${market.id} is closed`);
  if (market.sides !== 'both' && market.sides !== side) {
    return rejected('market_not_tradable', `${market.id} takes no ${side} orders`);
  }
  if (!(quantity.isFinite() && quantity.gt(0) && floorToStep(quantity, rules.stepSize).eq(quantity))) {
    return rejected('other', `quantity ${quantity} is not on the step ${rules.stepSize}`);
  }
  if (!(price.isFinite() && price.gt(0))) return rejected('other', `price ${price} is not > 0`);
  if (type !== 'market' && !roundToTick(price, rules.tickSize, side).eq(price)) {
    return rejected('other', `price ${price} is not on the tick ${rules.tickSize}`);
  }
  const notional = price.mul(quantity);
  if (quantity.lt(rules.minQuantity) || notional.lt(rules.minNotional)) {
    return rejected('below_minimum', `${quantity} for ${notional} ${market.quote}`);
  }
  if (notional.gt(rules.maxNotional)) return rejected('above_maximum', `${notional} ${market.quote}`);
  return null;
}

/** An exchange sets aside the whole order at its limit before it matches; the fee must fit on top of a buy. */
function shortageOf(order: ApprovedOrder, market: Market, depth: Depth, account: PaperAccount): string | null {
  const [asset, needed] =
    order.side === 'sell'
      ? [market.base, order.quantity]
      : [market.quote, costAtLimit(order, depth).mul(market.rules.takerFeeRate.plus(1))];
  const free = account.get(asset) ?? ZERO;
  return free.gte(needed) ? null : `needs ${needed} ${asset}, has ${free}`;
}

const costAtLimit = (order: ApprovedOrder, depth: Depth): Decimal =>
  (limitPrice(order, depth) ?? ZERO).mul(order.quantity);

function settlementOf(
  order: ApprovedOrder,
  clientOrderId: ClientOrderId,
  market: Market,
  executions: readonly Execution[],
  account: PaperAccount,
  at: number,
): PaperSettlement {
  const exchangeOrderId = `paper-${clientOrderId}`;
  const { quantity, notional, fee } = totalsOf(executions);
  const report: OrderReport = {
    clientOrderId,
    exchangeOrderId,
    market: order.market,
    side: order.side,
    state: quantity.eq(order.quantity) ? 'filled' : 'canceled',
    quantity: order.quantity,
    filled: quantity,
  };
  const trades = executions.map(
    (execution, index): TradeReport => ({
      ...execution,
      // padded, so that trades of one moment sort as they happened
      tradeId: `${exchangeOrderId}-${String(index + 1).padStart(3, '0')}`,
      exchangeOrderId,
      market: order.market,
      side: order.side,
      feeAsset: market.quote,
      at,
    }),
  );
  const bought = order.side === 'buy';
  const after = new Map(account);
  const base = account.get(market.base) ?? ZERO;
  const quote = account.get(market.quote) ?? ZERO;
  after.set(market.base, bought ? base.plus(quantity) : base.minus(quantity));
  after.set(market.quote, bought ? quote.minus(notional).minus(fee) : quote.plus(notional).minus(fee));
  return { order: report, trades, account: after };
}

function fromBook<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new QueryFailed('other', `paper book: ${textOf(error)}`, { cause: error });
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
