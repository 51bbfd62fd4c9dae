import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Account } from './account.ts';
import { authRefusal, parametersOf } from './auth.ts';
import type { Engine, OrderKey } from './engine.ts';
import { REFUSED } from './exchange-error.ts';
import type { MarketClock } from './market-clock.ts';
import { apiSymbols, refuse } from './public-routes.ts';
import type { Quotes } from './quotes.ts';
import { accountRow, createdOrder, orderRow, tradeRow } from './wire.ts';

const DAY_MS = 86_400_000;
const ALL_ORDERS_DEFAULT = 500;
const ALL_ORDERS_MAX = 1_000;
const ALL_ORDERS_WINDOW_MS = 7 * DAY_MS;
const MY_TRADES_MAX = 100;
const MY_TRADES_WINDOW_MS = 30 * DAY_MS;

/** One API key and the account it opens. */
export interface KeyedAccount {
  readonly secret: string;
  readonly account: Account;
}

export interface PrivateRoutesDeps {
  readonly quotes: Quotes;
  readonly engine: Engine;
  readonly clock: MarketClock;
  /** by API key */
  readonly keys: ReadonlyMap<string, KeyedAccount>;
}

type Parameters = ReadonlyMap<string, string>;

interface Context {
  readonly account: Account;
  readonly parameters: Parameters;
  readonly now: number;
  readonly reply: FastifyReply;
}
type Handler = (context: Context) => unknown;

