import {
  approveExit,
  closeIfDone,
  type Decimal,
  EXIT_TYPES,
  type ExchangeSymbol,
  type ExitType,
  exitRung,
  isFinal,
  type Market,
  type Mode,
  type OpenPosition,
  type OrderType,
  type PositionRules,
  realisedPnl,
  type SteadyClock,
  type TradeOrder,
  ZERO,
} from '@mexc-bot/core';
import { type Balance, QueryFailed, type RejectCode, type Trading } from '@mexc-bot/exchange';
import type { Store } from '@mexc-bot/store';
import type { Executor } from './executor.ts';
import type { Executed, ExecutionLog } from './intent.ts';
import { closedNews } from './trade-alerts.ts';

export interface SellerDeps {
  readonly store: Store;
  readonly executor: Executor;
  readonly tradingOf: (mode: Mode) => Trading | null;
  readonly clock: SteadyClock;
  readonly log: ExecutionLog;
  readonly rules: PositionRules;
  /** the process that writes alerts */
  readonly source: string;
}

export interface Seller {
  /** Sends the next order of a position's pending exit, unless one is under way or the market is to be left alone for now. */
  sell(positionId: string, bid: Decimal): Promise<void>;
}

/** First wait after a refused exit, wall ms; it doubles up to the longest. */
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
/** Wait while the last rung finds no buyer, wall ms: with a cycle of the tracker less than the 3 s a stop may take. */
const EMPTY_RETRY_MS = 1_000;
const LAST_RUNG = 3;

/**
 * Refusals that judged the price, as the journal's detail begins. An order that has no price left to judge comes at the end of the
 * ladder; all other refusals never met a book, and are no reason to sell for less.
 */
const JUDGED_THE_PRICE = /^(no_liquidity|price_out_of_range): /;

const metTheBook = ({ state, detail }: TradeOrder): boolean =>
  state === 'filled' || state === 'canceled' || (state === 'rejected' && JUDGED_THE_PRICE.test(detail ?? ''));

/** The owner is told of so many refusals in a row. Being asked to wait is everyday; two of anything else are no accident. */
const TOLD_FROM: Partial<Record<RejectCode, number>> = { rate_limited: 4, clock: 4 };
const TOLD_FROM_OTHERWISE = 2;

/**
 * Turns a decided exit into orders: down the exit ladder, each rung priced from the bid of its moment, until nothing is pending.
 * A market that refuses orders is quarantined; it is tried again, and holds up no other.
 */
