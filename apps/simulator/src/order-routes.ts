import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { OrderKey, PlaceEffects } from './engine.ts';
import { removedError } from './engine.ts';
import { REFUSED } from './exchange-error.ts';
import { actionOf } from './gate.ts';
import type { OrderRequest } from './order-rules.ts';
import { refuse } from './public-routes.ts';
import { type Parameters, type PrivateRoutesDeps, type SignedContext, type SignedHandler, signedBy } from './signed.ts';
import { createdOrder, orderRow } from './wire.ts';

const MOST_IN_BATCH = 20;
const MOST_SYMBOLS = 5;

const ORDER_FIELDS = ['symbol', 'side', 'type', 'quantity', 'quoteOrderQty', 'price', 'newClientOrderId'] as const;

const orderRequest = (text: (name: string) => string | undefined): OrderRequest =>
  Object.fromEntries(ORDER_FIELDS.map((name) => [name, text(name)]));

function orderKey(parameters: Parameters): OrderKey {
  return {
    symbol: parameters.get('symbol') ?? '',
    orderId: parameters.get('orderId') || undefined,
    clientOrderId: parameters.get('origClientOrderId') || undefined,
  };
}

/** What the request's fault does to the order at the exchange. */
function placeEffects(request: FastifyRequest): PlaceEffects {
  const partial = actionOf(request, 'partial-fill');
  const slow = actionOf(request, 'slow-fill');
  const hidden = actionOf(request, 'late-visibility');
  const lost = actionOf(request, 'lost-client-id');
  const odd = actionOf(request, 'odd-order-id');
  return {
    ...(partial && { fill: { share: partial.share, restCancelled: partial.rest === 'cancel' } }),
    ...(actionOf(request, 'no-liquidity') && { fill: { share: 0, restCancelled: true } }),
    ...(slow && { matchAfterMs: slow.seconds * 1_000 }),
    ...(hidden && { hiddenMs: hidden.seconds * 1_000 }),
    ...(lost && { lostClientId: lost.as === 'null' ? null : '' }),
    ...(odd && { oddOrderId: odd.as }),
  };
}

/** Placing, looking up and cancelling orders. */
export function orderRoutes(app: FastifyInstance, deps: PrivateRoutesDeps): void {
  const { quotes, engine } = deps;
  const signed = signedBy(deps);

  const place = ({ account, parameters, now, request, reply }: SignedContext) => {
    const placed = engine.place(
      now,
      account,
      orderRequest((name) => parameters.get(name)),
      placeEffects(request),
    );
    return placed.ok ? createdOrder(placed.value) : refuse(reply, placed.error);
  };
  app.post('/api/v3/order', signed(place));

  app.post(
    '/api/v3/order/test',
    signed(({ account, parameters, now, reply }) => {
      const refusal = engine.judge(
        now,
        account,
        orderRequest((name) => parameters.get(name)),
      );
      return refusal ? refuse(reply, refusal) : {};
    }),
  );

  app.post(
    '/api/v3/batchOrders',
    signed(({ account, parameters, now, request, reply }) => {
      const items = batchItems(parameters.get('batchOrders'));
      if (items === null || items.length === 0) return refuse(reply, REFUSED.missing('batchOrders'));
      if (items.length > MOST_IN_BATCH) return refuse(reply, REFUSED.tooManyItems('batchOrders', MOST_IN_BATCH));
      if (new Set(items.map(({ symbol }) => symbol)).size > 1) return refuse(reply, REFUSED.missing('symbol'));
      return items.map((item) => {
        const placed = engine.place(now, account, item, placeEffects(request));
        if (placed.ok) return { ...createdOrder(placed.value), newClientOrderId: item.newClientOrderId ?? null };
        const { code, msg } = placed.error;
        return { newClientOrderId: item.newClientOrderId ?? null, msg, code };
      });
    }),
  );

  /** One order named by `orderId` or `origClientOrderId`. */
  const oneOrder = (
    answer: (context: SignedContext, key: OrderKey) => ReturnType<typeof engine.find>,
  ): SignedHandler => {
    return (context) => {
      const { parameters, reply } = context;
      const key = orderKey(parameters);
      if (key.symbol === '') return refuse(reply, REFUSED.missing('symbol'));
      if (!isAskable(key.symbol)) return refuse(reply, removedError(quotes, key.symbol));
      if (key.orderId === undefined && key.clientOrderId === undefined)
        return refuse(reply, REFUSED.missing('orderId'));
      const found = answer(context, key);
      return found.ok ? orderRow(found.value) : refuse(reply, found.error);
    };
  };
  /** A symbol that is removed but for its orders is still answered for. */
  const isAskable = (symbol: string): boolean =>
    quotes.known(symbol) !== undefined && quotes.markets.removal(symbol) !== 'unknown';

  app.get('/api/v3/order', signed(oneOrder(({ now, account }, key) => engine.find(now, account, key))));
  app.delete(
    '/api/v3/order',
    signed(
      oneOrder(({ now, account, request }, key) =>
        engine.cancel(now, account, key, actionOf(request, 'fill-before-cancel')?.share ?? 0),
      ),
    ),
  );

  app.delete(
    '/api/v3/openOrders',
    signed(({ account, parameters, now, reply }) => {
      const symbols = (parameters.get('symbol') ?? '').split(',').filter((symbol) => symbol !== '');
      if (symbols.length === 0) return refuse(reply, REFUSED.missing('symbol'));
      if (symbols.length > MOST_SYMBOLS) return refuse(reply, REFUSED.tooManyItems('symbol', MOST_SYMBOLS));
      const unknown = symbols.find((symbol) => !isAskable(symbol));
      if (unknown !== undefined) return refuse(reply, removedError(quotes, unknown));
      return engine.cancelAll(now, account, symbols).map(orderRow);
    }),
  );
  app.delete(
    '/api/v3/order/all',
    signed(({ account, now }) => {
      engine.cancelAll(now, account);
      return { code: 200, msg: 'success', timestamp: now };
    }),
  );
}

/** @returns null where the parameter is not a JSON list of objects */
function batchItems(text: string | undefined): OrderRequest[] | null {
  let list: unknown;
  try {
    list = JSON.parse(text ?? '');
  } catch {
    return null;
  }
  if (!Array.isArray(list) || list.some((item) => typeof item !== 'object' || item === null)) return null;
  return (list as Record<string, unknown>[]).map((item) =>
    orderRequest((name) => (item[name] === undefined || item[name] === null ? undefined : String(item[name]))),
  );
}
