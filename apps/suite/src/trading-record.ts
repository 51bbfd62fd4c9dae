import {
  broughtBy,
  type KnownPrice,
  type PriceAt,
  type ReadCandles,
  recordOfBooks,
  type TradingRecord,
} from '@mexc-bot/backtest';
import { DAY_MS, type ExchangeSymbol, type Mode, realisedPnl, TIMEFRAME_MS, toCandles, ZERO } from '@mexc-bot/core';
import type { Settings } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';

/**
 * What one mode traded, in the shape of a backtest's result.
 *
 * @param days market days back from the newest heartbeat or trade; null: everything
 */
export function readTradingRecord(store: Store, settings: Settings, mode: Mode, days: number | null): TradingRecord {
  const all = store.positions.closed(mode, 0);
  const open = store.positions.open(mode);
  const newest = Math.max(
    0,
    ...store.heartbeats.all().map((beat) => beat.marketAt),
    ...all.map(({ closedAt }) => closedAt),
    ...open.map(({ openedAt }) => openedAt),
  );
  const since = days === null ? 0 : newest - days * DAY_MS;
  const closed = all.filter(({ closedAt }) => closedAt >= since);
  const earlier = all.filter(({ closedAt }) => closedAt < since);
  const books = {
    orders: store.orders.ofMode(mode),
    fills: store.orders.fillsOfMode(mode),
    closeBy: (market: ExchangeSymbol, at: number) => closeBy(store, market, at),
  };
  const first = startEquityOf({ ...books, closed: all, open }, store, settings, mode, newest);
  const before = earlier.reduce((sum, position) => sum.plus(realisedPnl(position)), ZERO).toNumber();
  const from = days === null ? Math.min(newest, ...[...closed, ...open].map(({ openedAt }) => openedAt)) : since;
  return recordOfBooks({
    ...books,
    closed,
    open,
    startEquity: first === null ? null : first + before,
    span: { from, until: newest },
    btc: `BTC${settings.universe.quote}`,
    decisionOf: (positionId) => {
      const candidate = store.candidates.ofPosition(positionId);
      return candidate === undefined
        ? null
        : { price: candidate.price, spread: candidate.measures.spread ?? null, regime: candidate.regime };
    },
  });
}

/** Quote before the first trade; null: not known. */
function startEquityOf(
  books: Parameters<typeof broughtBy>[0],
  store: Store,
  settings: Settings,
  mode: Mode,
  now: number,
): number | null {
  if (mode === 'test') return settings.paper.balanceUsdt;
  const mark = store.state.highWaterMark(mode);
  if (mark === null) return null;
  // the equity then had what was held at its price then
  return mark.lastEquity.toNumber() - broughtBy(books, mark.lastAt ?? now);
}

function closeBy(store: Store, market: ExchangeSymbol, at: number): KnownPrice | null {
  const last = store.candles.last(market, '5m', 1, at);
  const close = last.close.at(-1);
  return close === undefined ? null : { at: last.openTime.at(-1)! + TIMEFRAME_MS['5m'], price: close };
}

/** Prices between the open and the close of the stored 5 m candles, evenly on the way from one to the other. */
export const storedPrices =
  (store: Store): PriceAt =>
  (market, at) => {
    const stepMs = TIMEFRAME_MS['5m'];
    const from = Math.floor(at / stepMs) * stepMs;
    const { open, close } = store.candles.between(market, '5m', { from, until: from + stepMs }, from + stepMs);
    return open.length === 0 ? null : open[0]! + (close[0]! - open[0]!) * ((at - from) / stepMs);
  };

/** The stored 5 m candles, for the charts of trades. */
export const storedCandles =
  (store: Store): ReadCandles =>
  (market, from, until) => ({
    candleMs: TIMEFRAME_MS['5m'],
    candles: toCandles(store.candles.between(market, '5m', { from, until }, until)),
  });
