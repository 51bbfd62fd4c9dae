import type {
  ApprovedOrder,
  ClientOrderId,
  ExchangeSymbol,
  KeyStatus,
  RequestPriority,
  TradeReport,
} from '@mexc-bot/core';
import type { SignedEndpoint } from './endpoints.ts';
import {
  definiteCode,
  keyFaultOf,
  NO_SUCH_ORDER,
  OUTSIDE_RECV_WINDOW,
  toPlaceOutcome,
  toQueryFailed,
  UNKNOWN_ORDER,
} from './errors.ts';
import { createSignedClient, type MexcClientOptions, type MexcKeys, type SigningClock } from './mexc-client.ts';
import { type PlaceOutcome, QueryFailed, type Trading } from './port.ts';
import { parseApiSymbols, WIRE_ORDER_TYPE, WIRE_SIDE } from './wire-markets.ts';
import {
  parseBalances,
  parseCanceled,
  parseCreated,
  parseKeyRights,
  parseOrder,
  parseOrders,
  parseTrades,
} from './wire-orders.ts';

export interface MexcTrading extends Trading {
  /** Markets this key may trade by API. Throws {@link QueryFailed}. */
  tradableSymbols(): Promise<ReadonlySet<ExchangeSymbol>>;
  /** Asks what the key may do. Throws {@link QueryFailed} where the answer says nothing of the key. */
  checkKey(): Promise<KeyStatus>;
  close(): void;
}

export interface MexcTradingOptions extends MexcClientOptions, MexcKeys {
  readonly signing: SigningClock;
}

type Params = Readonly<Record<string, unknown>>;

/**
 * Wall ms after which a refused order is not sent again: together with the budget's patience and the request's time-out, an order
 * has left, or never will, well before its absence may be concluded.
 */
const RESEND_WITHIN_MS = 3_000;