/** Which stretch of a list is asked for, ms UTC, both ends inclusive. */
interface ListContext extends Context {
  readonly symbol: string;
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

function orderKey(parameters: Parameters): OrderKey {
  return {
    symbol: parameters.get('symbol') ?? '',
    orderId: parameters.get('orderId') || undefined,
    clientOrderId: parameters.get('origClientOrderId') || undefined,
  };
}

/** A time or a limit; the fallback where it is absent, null where it is not a whole number. */
function whole(parameters: Parameters, name: string, fallback: number): number | null {
  const text = parameters.get(name);
  if (text === undefined || text === '') return fallback;
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** What only the holder of a key may ask: account, orders, trades. */
export function privateRoutes(app: FastifyInstance, { quotes, engine, clock, keys }: PrivateRoutesDeps): void {
  const signed = (handler: Handler) => (request: FastifyRequest, reply: FastifyReply) => {
    const contentType = request.headers['content-type'] ?? '';
    if (request.method !== 'GET' && !contentType.startsWith('application/json')) {
      return refuse(reply, REFUSED.invalidContentType());
    }
    const question = request.raw.url!.indexOf('?');
    const query = question < 0 ? '' : request.raw.url!.slice(question + 1);
    const body = typeof request.body === 'string' ? request.body : '';
    const parameters = parametersOf(query, body);
    if (parameters === null) return refuse(reply, REFUSED.missing('body'));

    const apiKey = request.headers['x-mexc-apikey'];
    const raw = { apiKey: typeof apiKey === 'string' ? apiKey : undefined, query, body };
    const refusal = authRefusal(raw, parameters, (key) => keys.get(key)?.secret, clock);
    if (refusal) return refuse(reply, refusal);
    const now = clock.now();
    engine.advance(now);
    return handler({ account: keys.get(raw.apiKey!)!.account, parameters, now, reply });
  };

  app.get(
    '/api/v3/selfSymbols',
    signed(({ now }) => ({ code: 200, data: apiSymbols(quotes, now), msg: null })),
  );
  app.get(
    '/api/v3/account',
    signed(({ account }) => accountRow(account)),
  );
  app.get(
    '/api/v3/capital/config/getall',
    signed(() => []),
  );

  app.post(
    '/api/v3/order',
    signed(({ account, parameters, now, reply }) => {
      const request = {
        symbol: parameters.get('symbol'),
        side: parameters.get('side'),
        type: parameters.get('type'),
        quantity: parameters.get('quantity'),
        quoteOrderQty: parameters.get('quoteOrderQty'),
        price: parameters.get('price'),
        newClientOrderId: parameters.get('newClientOrderId'),
      };
      const placed = engine.place(now, account, request);
      return placed.ok ? createdOrder(placed.value) : refuse(reply, placed.error);
    }),
  );

  /** One order named by `orderId` or `origClientOrderId`. */
  const oneOrder = (answer: 'find' | 'cancel'): Handler => {
    return ({ account, parameters, now, reply }) => {
      const key = orderKey(parameters);
      if (key.symbol === '') return refuse(reply, REFUSED.missing('symbol'));
      if (!quotes.find(key.symbol, now)) return refuse(reply, REFUSED.unknownSymbol());
      if (key.orderId === undefined && key.clientOrderId === undefined)
        return refuse(reply, REFUSED.missing('orderId'));
      const found = engine[answer](now, account, key);
      return found.ok ? orderRow(found.value) : refuse(reply, found.error);
    };
  };
  app.get('/api/v3/order', signed(oneOrder('find')));
  app.delete('/api/v3/order', signed(oneOrder('cancel')));

  app.get(
    '/api/v3/openOrders',
    signed(({ account, parameters, now, reply }) => {
      const symbol = parameters.get('symbol');
      if (symbol && !quotes.find(symbol, now)) return refuse(reply, REFUSED.unknownSymbol());
      return engine.ledger
        .open(account.id)
        .filter((order) => !symbol || order.symbol === symbol)
        .map((order) => ({ ...orderRow(order), updateTime: null }));
    }),
  );

  /** The symbol and the window a list is asked for. */
  const listed = (
    handler: (context: ListContext) => unknown,
    defaults: { windowMs: number; maxWindowMs: number; limit: number; maxLimit: number },
  ): Handler => {
    return (context) => {
      const { parameters, now, reply } = context;
      const symbol = parameters.get('symbol');
      if (!symbol) return refuse(reply, REFUSED.missing('symbol'));
      if (!quotes.find(symbol, now)) return refuse(reply, REFUSED.unknownSymbol());
      const to = whole(parameters, 'endTime', now);
      if (to === null) return refuse(reply, REFUSED.missing('endTime'));
      const from = whole(parameters, 'startTime', to - defaults.windowMs);
      if (from === null) return refuse(reply, REFUSED.missing('startTime'));
      const limit = whole(parameters, 'limit', defaults.limit);
      if (!limit) return refuse(reply, REFUSED.missing('limit'));
      const earliest = now - defaults.maxWindowMs;
      return handler({
        ...context,
        symbol,
        from: Math.max(from, earliest),
        to,
        limit: Math.min(limit, defaults.maxLimit),
      });
    };
  };

  app.get(
    '/api/v3/allOrders',
    signed(
      listed(
        ({ account, symbol, from, to, limit }) =>
          engine.ledger
            .orders()
            .filter((order) => order.accountId === account.id && order.symbol === symbol)
            .filter((order) => order.time >= from && order.time <= to)
            .slice(-limit)
            .reverse()
            .map(orderRow),
        { windowMs: DAY_MS, maxWindowMs: ALL_ORDERS_WINDOW_MS, limit: ALL_ORDERS_DEFAULT, maxLimit: ALL_ORDERS_MAX },
      ),
    ),
  );

  app.get(
    '/api/v3/myTrades',
    signed(
      listed(
        ({ account, parameters, symbol, from, to, limit }) => {
          const orderId = parameters.get('orderId');
          return (orderId ? engine.ledger.tradesOf(orderId) : engine.ledger.trades())
            .filter((trade) => trade.accountId === account.id && trade.symbol === symbol)
            .filter((trade) => trade.time >= from && trade.time <= to)
            .slice(-limit)
            .reverse()
            .map(tradeRow);
        },
        {
          windowMs: MY_TRADES_WINDOW_MS,
          maxWindowMs: MY_TRADES_WINDOW_MS,
          limit: MY_TRADES_MAX,
          maxLimit: MY_TRADES_MAX,
        },
      ),
    ),
  );
}
