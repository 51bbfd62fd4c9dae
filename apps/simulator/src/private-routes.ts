import type { FastifyInstance } from 'fastify';
import { removedError } from './engine.ts';
import { REFUSED } from './exchange-error.ts';
import { MAKER_FEE, TAKER_FEE } from './fees.ts';
import { actionOf } from './gate.ts';
import { isVisible } from './order.ts';
import { orderRoutes } from './order-routes.ts';
import { apiSymbols, refuse } from './public-routes.ts';
import { type PrivateRoutesDeps, type SignedContext, type SignedHandler, signedBy, whole } from './signed.ts';
import { walletRoutes } from './wallet-routes.ts';
import { accountRow, orderRow, tradeRow } from './wire.ts';

export type { KeyedAccount, PrivateRoutesDeps } from './signed.ts';

const DAY_MS = 86_400_000;
const ALL_ORDERS_DEFAULT = 500;
const ALL_ORDERS_MAX = 1_000;
const ALL_ORDERS_WINDOW_MS = 7 * DAY_MS;
const MY_TRADES_MAX = 100;
const MY_TRADES_WINDOW_MS = 30 * DAY_MS;

/** Which stretch of a list is asked for, ms UTC, both ends inclusive. */
interface ListContext extends SignedContext {
  readonly symbol: string;
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

/** What only the holder of a key may ask: account, orders, trades. */
export function privateRoutes(app: FastifyInstance, deps: PrivateRoutesDeps): void {
  const { quotes, engine } = deps;
  const signed = signedBy(deps);
  orderRoutes(app, deps);
  walletRoutes(app, deps);

  app.get(
    '/api/v3/selfSymbols',
    signed(({ now }) => ({ code: 200, data: apiSymbols(quotes, now), msg: null })),
  );
  app.get(
    '/api/v3/account',
    signed(({ account, now, request }) => {
      const stale = actionOf(request, 'stale-balance');
      return accountRow(account, stale === undefined ? null : now - stale.seconds * 1_000);
    }),
  );
  app.get(
    '/api/v3/tradeFee',
    signed(({ parameters, now, reply }) => {
      const symbol = parameters.get('symbol');
      if (!symbol) return refuse(reply, REFUSED.missing('symbol'));
      if (!quotes.find(symbol, now)) return refuse(reply, removedError(quotes, symbol));
      const data = { makerCommission: MAKER_FEE.toNumber(), takerCommission: TAKER_FEE.toNumber() };
      return { data, code: 0, msg: 'success', timestamp: now };
    }),
  );

  const mxDeduct = ({ account, now }: SignedContext) => ({
    data: { mxDeductEnable: account.mxDeduct },
    code: 0,
    msg: 'success',
    timestamp: now,
  });
  app.get('/api/v3/mxDeduct/enable', signed(mxDeduct));
  app.post(
    '/api/v3/mxDeduct/enable',
    signed((context) => {
      const wanted = context.parameters.get('mxDeductEnable');
      if (wanted !== 'true' && wanted !== 'false') return refuse(context.reply, REFUSED.missing('mxDeductEnable'));
      context.account.mxDeduct = wanted === 'true';
      return mxDeduct(context);
    }),
  );

  app.get(
    '/api/v3/openOrders',
    signed(({ account, parameters, now, reply }) => {
      const symbol = parameters.get('symbol');
      if (symbol && !quotes.known(symbol)) return refuse(reply, REFUSED.unknownSymbol());
      return engine.ledger
        .open(account.id)
        .filter((order) => (!symbol || order.symbol === symbol) && isVisible(order, now))
        .map((order) => ({ ...orderRow(order), updateTime: null }));
    }),
  );

  /** The symbol and the window a list is asked for. */
  const listed = (
    handler: (context: ListContext) => unknown,
    defaults: { windowMs: number; maxWindowMs: number; limit: number; maxLimit: number },
  ): SignedHandler => {
    return (context) => {
      const { parameters, now, reply } = context;
      const symbol = parameters.get('symbol');
      if (!symbol) return refuse(reply, REFUSED.missing('symbol'));
      if (!quotes.known(symbol) || quotes.markets.removal(symbol) === 'unknown') {
        return refuse(reply, removedError(quotes, symbol));
      }
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
        ({ account, symbol, from, to, limit, now }) =>
          engine.ledger
            .orders()
            .filter((order) => order.accountId === account.id && order.symbol === symbol)
            .filter((order) => order.time >= from && order.time <= to && isVisible(order, now))
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
        ({ account, parameters, symbol, from, to, limit, now, request }) => {
          const orderId = parameters.get('orderId');
          const missingMs = (actionOf(request, 'missing-trades')?.seconds ?? 0) * 1_000;
          return (orderId ? engine.ledger.tradesOf(orderId) : engine.ledger.trades())
            .filter((trade) => trade.accountId === account.id && trade.symbol === symbol)
            .filter((trade) => trade.time >= from && trade.time <= Math.min(to, now - missingMs))
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
