import {
  approveExit,
  type Clock,
  closeIfDone,
  type Decimal,
  type ExchangeSymbol,
  exitRung,
  isFinal,
  type Market,
  type OpenPosition,
  type PositionRules,
  realisedPnl,
  type TradeOrder,
} from '@mexc-bot/core';
import type { RejectCode } from '@mexc-bot/exchange';
import type { Store } from '@mexc-bot/store';
import type { Executor } from './executor.ts';
import type { ExecutionLog } from './intent.ts';
import { closedNews } from './trade-alerts.ts';

export interface SellerDeps {
  readonly store: Store;
  readonly executor: Executor;
  readonly clock: Clock;
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

/** What the exchange refuses before it looks at a price, as the journal's detail begins. */
const REFUSED_UNSEEN = /^(rate_limited|clock|key|market_not_tradable|unexpected): /;

/** Only these say that the price was not good enough: the others are no reason to sell for less. */
const metTheBook = ({ state, detail }: TradeOrder): boolean =>
  state !== 'absent' && !(state === 'rejected' && REFUSED_UNSEEN.test(detail ?? ''));

/**
 * Turns a decided exit into orders: down the exit ladder, each rung priced from the bid of its moment, until nothing is pending.
 * A market that refuses orders is quarantined; it is tried again, and holds up no other.
 */
export function createSeller(deps: SellerDeps): Seller {
  const { store, executor, clock, log } = deps;
  const refusals = new Map<string, { readonly count: number; readonly retryAtWall: number }>();
  const withoutMarketOrders = new Set<ExchangeSymbol>();
  const told = new Set<string>();

  return {
    async sell(positionId, bid) {
      const waiting = refusals.get(positionId);
      if (waiting !== undefined && clock.wallNow() < waiting.retryAtWall) return;

      forgetClosed();
      const executed = await executor.execute(() => {
        const position = store.positions.get(positionId);
        if (position?.state !== 'open' || position.pendingExit === null) return null;
        const orders = store.orders.ofPosition(positionId);
        if (orders.some((order) => !isFinal(order.state))) return null;

        const { pendingExit } = position;
        const step = orders.filter(
          (order) => order.side === 'sell' && order.trigger?.at === pendingExit.decidedAt && metTheBook(order),
        ).length;
        const market = marketOf(position.market);
        const marketOrders = market.orderTypes.includes('market') && !withoutMarketOrders.has(market.id);
        const rung = exitRung(step, bid, market.rules, deps.rules.maxExitSlippage, marketOrders);
        const approved = approveExit(position, rung, market.rules);
        if (approved.ok) {
          const trigger = { price: pendingExit.triggerPrice, at: pendingExit.decidedAt };
          return { order: approved.value, positionId, entry: null, trigger, step };
        }
        if (approved.error === 'dust') closeAsDust(position, market);
        if (approved.error === 'below_exchange_minimum') tellTooSmall(position);
        return null;
      });
      if (executed === null) return;
      if (executed.rejection === null) succeeded(positionId, executed.order);
      else refused(positionId, executed.order, executed.rejection, executed.retryAfterMs);
    },
  };

  /** Who closed a position, and why, is often another's doing. */
  function forgetClosed(): void {
    for (const known of [refusals, told])
      for (const id of known.keys()) if (store.positions.get(id)?.state !== 'open') known.delete(id);
  }

  function marketOf(id: ExchangeSymbol): Market {
    const market = store.markets.get(id);
    if (!market) throw new RangeError(`market ${id} is not in the store`);
    return market;
  }

  function succeeded(positionId: string, { mode, market, filled, state, step }: TradeOrder): void {
    if (step >= LAST_RUNG && isFinal(state) && filled.isZero()) {
      // nobody buys at any price: asking faster brings no buyer
      const count = (refusals.get(positionId)?.count ?? 0) + 1;
      refusals.set(positionId, { count, retryAtWall: clock.wallNow() + EMPTY_RETRY_MS });
    } else refusals.delete(positionId);
    if (state === 'unknown' || store.quarantine.get(mode, market) === undefined) return;
    store.write(() => {
      store.quarantine.lift(mode, market);
      // without this, the same words months later would be no news
      const told = store.alerts.newest('market_refuses_orders', market, { mode, positionId });
      if (told !== undefined) alert('notice', 'market_refuses_orders', positionId, market, mode, { state: 'over' });
    });
  }

  function refused(
    positionId: string,
    { mode, market, detail }: TradeOrder,
    code: RejectCode,
    retryAfterMs: number | null,
  ): void {
    if (code === 'order_type_not_allowed') {
      // the last rung is an IOC from now on: no reason to wait
      withoutMarketOrders.add(market);
      return;
    }
    const count = (refusals.get(positionId)?.count ?? 0) + 1;
    // asking before the exchange allows it gets us banned; but no stop waits longer than this
    const retryMs = Math.min(retryAfterMs ?? FIRST_RETRY_MS * 2 ** (count - 1), LONGEST_RETRY_MS);
    const retryAtWall = clock.wallNow() + retryMs;
    refusals.set(positionId, { count, retryAtWall });
    // it goes on for as long as the market is shut or the key is lost, and each try reads all orders of the position
    if (REFUSED_UNSEEN.test(detail ?? '')) store.orders.thinRefusals(positionId, detail!);
    if (code !== 'market_not_tradable' && code !== 'unexpected') return;

    store.write(() => {
      const reason = detail ?? code;
      store.quarantine.put({ mode, market, reason, at: clock.now(), failures: count, retryWallAt: retryAtWall });
      alert('alarm', 'market_refuses_orders', positionId, market, mode, { reason });
    });
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
    if (told.has(position.id)) return;
    told.add(position.id);
    log.warn(`${position.market}: what is held is worth less than the exchange sells; waiting for a higher price`);
    alert('notice', 'below_exchange_minimum', position.id, position.market, position.mode, {
      quantity: position.quantity.toString(),
    });
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
