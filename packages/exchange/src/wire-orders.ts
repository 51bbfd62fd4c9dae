import type { ClientOrderId, Decimal, ExchangeSymbol, OrderReport, Side, TradeReport } from '@mexc-bot/core';
import { z } from 'zod';
import type { Balance } from './port.ts';
import { id, malformed, millis, nonNegative, parseWire, positive } from './wire.ts';

const STATE = {
  NEW: 'open',
  PARTIALLY_FILLED: 'open',
  FILLED: 'filled',
  CANCELED: 'canceled',
  PARTIALLY_CANCELED: 'canceled',
} as const satisfies Record<string, OrderReport['state']>;

const side = z.enum(['BUY', 'SELL']).transform((value): Side => (value === 'BUY' ? 'buy' : 'sell'));

const orderRow = z
  .object({
    symbol: z.string(),
    orderId: id,
    clientOrderId: z.string().nullish(),
    /** recorded rows have `origQty`, the documents say `Qty` */
    origQty: positive.optional(),
    Qty: positive.optional(),
    executedQty: nonNegative,
    /** MEXC's spelling; only a help, so what cannot be read of it is no reason to refuse the order */
    cummulativeQuoteQty: nonNegative.nullish().catch(null),
    price: nonNegative.nullish(),
    status: z.enum(['NEW', 'PARTIALLY_FILLED', 'FILLED', 'CANCELED', 'PARTIALLY_CANCELED']),
    side,
  })
  .transform(({ origQty, Qty, ...row }, context) => {
    const quantity = origQty ?? Qty;
    if (quantity !== undefined) return { ...row, quantity };
    context.addIssue({ code: 'custom', path: ['origQty'], message: 'missing' });
    return z.NEVER;
  });

function toReport(what: string, market: ExchangeSymbol, row: z.infer<typeof orderRow>): OrderReport {
  const state = STATE[row.status];
  if (row.symbol !== market) throw malformed(what, `an order of ${row.symbol}`);
  if (row.executedQty.gt(row.quantity)) throw malformed(what, `${row.executedQty} filled of ${row.quantity}`);
  if (state === 'filled' && row.executedQty.lte(0)) throw malformed(what, 'filled, with nothing executed');
  return {
    clientOrderId: row.clientOrderId ? row.clientOrderId : null,
    exchangeOrderId: row.orderId,
    market,
    side: row.side,
    state,
    quantity: row.quantity,
    filled: row.executedQty,
    ...(row.cummulativeQuoteQty ? { notional: row.cummulativeQuoteQty } : {}),
    ...(row.price ? { price: row.price } : {}),
  };
}

/** `GET /order` by client id. The answer may have lost that id; one with another id is refused. */
export function parseOrder(market: ExchangeSymbol, clientOrderId: ClientOrderId, body: unknown): OrderReport {
  const what = `order ${clientOrderId}`;
  const report = toReport(what, market, parseWire(what, orderRow, body));
  if (report.clientOrderId !== null && report.clientOrderId !== clientOrderId) {
    throw malformed(what, `another order, ${report.clientOrderId}`);
  }
  return { ...report, clientOrderId };
}

/** `GET /openOrders` and `GET /allOrders`. */
export function parseOrders(what: string, market: ExchangeSymbol, body: unknown): readonly OrderReport[] {
  return parseWire(what, z.array(orderRow), body).map((row) => toReport(what, market, row));
}

/** `POST /order`: neither state nor fills nor client id, only the exchange's own id is of use. */
export function parseCreated(market: ExchangeSymbol, body: unknown): { readonly exchangeOrderId: string } {
  const row = parseWire('new order', z.object({ symbol: z.string().optional(), orderId: id }), body);
  if (row.symbol !== undefined && row.symbol !== market) throw malformed('new order', `an order of ${row.symbol}`);
  return { exchangeOrderId: row.orderId };
}

/** `DELETE /order`: the order as it was canceled. */
export function parseCanceled(market: ExchangeSymbol, body: unknown): void {
  const row = parseWire('canceled order', z.object({ symbol: z.string(), orderId: id }), body);
  if (row.symbol !== market) throw malformed('canceled order', `an order of ${row.symbol}`);
}

const tradeRow = z.object({
  symbol: z.string(),
  id,
  orderId: id,
  price: positive,
  qty: positive,
  commission: nonNegative,
  commissionAsset: z.string().min(1),
  time: millis,
  isBuyer: z.boolean(),
});

/** `GET /myTrades`, in the order they come. */
export function parseTrades(market: ExchangeSymbol, body: unknown): readonly TradeReport[] {
  const what = `trades of ${market}`;
  return parseWire(what, z.array(tradeRow), body).map((row) => {
    if (row.symbol !== market) throw malformed(what, `a trade of ${row.symbol}`);
    return {
      tradeId: row.id,
      exchangeOrderId: row.orderId,
      market,
      side: row.isBuyer ? 'buy' : 'sell',
      price: row.price,
      quantity: row.qty,
      fee: row.commission,
      feeAsset: row.commissionAsset,
      at: row.time,
    };
  });
}

const accountBody = z.object({
  balances: z.array(z.object({ asset: z.string().min(1), free: nonNegative, locked: nonNegative })),
});

/** `GET /account`: assets with something in them. */
export function parseBalances(body: unknown): ReadonlyMap<string, Balance> {
  const balances = new Map<string, Balance>();
  for (const { asset, free, locked } of parseWire('account', accountBody, body).balances) {
    if (balances.has(asset)) throw malformed('account', `${asset} is listed twice`);
    if (!isEmpty(free, locked)) balances.set(asset, { asset, free, locked });
  }
  return balances;
}

const keyRights = z.object({
  canTrade: z.boolean(),
  canWithdraw: z.boolean(),
  canDeposit: z.boolean(),
  permissions: z
    .array(z.string())
    .nullish()
    .transform((list) => list ?? []),
});

/** `GET /account`: what the key may do. */
export const parseKeyRights = (body: unknown) => parseWire('account', keyRights, body);

const isEmpty = (free: Decimal, locked: Decimal): boolean => free.isZero() && locked.isZero();
