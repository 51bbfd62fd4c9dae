import { Decimal, err, floorToStep, ok, type Result } from '@mexc-bot/core';
import { type Account, balanceOf } from './account.ts';
import { type Behaviour, type BehaviourChange, changed, DEFAULT_BEHAVIOUR } from './behaviour.ts';
import type { EngineEvent } from './engine-events.ts';
import { type ExchangeError, REFUSED } from './exchange-error.ts';
import type { MarketEvent } from './faults/market-events.ts';
import { MX, TAKER_FEE } from './fees.ts';
import { createLedger, type Ledger } from './ledger.ts';
import {
  applyToMarkets,
  createMarketScript,
  type MarketScript,
  prepareListing,
  type ScriptedEvent,
} from './market-script.ts';
import { matchOrder, type TakerResult, takePart } from './matching.ts';
import { isOpen, isVisible, type SimOrder } from './order.ts';
import { checkOrder, type OrderRequest, type ValidOrder } from './order-rules.ts';
import type { QuotedMarket, Quotes } from './quotes.ts';
import { fillResting } from './resting.ts';
import { createScriptedChanges } from './scripted-changes.ts';
import { createSettlement } from './settlement.ts';

const MAX_OPEN_ORDERS = 500;

/** How an order is named by its owner. */
export interface OrderKey {
  readonly symbol: string;
  readonly orderId?: string | undefined;
  readonly clientOrderId?: string | undefined;
}

/** What goes wrong with a new order at the exchange. */
export interface PlaceEffects {
  /** share of what the book would fill; what is left is cancelled, or (LIMIT only) rests */
  readonly fill?: { readonly share: number; readonly restCancelled: boolean };
  /** it meets the book only so much later, market ms */
  readonly matchAfterMs?: number;
  /** nobody finds it for so long, market ms */
  readonly hiddenMs?: number;
  readonly lostClientId?: null | '';
  readonly oddOrderId?: 'hex' | 'C01' | 'number';
}

/**
 * The exchange's accounts and orders against the quoted market. It reads no clock: every call is told the market time, and
 * times must not run backwards.
 */
export interface Engine {
  readonly ledger: Ledger;
  /** Counts changes of orders and balances. */
  revision(): number;
  /** Lets the market meet the resting orders, and scripted events happen, up to `now`; every other call does so first. */
  advance(now: number): void;
  /** @returns why such an order would be refused; null: it would be placed */
  judge(now: number, account: Account, request: OrderRequest): ExchangeError | null;
  place(now: number, account: Account, request: OrderRequest, effects?: PlaceEffects): Result<SimOrder, ExchangeError>;
  /** @param filledFirst share of what is left that fills before the cancellation arrives */
  cancel(now: number, account: Account, key: OrderKey, filledFirst?: number): Result<SimOrder, ExchangeError>;
  /** Cancels the account's open orders, of some markets or of all. */
  cancelAll(now: number, account: Account, symbols?: readonly string[]): readonly SimOrder[];
  find(now: number, account: Account, key: OrderKey): Result<SimOrder, ExchangeError>;
  readonly script: MarketScript;
  /**
   * Scripts what will happen to the market; symbols must have been checked.
   *
   * @param origin what `"+90s"` counts from, ms UTC
   */
  schedule(events: readonly MarketEvent[], origin: number): readonly ScriptedEvent[];
  /**
   * Takes up a run that had got to `marketTime`: events up to then, whichever plan they came from, happen again in the order of
   * their time. They changed orders and balances already: only the market changes again.
   */
  replay(marketTime: number): void;
  /** Forgets orders and trades; accounts are the caller's to set back. */
  reset(): void;
  behaviour(): Behaviour;
  setBehaviour(change: BehaviourChange): void;
}

export interface EngineOptions {
  readonly quotes: Quotes;
  /** order and trade ids differ between seeds */
  readonly idSeed: number;
  readonly behaviour?: Behaviour;
  /** told of every change at the moment it is booked, in the order of booking; it must not call the engine */
  readonly onEvent?: (event: EngineEvent) => void;
}

/** A new order, before it is booked: refused, the same as one before it, or valid and paid for. */
type Judged =
  | { readonly error: ExchangeError }
  | { readonly twin: SimOrder }
  | {
      readonly market: QuotedMarket;
      readonly valid: ValidOrder;
      readonly asset: string;
      readonly locked: Decimal;
    };

