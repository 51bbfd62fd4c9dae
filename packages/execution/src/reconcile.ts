import {
  compareHolding,
  type Decimal,
  type Market,
  type Mode,
  type OpenPosition,
  type SteadyClock,
  shrinkToOwned,
  ZERO,
} from '@mexc-bot/core';
import { QueryFailed, type Trading } from '@mexc-bot/exchange';
import type { Store } from '@mexc-bot/store';
import type { Executor } from './executor.ts';
import type { ExecutionLog } from './intent.ts';
import { unclearOrders } from './unclear.ts';

export interface ReconcileDeps {
  readonly store: Store;
  readonly executor: Executor;
  readonly tradingOf: (mode: Mode) => Trading | null;
  readonly clock: SteadyClock;
  readonly log: ExecutionLog;
  /** the process that writes alerts */
  readonly source: string;
  readonly quote: string;
  /** a shortage must be seen this long before it is believed, wall ms: balances lag behind fills */
  readonly confirmAfterMs: number;
}

/** What one comparison of the books with an account found. */
export interface Reconciliation {
  /** false: the account could not be read, or an order has no answer yet; nothing was concluded */
  readonly passed: boolean;
  /** markets where less is owned than booked, not yet confirmed */
  readonly suspected: readonly string[];
  /** positions that shrank or closed because their coins are gone */
  readonly shrunk: readonly string[];
  /** assets owned without a position */
  readonly surplus: readonly string[];
}

const NOTHING: Reconciliation = { passed: false, suspected: [], shrunk: [], surplus: [] };

/**
 * Compares journal and positions with the exchange. A failed query says nothing: it ends the comparison, and no position changes.
 * Less owned than booked, confirmed by a later look: the position shrinks and the owner is told. Coins without a position are
 * reported, once for each quantity; they are never adopted, because nothing proves that they are the suite's.
 */
export function createReconcile(deps: ReconcileDeps): (mode: Mode) => Promise<Reconciliation> {
  const { store, clock, log } = deps;
  const shortSince = new Map<string, number>();

  return async (mode) => {
    const trading = deps.tradingOf(mode);
    if (trading === null) return NOTHING;
    await deps.executor.settle();

    let balances: Awaited<ReturnType<Trading['balances']>>;
    try {
      balances = await trading.balances();
    } catch (error) {
      if (!(error instanceof QueryFailed)) throw error;
      log.warn(`the ${mode} account could not be read, nothing is concluded: ${error.message}`);
      return NOTHING;
    }

    // read after the balances: what settled in between is in the books by now, and judged at the next look
    const positions = store.positions.open(mode);
    const unsettled = store.orders.unsettled().filter((order) => order.mode === mode);
    const busy = new Set(unsettled.map((order) => order.market));
    const owned = (asset: string): Decimal => {
      const balance = balances.get(asset);
      return balance === undefined ? ZERO : balance.free.plus(balance.locked);
    };

    forgetClosed();
    const suspected: string[] = [];
    const shrunk: string[] = [];
    for (const position of positions) {
      const market = store.markets.get(position.market);
      if (market === undefined || busy.has(position.market)) continue;
      const verdict = compareHolding(position.quantity, owned(position.base), market.rules);
      if (verdict !== 'short') shortSince.delete(position.id);
      else if (confirmed(position.id)) {
        if (shrink(position.id, position.quantity, owned(position.base), market)) shrunk.push(position.market);
      } else suspected.push(position.market);
    }

    const surplus = reportSurplus(mode, balances, positions, busy);
    // what only the owner can say keeps its own market occupied, and no other
    const unclear = unclearOrders(store, clock.wallNow()).filter((order) => order.mode === mode);
    const passed = unsettled.length === unclear.length && suspected.length === 0;
    if (passed) store.state.setReconciled(mode, clock.wallNow());
    return { passed, suspected, shrunk, surplus };
  };

  /** A shortage of coins that were sold after all is none. */
  function forgetClosed(): void {
    for (const id of shortSince.keys()) if (store.positions.get(id)?.state !== 'open') shortSince.delete(id);
  }

  function confirmed(positionId: string): boolean {
    const since = shortSince.get(positionId);
    if (since === undefined) {
      shortSince.set(positionId, clock.monotonicNow());
      return false;
    }
    return clock.monotonicNow() - since >= deps.confirmAfterMs;
  }

  /** @param seen what the position held when it was judged: whatever changed it since ends the judgement */
  function shrink(id: string, seen: Decimal, owned: Decimal, market: Market): boolean {
    return store.write(() => {
      const position = store.positions.get(id);
      if (position?.state !== 'open' || !position.quantity.eq(seen)) return false;
      if (store.orders.unsettled().some((order) => order.positionId === id)) return false;
      shortSince.delete(id);
      const after = shrinkToOwned(position, owned, market.rules, clock.now());
      store.positions.save(after);
      const detail = { booked: seen.toString(), owned: owned.toString() };
      tell('money', 'coins_gone', position, detail);
      log.warn(
        `${position.market}: ${seen} booked, ${owned} owned; the position ${after.state === 'closed' ? 'is closed' : 'shrank'}`,
      );
      return true;
    });
  }

  function reportSurplus(
    mode: Mode,
    balances: Awaited<ReturnType<Trading['balances']>>,
    positions: readonly OpenPosition[],
    busy: ReadonlySet<string>,
  ): string[] {
    const found: string[] = [];
    for (const { asset, free, locked } of balances.values()) {
      const market = store.markets.get(`${asset}${deps.quote}`);
      if (asset === deps.quote || market === undefined || busy.has(market.id)) continue;
      const booked = positions.find((position) => position.base === asset)?.quantity ?? ZERO;
      const dust = store.positions.dust(mode, market.id);
      const total = free.plus(locked);
      if (compareHolding(booked.plus(dust), total, market.rules) !== 'surplus') continue;
      found.push(asset);
      const detail = { asset, owned: total.toString(), booked: booked.toString() };
      if (tell('notice', 'coins_without_position', { mode, market: market.id }, detail)) {
        log.warn(`${total.minus(booked)} ${asset} owned without a position`);
      }
    }
    return found;
  }

  function tell(
    rank: 'money' | 'notice',
    kind: string,
    where: { readonly mode: Mode; readonly market: string; readonly id?: string },
    detail: Record<string, unknown>,
  ): boolean {
    const at = { at: clock.now(), wallAt: clock.wallNow(), source: deps.source };
    const positionId = where.id === undefined ? {} : { positionId: where.id };
    return store.alerts.addNews({ ...at, mode: where.mode, rank, kind, market: where.market, ...positionId, detail });
  }
}
