import {
  type Clock,
  type ExchangeSymbol,
  type Market,
  type UniverseCriteria,
  type UniverseRejection,
  universeCollapsed,
  universeRejection,
} from '@mexc-bot/core';
import type { MarketData } from '@mexc-bot/exchange';
import type { Logger } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';
import { createListNews } from './list-news.ts';

/** Which markets may be traded now. */
export interface Universe {
  readonly tradable: ReadonlyMap<ExchangeSymbol, Market>;
  readonly rejected: ReadonlyMap<ExchangeSymbol, UniverseRejection>;
  /** the list shrank unbelievably: nothing is bought on it */
  readonly collapsed: boolean;
}

/** Rules and listings change rarely; the exchange charges this request dearly. Market ms. */
const REFRESH_MS = 10 * 60_000;

/** Reads the exchange's market list when it is due, and says which of it may be traded. */
export function createUniverse(deps: {
  marketData: MarketData;
  store: Store;
  clock: Clock;
  log: Logger;
  criteria: UniverseCriteria;
}) {
  const { marketData, store, clock, log, criteria } = deps;
  let universe: Universe | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  const listNews = createListNews({ store, clock });

  return async (): Promise<Universe> => {
    if (universe !== undefined && !universe.collapsed && clock.now() - readAt < REFRESH_MS) return universe;

    store.markets.sync(await marketData.markets(), clock.now());
    const asOf = clock.now();
    const tradable = new Map<ExchangeSymbol, Market>();
    const rejected = new Map<ExchangeSymbol, UniverseRejection>();
    for (const { market, firstSeenAt } of store.markets.listed()) {
      const rejection = universeRejection(market, firstSeenAt, criteria, asOf);
      if (rejection === null) tradable.set(market.id, market);
      else rejected.set(market.id, rejection);
    }

    const before = store.state.tradableMarkets();
    const collapsed = universeCollapsed(before, tradable.size);
    listNews.look({ before, now: tradable.size, collapsed });
    if (collapsed) {
      log.error(
        `tradable markets fell from ${before} to ${tradable.size}: the list is not believed, nothing is bought`,
      );
    } else {
      store.state.setTradableMarkets(tradable.size, clock.wallNow());
    }
    universe = { tradable, rejected, collapsed };
    readAt = asOf;
    return universe;
  };
}
