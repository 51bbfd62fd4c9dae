import type { ApprovedOrder, ClientOrderId, ExchangeSymbol, TradeReport } from '@mexc-bot/core';
import { definiteCode, NO_SUCH_ORDER, toPlaceOutcome, toQueryFailed, UNKNOWN_ORDER } from './errors.ts';
import { createSignedClient, type MexcClientOptions, type MexcKeys } from './mexc-client.ts';
import { type PlaceOutcome, QueryFailed, type Trading } from './port.ts';
import { parseApiSymbols, WIRE_ORDER_TYPE, WIRE_SIDE } from './wire-markets.ts';
import { parseBalances, parseCanceled, parseCreated, parseOpenOrders, parseOrder, parseTrades } from './wire-orders.ts';

export interface MexcTrading extends Trading {
  /** Markets this key may trade by API. Throws {@link QueryFailed}. */
  tradableSymbols(): Promise<ReadonlySet<ExchangeSymbol>>;
  close(): void;
}

/** The account behind a MEXC key. Live orders only: a paper order is refused before anything is sent. */
export function createMexcTrading(options: MexcClientOptions & MexcKeys): MexcTrading {
  const { api, close } = createSignedClient(options, options);

  const query = async (what: string, request: Promise<unknown>): Promise<unknown> => {
    try {
      return await request;
    } catch (error) {
      throw toQueryFailed(what, error);
    }
  };

  return {
    async placeOrder(order, clientOrderId) {
      const fault = faultOf(order, clientOrderId);
      if (fault !== null) return { outcome: 'rejected', code: 'other', detail: `not sent: ${fault}` };
      let body: unknown;
      try {
        body = await api.spotPrivatePostOrder(orderParams(order, clientOrderId));
      } catch (error) {
        return toPlaceOutcome(error);
      }
      return readCreated(order.market, body);
    },

    async findOrder(market, clientOrderId) {
      let body: unknown;
      try {
        body = await api.spotPrivateGetOrder({ symbol: market, origClientOrderId: clientOrderId });
      } catch (error) {
        const code = definiteCode(error);
        if (code === NO_SUCH_ORDER || code === UNKNOWN_ORDER) return null;
        throw toQueryFailed(`order ${clientOrderId}`, error);
      }
      return parseOrder(market, clientOrderId, body);
    },

    orderTrades: (market, exchangeOrderId) =>
      allTrades(market, exchangeOrderId, async (endTime) => {
        const params = { symbol: market, orderId: exchangeOrderId, limit: TRADES_PAGE, ...(endTime && { endTime }) };
        return parseTrades(market, await query(`trades of ${exchangeOrderId}`, api.spotPrivateGetMyTrades(params)));
      }),

    async openOrders(market) {
      const body = await query(`open orders of ${market}`, api.spotPrivateGetOpenOrders({ symbol: market }));
      return parseOpenOrders(market, body);
    },

    async cancelOrder(market, clientOrderId) {
      try {
        parseCanceled(market, await api.spotPrivateDeleteOrder({ symbol: market, origClientOrderId: clientOrderId }));
        return 'canceled';
      } catch (error) {
        // -2013 is not proof: MEXC says it of orders it has only just taken
        return definiteCode(error) === UNKNOWN_ORDER ? 'not_open' : 'unknown';
      }
    },

    async balances() {
      return parseBalances(await query('account', api.spotPrivateGetAccount()));
    },
    async tradableSymbols() {
      return parseApiSymbols('selfSymbols', await query('selfSymbols', api.spotPrivateGetSelfSymbols()));
    },
    close,
  };
}

const CLIENT_ORDER_ID = /^[A-Za-z0-9_-]{1,32}$/;

/** @returns why the order must not be sent, or null */
function faultOf(order: ApprovedOrder, clientOrderId: ClientOrderId): string | null {
  if (order.mode !== 'live') return 'a paper order must not reach the exchange';
  if (!CLIENT_ORDER_ID.test(clientOrderId)) return `client order id ${clientOrderId} is not 1 to 32 of A-Z a-z 0-9 _ -`;
  if (!(order.quantity.isFinite() && order.quantity.gt(0))) return `quantity ${order.quantity} is not > 0`;
  if (!(order.price.isFinite() && order.price.gt(0))) return `price ${order.price} is not > 0`;
  return null;
}

/**
 * Every parameter there is, spelled out: MEXC spot has no stop, trigger or OCO orders, and ccxt would send a `stopLossPrice`
 * along on what is then a plain live limit order.
 */
function orderParams(order: ApprovedOrder, clientOrderId: ClientOrderId): Readonly<Record<string, string>> {
  return {
    symbol: order.market,
    side: WIRE_SIDE[order.side],
    type: WIRE_ORDER_TYPE[order.type],
    quantity: order.quantity.toFixed(),
    ...(order.type !== 'market' && { price: order.price.toFixed() }),
    newClientOrderId: clientOrderId,
  };
}

/** An answer that cannot be read says nothing of the order. */
function readCreated(market: ExchangeSymbol, body: unknown): PlaceOutcome {
  try {
    return { outcome: 'accepted', ...parseCreated(market, body) };
  } catch (error) {
    return { outcome: 'unknown', detail: error instanceof Error ? error.message : String(error) };
  }
}

/** Most rows MEXC returns at once. */
const TRADES_PAGE = 100;

/**
 * All trades of one order: pages back in time while pages are full. Part of them would be a wrong answer, so a page that does not
 * lead further (more than a page within one second, to which MEXC rounds) is a failure.
 */
async function allTrades(
  market: ExchangeSymbol,
  exchangeOrderId: string,
  readPage: (endTime: number | undefined) => Promise<readonly TradeReport[]>,
): Promise<readonly TradeReport[]> {
  const trades = new Map<string, TradeReport>();
  let endTime: number | undefined;
  for (;;) {
    const page = await readPage(endTime);
    const known = trades.size;
    for (const trade of page) trades.set(trade.tradeId, trade);
    if (page.length < TRADES_PAGE) break;
    if (trades.size === known) {
      throw new QueryFailed('other', `trades of ${exchangeOrderId} in ${market}: more than one page in one second`);
    }
    // the end is exclusive for some endpoints, and times are rounded to seconds: the overlap is removed by trade id
    endTime = Math.min(...page.map(({ at }) => at)) + 1;
  }
  return [...trades.values()].filter((trade) => trade.exchangeOrderId === exchangeOrderId).sort((a, b) => a.at - b.at);
}