/** The account behind a MEXC key. Live orders only: a paper order is refused before anything is sent. */
export function createMexcTrading(options: MexcTradingOptions): MexcTrading {
  const { clock, signing } = options;
  const { call, close } = createSignedClient(options, options, signing);

  let resyncing: Promise<boolean> | null = null;
  /** Requests refused together share one look at the exchange's clock. */
  const resync = (): Promise<boolean> => {
    resyncing ??= signing.resync().finally(() => {
      resyncing = null;
    });
    return resyncing;
  };

  /**
   * Where the exchange says our clock is wrong, nothing was done: the clock is set and the request sent once more, never twice.
   */
  async function signed(
    endpoint: SignedEndpoint,
    priority: RequestPriority,
    params: Params,
    resendWithinMs: number,
  ): Promise<unknown> {
    const from = clock.wallNow();
    try {
      return await call(endpoint, priority, params);
    } catch (error) {
      if (definiteCode(error) !== OUTSIDE_RECV_WINDOW || !(await resync())) throw error;
      if (clock.wallNow() - from > resendWithinMs) throw error;
    }
    return call(endpoint, priority, params);
  }

  const ask = (endpoint: SignedEndpoint, priority: RequestPriority, params: Params = {}): Promise<unknown> =>
    signed(endpoint, priority, params, Number.POSITIVE_INFINITY);

  const query = async (
    what: string,
    endpoint: SignedEndpoint,
    priority: RequestPriority,
    params?: Params,
  ): Promise<unknown> => {
    try {
      return await ask(endpoint, priority, params);
    } catch (error) {
      throw toQueryFailed(what, error);
    }
  };

  return {
    async placeOrder(order, clientOrderId) {
      const fault = faultOf(order, clientOrderId);
      if (fault !== null) return { outcome: 'rejected', code: 'unexpected', detail: `not sent: ${fault}` };
      let body: unknown;
      try {
        const priority = order.side === 'sell' ? 'exit' : 'entry';
        body = await signed('spotPrivatePostOrder', priority, orderParams(order, clientOrderId), RESEND_WITHIN_MS);
      } catch (error) {
        return toPlaceOutcome(error);
      }
      return readCreated(order.market, body);
    },

    async findOrder(market, clientOrderId) {
      let body: unknown;
      try {
        body = await ask('spotPrivateGetOrder', 'exit', { symbol: market, origClientOrderId: clientOrderId });
      } catch (error) {
        const code = definiteCode(error);
        if (code === NO_SUCH_ORDER || code === UNKNOWN_ORDER) return null;
        throw toQueryFailed(`order ${clientOrderId}`, error);
      }
      return parseOrder(market, clientOrderId, body);
    },

    async orderTrades(market, exchangeOrderId) {
      const what = `trades of ${exchangeOrderId}`;
      const trades = await allTrades(what, async (endTime) => {
        const params = { symbol: market, orderId: exchangeOrderId, limit: TRADES_PAGE, ...(endTime && { endTime }) };
        return parseTrades(market, await query(what, 'spotPrivateGetMyTrades', 'exit', params));
      });
      return trades.filter((trade) => trade.exchangeOrderId === exchangeOrderId);
    },

    async openOrders(market) {
      const body = await query(`open orders of ${market}`, 'spotPrivateGetOpenOrders', 'exit', { symbol: market });
      return parseOrders(`open orders of ${market}`, market, body);
    },

    async ordersSince(market, since) {
      const what = `orders of ${market}`;
      const params = { symbol: market, startTime: Math.floor(since), limit: ORDERS_PAGE };
      const orders = parseOrders(what, market, await query(what, 'spotPrivateGetAllOrders', 'exit', params));
      // part of them would be a wrong answer
      if (orders.length >= ORDERS_PAGE) throw new QueryFailed('other', `${what}: more than ${ORDERS_PAGE}`);
      return orders;
    },

    tradesSince: (market, since) =>
      allTrades(`trades of ${market}`, async (endTime) => {
        const params = {
          symbol: market,
          startTime: Math.floor(since),
          limit: TRADES_PAGE,
          ...(endTime && { endTime }),
        };
        return parseTrades(market, await query(`trades of ${market}`, 'spotPrivateGetMyTrades', 'exit', params));
      }),

    async cancelOrder(market, clientOrderId) {
      try {
        const params = { symbol: market, origClientOrderId: clientOrderId };
        parseCanceled(market, await ask('spotPrivateDeleteOrder', 'exit', params));
        return 'canceled';
      } catch (error) {
        // -2013 is not proof: MEXC says it of orders it has only just taken
        return definiteCode(error) === UNKNOWN_ORDER ? 'not_open' : 'unknown';
      }
    },

    async balances() {
      return parseBalances(await query('account', 'spotPrivateGetAccount', 'entry'));
    },
    async tradableSymbols() {
      return parseApiSymbols('selfSymbols', await query('selfSymbols', 'spotPrivateGetSelfSymbols', 'data'));
    },

    async checkKey() {
      let body: unknown;
      try {
        body = await ask('spotPrivateGetAccount', 'entry');
      } catch (error) {
        const fault = keyFaultOf(error);
        const failure = toQueryFailed('key check', error);
        if (fault === null) throw failure;
        return { state: 'refused', fault, detail: failure.message };
      }
      return { state: 'working', ...parseKeyRights(body) };
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
const ORDERS_PAGE = 1_000;

/**
 * All trades a query means: pages back in time while pages are full. Part of them would be a wrong answer, so a page that does not
 * lead further (more than a page within one second, to which MEXC rounds) is a failure.
 */
async function allTrades(
  what: string,
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
      throw new QueryFailed('other', `${what}: more than one page in one second`);
    }
    // the end is exclusive for some endpoints, and times are rounded to seconds: the overlap is removed by trade id
    endTime = Math.min(...page.map(({ at }) => at)) + 1;
  }
  return [...trades.values()].sort((a, b) => a.at - b.at);
}
