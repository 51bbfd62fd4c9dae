import {
  CANDLE_CLOSED_FOR_MS,
  CANDLE_PAGE,
  type CandleColumns,
  type Clock,
  type ExchangeSymbol,
  lookedUntil,
  planCandles,
  TIMEFRAME_MS,
  toColumns,
} from '@mexc-bot/core';
import type { MarketData } from '@mexc-bot/exchange';
import type { Store } from '@mexc-bot/store';

const STEP_MS = TIMEFRAME_MS['5m'];

export interface CandleReader {
  /**
   * The last closed 5 m candles: the stored ones, and from the exchange what is missing of them, in one request; what it brings is
   * stored.
   *
   * @param limit 1..500
   * @throws {QueryFailed} something is missing, and the exchange does not tell
   */
  read(market: ExchangeSymbol, limit: number): Promise<CandleColumns>;
  /** Open time of the candle that closed last, ms UTC. */
  lastClosed(): number;
}

export function createCandleReader(deps: {
  readonly marketData: Pick<MarketData, 'candles'>;
  readonly store: Pick<Store, 'candles'>;
  readonly clock: Pick<Clock, 'now'>;
}): CandleReader {
  const { marketData, store, clock } = deps;
  const closedUntil = (): number => Math.floor((clock.now() - CANDLE_CLOSED_FOR_MS) / STEP_MS) * STEP_MS;

  return {
    async read(market, limit) {
      const until = closedUntil();
      const wanted = { from: until - Math.min(limit, CANDLE_PAGE) * STEP_MS, until };
      const { tail, gaps, head } = planCandles(store.candles.known(market, '5m'), wanted, STEP_MS);
      const pages = [...tail, ...gaps, ...head];
      if (pages.length > 0) {
        const from = Math.min(...pages.map((page) => page.from));
        await topUp(market, { from, until: Math.max(...pages.map((page) => page.until)) });
      }
      return store.candles.between(market, '5m', wanted, clock.now());
    },
    lastClosed: () => closedUntil() - STEP_MS,
  };

  async function topUp(market: ExchangeSymbol, asked: { from: number; until: number }): Promise<void> {
    const found = await marketData.candles(market, '5m', asked);
    const until = lookedUntil(asked, found.at(-1)?.openTime, STEP_MS, clock.now());
    if (until <= asked.from) return;
    store.candles.put(market, '5m', { range: { from: asked.from, until }, candles: toColumns(found), looks: 1 });
  }
}
