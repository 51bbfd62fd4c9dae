import { Decimal, err, ok, type Result, ZERO } from '@mexc-bot/core';
import { type Account, balanceOf, lockFunds, moveBalance, unlockFunds } from './account.ts';
import { type ExchangeError, REFUSED } from './exchange-error.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { type Execution, matchOrder } from './matching.ts';
import { isOpen, type SimOrder } from './order.ts';
import { checkOrder, type OrderRequest } from './order-rules.ts';
import type { QuotedMarket, Quotes } from './quotes.ts';
import { fillResting } from './resting.ts';

export const TAKER_FEE = new Decimal('0.0005');
export const MAKER_FEE = ZERO;
const MAX_OPEN_ORDERS = 500;

/** How an order is named by its owner. */
export interface OrderKey {
  readonly symbol: string;
  readonly orderId?: string | undefined;
  readonly clientOrderId?: string | undefined;
}

/**
 * The exchange's accounts and orders against the quoted market. It reads no clock: every call is told the market time, and
 * times must not run backwards.
 */
export interface Engine {
  readonly ledger: Ledger;
  /** Counts changes of orders and balances. */
  revision(): number;
  /** Lets the market meet the resting orders up to `now`; every other call does so first. */
  advance(now: number): void;
  place(now: number, account: Account, request: OrderRequest): Result<SimOrder, ExchangeError>;
  cancel(now: number, account: Account, key: OrderKey): Result<SimOrder, ExchangeError>;
  find(now: number, account: Account, key: OrderKey): Result<SimOrder, ExchangeError>;
}

export interface EngineOptions {
  readonly quotes: Quotes;
  /** order and trade ids differ between seeds */
  readonly idSeed: number;
}

export function createEngine({ quotes, idSeed }: EngineOptions): Engine {
  const ledger = createLedger(idSeed);
  let settledTo: number | null = null;
  let revision = 0;

  /** Books one execution: a buy pays price and fee from what was set aside, a sale receives price less fee. */
  const execute = (
    order: SimOrder,
    market: QuotedMarket,
    execution: Execution,
    isMaker: boolean,
    now: number,
  ): void => {
    const account = ledger.account(order.accountId);
    const { base, quote } = market.listing;
    const cost = execution.price.mul(execution.quantity);
    const fee = cost.mul(isMaker ? MAKER_FEE : TAKER_FEE);
    const spent = order.side === 'BUY' ? cost.plus(fee) : execution.quantity;
    if (order.side === 'BUY') {
      moveBalance(account, quote, { locked: spent.neg() });
      moveBalance(account, base, { free: execution.quantity });
    } else {
      moveBalance(account, base, { locked: spent.neg() });
      moveBalance(account, quote, { free: cost.minus(fee) });
    }
    order.locked = order.locked.minus(spent);
    order.executed = order.executed.plus(execution.quantity);
    order.quoteExecuted = order.quoteExecuted.plus(cost);
    order.status = order.executed.eq(order.quantity) ? 'FILLED' : 'PARTIALLY_FILLED';
    order.updateTime = now;
    ledger.addTrade(order, execution, { fee, feeAsset: quote, isMaker, time: now });
    if (order.status === 'FILLED') release(order, market);
    revision += 1;
  };

  const release = (order: SimOrder, { listing }: QuotedMarket): void => {
    const asset = order.side === 'BUY' ? listing.quote : listing.base;
    unlockFunds(ledger.account(order.accountId), asset, order.locked);
    order.locked = ZERO;
    ledger.close(order);
    revision += 1;
  };

  const end = (order: SimOrder, market: QuotedMarket, now: number): void => {
    order.status = order.executed.gt(0) ? 'PARTIALLY_CANCELED' : 'CANCELED';
    order.updateTime = now;
    release(order, market);
  };

  const advance = (now: number): void => {
    settledTo = fillResting({
      orders: ledger.open(),
      from: settledTo ?? now,
      to: now,
      marketOf: (order) => quotes.find(order.symbol, now)!,
      fill: (order, market, execution, at) => execute(order, market, execution, true, at),
    });
  };

  const find = (account: Account, key: OrderKey): SimOrder | undefined => {
    const order =
      key.orderId !== undefined
        ? ledger.byId(key.orderId)
        : key.clientOrderId !== undefined
          ? ledger.byClientOrderId(account.id, key.clientOrderId)
          : undefined;
    return order?.accountId === account.id && order.symbol === key.symbol ? order : undefined;
  };

  return {
    ledger,
    revision: () => revision,
    advance,

    place(now, account, request) {
      advance(now);
      if (!request.symbol) return err(REFUSED.missing('symbol'));
      const market = quotes.find(request.symbol, now);
      if (!market) return err(REFUSED.unknownSymbol());
      const last = new Decimal(quotes.last(market, now).toFixed(market.listing.priceDecimals));
      const checked = checkOrder(request, market, last);
      if ('error' in checked) return err(checked.error);
      const { order: valid } = checked;
      if (valid.clientOrderId !== null && ledger.byClientOrderId(account.id, valid.clientOrderId)) {
        return err(REFUSED.duplicateClientOrderId());
      }
      if (ledger.open(account.id).length >= MAX_OPEN_ORDERS) return err(REFUSED.tooManyOrders());

      const { listing } = market;
      const buys = valid.side === 'BUY';
      // whether MEXC sets the fee aside too is not known; without it a buy for the whole balance could not pay its fee
      const locked = buys ? valid.price.mul(valid.quantity).mul(TAKER_FEE.plus(1)) : valid.quantity;
      const asset = buys ? listing.quote : listing.base;
      if (balanceOf(account, asset).free.lt(locked)) {
        return err(buys ? REFUSED.insufficientBalance() : REFUSED.oversold());
      }
      lockFunds(account, asset, locked);
      const order = ledger.addOrder(account.id, listing.symbol, valid, locked, now);
      revision += 1;

      const result = matchOrder(valid, market, quotes.book(market, now));
      for (const execution of result.executions) execute(order, market, execution, false, now);
      if (result.executed.gt(0)) {
        quotes.eat(market, buys ? 'asks' : 'bids', result.executed.div(market.stepSize).toNumber(), now);
      }
      if (isOpen(order) && !result.rests) end(order, market, now);
      return ok(order);
    },

    cancel(now, account, key) {
      advance(now);
      const order = find(account, key);
      if (!order || !isOpen(order)) return err(REFUSED.cannotCancel());
      end(order, quotes.find(order.symbol, now)!, now);
      return ok(order);
    },

    find(now, account, key) {
      advance(now);
      const order = find(account, key);
      return order ? ok(order) : err(REFUSED.orderNotFound());
    },
  };
}