export function createSeller(deps: SellerDeps): Seller {
  const { store, executor, clock, log } = deps;
  /** Waits are measured on the steady clock: one that is set back must not keep a stop from its next order. */
  const refusals = new Map<string, { readonly count: number; readonly retryAt: number }>();
  const refusedTypes = new Map<ExchangeSymbol, readonly ExitType[]>();
  /** by position: what the owner was told of it */
  const told = new Map<string, ReadonlySet<string>>();

  return {
    async sell(positionId, bid) {
      const waiting = refusals.get(positionId);
      if (waiting !== undefined && clock.monotonicNow() < waiting.retryAt) return;

      forgetClosed();
      const executed = await sendNext(positionId, bid);
      if (executed === null) return;
      if (executed.rejection === null) return succeeded(positionId, executed.order);
      await refused(positionId, bid, executed.order, executed.rejection, executed.retryAfterMs);
    },
  };

  /** @param free base that no other order has set aside, where less than the position holds is known to be */
  function sendNext(positionId: string, bid: Decimal, free?: Decimal): Promise<Executed | null> {
    return executor.execute(() => {
      const position = store.positions.get(positionId);
      if (position?.state !== 'open' || position.pendingExit === null) return null;
      const orders = store.orders.ofPosition(positionId);
      if (orders.some((order) => !isFinal(order.state))) return null;

      const { pendingExit } = position;
      const step = orders.filter(
        (order) => order.side === 'sell' && order.trigger?.at === pendingExit.decidedAt && metTheBook(order),
      ).length;
      const market = marketOf(position.market);
      const rung = exitRung(step, bid, market.rules, deps.rules.maxExitSlippage, typesOf(market));
      const approved = approveExit(position, rung, market.rules, free);
      if (approved.ok) {
        const trigger = { price: pendingExit.triggerPrice, at: pendingExit.decidedAt };
        return { order: approved.value, positionId, entry: null, trigger, step };
      }
      if (approved.error === 'dust') closeAsDust(position, market);
      if (approved.error === 'below_exchange_minimum' && free === undefined) tellTooSmall(position);
      return null;
    });
  }

  /** Who closed a position, and why, is often another's doing. */
  function forgetClosed(): void {
    for (const known of [refusals, told])
      for (const id of known.keys()) if (store.positions.get(id)?.state !== 'open') known.delete(id);
  }

  /** @returns null where the account cannot be read: that says nothing */
  async function balanceOf(mode: Mode, asset: string): Promise<Pick<Balance, 'free' | 'locked'> | null> {
    try {
      const balances = await deps.tradingOf(mode)?.balances();
      return balances === undefined ? null : (balances.get(asset) ?? { free: ZERO, locked: ZERO });
    } catch (error) {
      if (!(error instanceof QueryFailed)) throw error;
      log.warn(`the ${mode} account could not be read: ${error.message}`);
      return null;
    }
  }

  /** MEXC takes IOC orders without listing them among a market's types. */
  function typesOf({ id, orderTypes }: Market): readonly ExitType[] {
    const refused = refusedTypes.get(id) ?? [];
    return EXIT_TYPES.filter((type) => !refused.includes(type) && (type !== 'market' || orderTypes.includes(type)));
  }

  /** @returns whether the next order will be of another type; where none is left, all are tried anew */
  function learnRefusedType(id: ExchangeSymbol, type: OrderType): boolean {
    const market = marketOf(id);
    const refused = EXIT_TYPES.filter((each) => each === type || (refusedTypes.get(id) ?? []).includes(each));
    refusedTypes.set(id, refused);
    if (typesOf(market).length > 0) return true;
    refusedTypes.delete(id);
    return false;
  }

  function marketOf(id: ExchangeSymbol): Market {
    const market = store.markets.get(id);
    if (!market) throw new RangeError(`market ${id} is not in the store`);
    return market;
  }

  function succeeded(positionId: string, { mode, market, filled, state, step }: TradeOrder): void {
    if (step >= LAST_RUNG && isFinal(state) && filled.isZero()) {
      // nobody buys at any price: asking faster brings no buyer
      refusals.set(positionId, { count: 0, retryAt: clock.monotonicNow() + EMPTY_RETRY_MS });
    } else refusals.delete(positionId);
    if (state === 'unknown' || store.quarantine.get(mode, market) === undefined) return;
    store.write(() => {
      store.quarantine.lift(mode, market);
      // without this, the same words months later would be no news
      const told = store.alerts.newest('market_refuses_orders', market, { mode, positionId });
      if (told !== undefined) alert('notice', 'market_refuses_orders', positionId, market, mode, { state: 'over' });
    });
  }

  async function refused(
    positionId: string,
    bid: Decimal,
    order: TradeOrder,
    code: RejectCode,
    retryAfterMs: number | null,
  ): Promise<void> {
    const { mode, market, type, detail } = order;
    // market orders have a maximum of their own, under that of the others
    const isTypesFault = code === 'order_type_not_allowed' || (code === 'above_maximum' && type === 'market');
    // the next order is of another type: no reason to wait
    if (isTypesFault && learnRefusedType(market, type)) return;
    const count = (refusals.get(positionId)?.count ?? 0) + 1;
    // asking before the exchange allows it gets us banned; but no stop waits longer than this
    const retryMs = Math.min(retryAfterMs ?? FIRST_RETRY_MS * 2 ** (count - 1), LONGEST_RETRY_MS);
    refusals.set(positionId, { count, retryAt: clock.monotonicNow() + retryMs });
    const reason = detail ?? code;
    // it goes on for as long as the market is shut or the key is lost, and each try reads all orders of the position
    if (!metTheBook(order)) store.orders.thinRefusals(positionId, reason);
    if (code === 'market_not_tradable' || code === 'unexpected') {
      store.write(() => {
        const retryWallAt = clock.wallNow() + retryMs;
        store.quarantine.put({ mode, market, reason, at: clock.now(), failures: count, retryWallAt });
        alert('alarm', 'market_refuses_orders', positionId, market, mode, { reason });
      });
      return;
    }
    const balance = code === 'insufficient_funds' ? await balanceOf(mode, marketOf(market).base) : null;
    if (count >= (TOLD_FROM[code] ?? TOLD_FROM_OTHERWISE) && isNew(positionId, code)) {
      const where = balance === null ? '' : ` (${balance.free} free, ${balance.locked} set aside)`;
      alert('alarm', 'exit_refused', positionId, market, mode, { reason: `${reason}${where}` });
    }
    // another order has set a part of the coins aside: the rest need not wait for it
    if (balance?.free.lt(order.quantity)) await sellOnly(positionId, bid, balance.free);
  }

  async function sellOnly(positionId: string, bid: Decimal, free: Decimal): Promise<void> {
    const executed = await sendNext(positionId, bid, free);
    if (executed?.rejection === null) succeeded(positionId, executed.order);
  }

  function closeAsDust(position: OpenPosition, market: Market): void {
    const closed = closeIfDone(position, market.rules, clock.now());
    if (closed.state !== 'closed') return;
    store.write(() => {
      store.positions.save(closed);
      const { mode, id: positionId } = closed;
      const at = { at: clock.now(), wallAt: clock.wallNow(), source: deps.source };
      store.alerts.add({ ...closedNews(closed, null), ...at, mode, market: market.id, positionId });
    });
    log.info(`${closed.market}: closed, ${closed.dust} left as dust`, {
      mode: closed.mode,
      pnl: realisedPnl(closed).toString(),
    });
  }

  /** Less is held than the exchange sells at this price: only a higher price, or the owner, can end it. */
  function tellTooSmall(position: OpenPosition): void {
    if (!isNew(position.id, 'below_exchange_minimum')) return;
    log.warn(`${position.market}: what is held is worth less than the exchange sells; waiting for a higher price`);
    alert('notice', 'below_exchange_minimum', position.id, position.market, position.mode, {
      quantity: position.quantity.toString(),
    });
  }

  function isNew(positionId: string, what: string): boolean {
    const known = told.get(positionId) ?? new Set();
    told.set(positionId, new Set([...known, what]));
    return !known.has(what);
  }

  function alert(
    rank: 'alarm' | 'notice',
    kind: string,
    positionId: string,
    market: ExchangeSymbol,
    mode: OpenPosition['mode'],
    detail: Record<string, unknown>,
  ): void {
    const at = { at: clock.now(), wallAt: clock.wallNow(), source: deps.source };
    store.alerts.addNews({ ...at, mode, rank, kind, market, positionId, detail });
  }
}
