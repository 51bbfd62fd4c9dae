import {
  isAssumed,
  type MarketRules,
  type Mode,
  type SteadyClock,
  type TradeReport,
  withListedFills,
  ZERO,
} from '@mexc-bot/core';
import { QueryFailed, type Trading } from '@mexc-bot/exchange';
import type { Store } from '@mexc-bot/store';
import { type BookedAt, stamp, toFill } from './books.ts';
import type { ExecutionLog } from './intent.ts';

export interface AssumedDeps {
  readonly store: Store;
  readonly tradingOf: (mode: Mode) => Trading | null;
  readonly clock: SteadyClock;
  readonly log: ExecutionLog;
  /** the process that writes the activity */
  readonly source: string;
}

/** First wait between two looks for trades that are not listed yet, wall ms; it doubles up to the longest. */
const FIRST_WAIT_MS = 10_000;
const LONGEST_WAIT_MS = 3_600_000;

/** Corrects what was booked on an order's own word, as soon as its trades are listed. */
export function createAssumed({ store, tradingOf, clock, log, source }: AssumedDeps) {
  const looks = new Map<string, { readonly waitMs: number; readonly dueAt: number }>();
  let nextPassAt = Number.NEGATIVE_INFINITY;

  return {
    async correct(): Promise<void> {
      if (clock.monotonicNow() < nextPassAt) return;
      nextPassAt = clock.monotonicNow() + FIRST_WAIT_MS;
      const orders = store.orders.assumed();
      const ids = new Set(orders.map((order) => order.clientOrderId));
      for (const id of looks.keys()) if (!ids.has(id)) looks.delete(id);
      for (const { clientOrderId, exchangeOrderId, market, mode } of orders) {
        const look = looks.get(clientOrderId);
        const trading = tradingOf(mode);
        const rules = store.markets.get(market)?.rules;
        if (trading === null || rules === undefined || exchangeOrderId === null) continue;
        if (clock.monotonicNow() < (look?.dueAt ?? 0)) continue;
        const waitMs = Math.min(2 * (look?.waitMs ?? FIRST_WAIT_MS / 2), LONGEST_WAIT_MS);
        looks.set(clientOrderId, { waitMs, dueAt: clock.monotonicNow() + waitMs });
        try {
          const trades = await trading.orderTrades(market, exchangeOrderId);
          const at = { market: clock.now(), wall: clock.wallNow(), source };
          if (!bookListed(store, clientOrderId, trades, rules, at)) continue;
          log.info(`the trades of order ${clientOrderId} in ${market} are listed by now, and booked`);
        } catch (error) {
          // nothing hangs on it: the position is guarded, its figures are close
          const level = error instanceof QueryFailed ? 'warn' : 'error';
          log[level](`the trades of order ${clientOrderId} in ${market} are not booked yet`, { error });
        }
      }
    },
  };
}

/**
 * Takes the trades the exchange lists by now in the place of what was assumed, for the order's fills and its position.
 *
 * @returns false, and nothing changes, while they do not add up, and where nothing is assumed
 */
function bookListed(
  store: Store,
  clientOrderId: string,
  trades: readonly TradeReport[],
  rules: MarketRules,
  at: BookedAt,
): boolean {
  return store.write(() => {
    const order = store.orders.get(clientOrderId);
    if (order === undefined) throw new RangeError(`order ${clientOrderId} is not in the journal`);
    const before = store.orders.fills(clientOrderId);
    const assumed = before.find(isAssumed);
    if (assumed === undefined) return false;
    const booked = before.filter((fill) => fill !== assumed);
    const known = new Set(booked.map(({ tradeId }) => tradeId));
    const listed = trades.map((trade) => toFill(order, trade)).filter(({ tradeId }) => !known.has(tradeId));
    const quantity = listed.reduce((sum, fill) => sum.plus(fill.quantity), ZERO);
    if (quantity.lt(assumed.quantity)) return false;

    store.orders.settleFill(assumed, listed);
    const position = store.positions.get(order.positionId);
    if (position !== undefined)
      store.positions.save(withListedFills(position, before, [...booked, ...listed], rules, at.market));
    store.activity.add({
      ...stamp(order, at),
      kind: 'trades_listed',
      detail: { order: clientOrderId, assumed: assumed.price, trades: listed.length },
    });
    return true;
  });
}