export function createEngine({ quotes, idSeed, behaviour: asked, onEvent }: EngineOptions): Engine {
  const ledger = createLedger(idSeed);
  const script = createMarketScript();
  let behaviour = asked ?? DEFAULT_BEHAVIOUR;
  let settledTo: number | null = null;
  let revision = 0;
  /** orders that meet the book later; found again after a restart */
  let waiting: SimOrder[] | null = null;

  const mxPrice = (now: number): Decimal => {
    const market = quotes.find(`${MX}USDT`, now);
    return market
      ? new Decimal(quotes.last(market, now).toFixed(market.listing.priceDecimals))
      : new Decimal(behaviour.mxPrice);
  };
  const onChange = (): void => {
    revision += 1;
  };
  const settlement = createSettlement({ ledger, mxPrice, onEvent, onChange });
  const scripted = createScriptedChanges({ ledger, quotes, settlement, onChange });

  const happen = (event: ScriptedEvent, booked: boolean): void => {
    if (!booked) scripted.before(event);
    applyToMarkets(event, quotes);
  };

  const settle = (now: number): void => {
    settledTo = fillResting({
      orders: ledger.open().filter(({ matchAt }) => matchAt === undefined),
      from: settledTo ?? now,
      to: now,
      marketOf: (order) => {
        const market = quotes.find(order.symbol, now);
        return market?.listing.status === '1' ? market : undefined;
      },
      fill: (order, market, execution, at) => settlement.execute(order, market, execution, true, at),
    });
  };

  /** The order meets the book, and what does not rest is cancelled. */
  const meetBook = (order: SimOrder, market: QuotedMarket, now: number, fill: PlaceEffects['fill']): void => {
    const online = market.listing.status === '1' && quotes.find(order.symbol, now) !== undefined;
    const book = fill?.share === 0 || !online ? { bids: [], asks: [] } : quotes.book(market, now);
    let result: TakerResult = matchOrder(order, market, book);
    if (fill !== undefined && fill.share > 0) result = takePart(result, order, market, fill);
    for (const execution of result.executions) settlement.execute(order, market, execution, false, now);
    if (result.executed.gt(0)) {
      const side = order.side === 'BUY' ? 'asks' : 'bids';
      quotes.eat(market, side, result.executed.div(market.stepSize).toNumber(), now);
    }
    if (isOpen(order) && !result.rests) settlement.end(order, market, now);
  };

  const advance = (now: number): void => {
    waiting ??= ledger.open().filter(({ matchAt }) => matchAt !== undefined);
    for (;;) {
      const due = waiting.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...waiting.map(({ matchAt }) => matchAt!));
      const event = script.take(Math.min(now, due));
      if (event) {
        settle(Math.max(event.at, settledTo ?? event.at));
        happen(event, false);
      } else if (due <= now) {
        settle(due);
        const order = waiting.find(({ matchAt }) => matchAt === due)!;
        waiting.splice(waiting.indexOf(order), 1);
        order.matchAt = undefined;
        if (isOpen(order)) meetBook(order, quotes.known(order.symbol)!, due, undefined);
      } else break;
    }
    settle(now);
  };

  const judge = (now: number, account: Account, request: OrderRequest): Judged => {
    if (!request.symbol) return { error: REFUSED.missing('symbol') };
    const market = quotes.find(request.symbol, now);
    if (!market) return { error: removedError(quotes, request.symbol) };
    const last = new Decimal(quotes.last(market, now).toFixed(market.listing.priceDecimals));
    const exact = behaviour.quoteOrderQty === 'exact';
    const checked = checkOrder(request, market, last, exact ? quotes.book(market, now) : null);
    if ('error' in checked) return checked;
    const { order: valid } = checked;
    const twin = valid.clientOrderId === null ? undefined : ledger.byClientOrderId(account.id, valid.clientOrderId);
    if (twin && behaviour.duplicateClientOrderId === 'first') return { twin };
    if (twin && behaviour.duplicateClientOrderId === 'reject') return { error: REFUSED.duplicateClientOrderId() };
    if (ledger.open(account.id).length >= MAX_OPEN_ORDERS) return { error: REFUSED.tooManyOrders() };

    const { listing } = market;
    const buys = valid.side === 'BUY';
    // whether MEXC sets the fee aside too is not known; without it a buy for the whole balance could not pay its fee
    const locked = buys ? valid.price.mul(valid.quantity).mul(TAKER_FEE.plus(1)) : valid.quantity;
    const asset = buys ? listing.quote : listing.base;
    if (balanceOf(account, asset).free.lt(locked)) {
      return { error: buys ? REFUSED.insufficientBalance() : REFUSED.oversold() };
    }
    return { market, valid, asset, locked };
  };

  const findOwn = (now: number, account: Account, key: OrderKey): SimOrder | undefined => {
    const order =
      key.orderId !== undefined
        ? ledger.byId(key.orderId)
        : key.clientOrderId !== undefined
          ? ledger.byClientOrderId(account.id, key.clientOrderId)
          : undefined;
    if (order?.accountId !== account.id || order.symbol !== key.symbol || !isVisible(order, now)) return undefined;
    return key.orderId === undefined && order.lostClientId !== undefined ? undefined : order;
  };

  return {
    ledger,
    script,
    revision: () => revision,
    advance,
    behaviour: () => behaviour,
    setBehaviour(change) {
      behaviour = changed(behaviour, change);
    },
    schedule(events, origin) {
      const scheduled = script.add(events, origin);
      for (const event of scheduled) prepareListing(event, quotes);
      return scheduled;
    },
    replay(marketTime) {
      for (let event = script.take(marketTime); event; event = script.take(marketTime)) happen(event, true);
    },
    reset() {
      ledger.clear();
      waiting = [];
      revision += 1;
    },

    judge(now, account, request) {
      advance(now);
      const judged = judge(now, account, request);
      return 'error' in judged ? judged.error : null;
    },

    place(now, account, request, effects = {}) {
      advance(now);
      const judged = judge(now, account, request);
      if ('error' in judged) return err(judged.error);
      if ('twin' in judged) return ok(judged.twin);
      const { market, valid, asset, locked } = judged;
      settlement.move(account, asset, { free: locked.neg(), locked }, 'placed', now);
      const order = ledger.addOrder(account.id, market.listing.symbol, valid, locked, now, effects.oddOrderId);
      const hiddenMs = effects.hiddenMs ?? behaviour.visibleAfterSeconds * 1_000;
      if (hiddenMs > 0) order.visibleAt = now + hiddenMs;
      if (effects.lostClientId !== undefined) order.lostClientId = effects.lostClientId;
      onEvent?.({ kind: 'order', order, trade: null, at: now });

      if (effects.matchAfterMs !== undefined) {
        order.matchAt = now + effects.matchAfterMs;
        waiting?.push(order);
      } else meetBook(order, market, now, effects.fill);
      return ok(order);
    },

    cancel(now, account, key, filledFirst = 0) {
      advance(now);
      const order = findOwn(now, account, key);
      if (!order || !isOpen(order)) return err(REFUSED.cannotCancel());
      const market = quotes.known(order.symbol)!;
      const left = order.quantity.minus(order.executed);
      const quantity = filledFirst >= 1 ? left : floorToStep(left.mul(filledFirst), market.stepSize);
      if (quantity.gt(0)) settlement.execute(order, market, { price: order.price, quantity }, true, now);
      if (!isOpen(order)) return err(REFUSED.cannotCancel());
      settlement.end(order, market, now);
      return ok(order);
    },

    cancelAll(now, account, symbols) {
      advance(now);
      const orders = ledger
        .open(account.id)
        .filter((order) => isVisible(order, now) && (symbols === undefined || symbols.includes(order.symbol)));
      for (const order of orders) settlement.end(order, quotes.known(order.symbol)!, now);
      return orders;
    },

    find(now, account, key) {
      advance(now);
      const order = findOwn(now, account, key);
      return order ? ok(order) : err(REFUSED.orderNotFound());
    },
  };
}

/** Why a market that is not shown takes no orders. */
export const removedError = ({ markets }: Pick<Quotes, 'markets'>, symbol: string): ExchangeError =>
  markets.removal(symbol) === 'no-api' ? REFUSED.noApiTrading() : REFUSED.unknownSymbol();
