import {
  type Clock,
  type ExchangeSymbol,
  type UniverseCriteria,
  type UniverseRejection,
  universeCollapsed,
  universeRejection,
} from '@mexc-bot/core';
import type { MarketData } from '@mexc-bot/exchange';
import type { Logger } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';
import { createMarketNews } from './market-news.ts';
import type { Universe } from './tradable-markets.ts';

/** Rules and listings change rarely; the exchange charges this request dearly. Market ms. */
const REFRESH_MS = 10 * 60_000;

/** Reads the exchange's market list when it is due, and says which of it may be traded. */
export function createUniverse(deps: {
  marketData: Pick<MarketData, 'markets'>;
  store: Store;
  clock: Clock;
  log: Logger;
  criteria: UniverseCriteria;
}) {
  const { marketData, store, clock, log, criteria } = deps;
  const tell = createMarketNews({ store, clock, log });
  let universe: Universe | undefined;
  let readAt = Number.NEGATIVE_INFINITY;

  return async (): Promise<Universe> => {
    if (universe !== undefined && !universe.collapsed && !isDue()) return universe;

    const changes = store.markets.sync(await marketData.markets(), clock.now());
    const asOf = clock.now();
    const tradable = new Map<ExchangeSymbol, number | null>();
    const rejected = new Map<ExchangeSymbol, UniverseRejection>();
    for (const { market, firstSeenAt } of store.markets.listed()) {
      const rejection = universeRejection(market, firstSeenAt, criteria, asOf);
      // the markets themselves, with their rules, are 5 MB: those looked at are read again
      if (rejection === null) tradable.set(market.id, firstSeenAt);
      else rejected.set(market.id, rejection);
    }

    const before = store.state.tradableMarkets();
    const collapsed = universeCollapsed(before, tradable.size);
    if (!collapsed) store.state.setTradableMarkets(tradable.size, clock.wallNow());
    universe = { tradable, rejected, collapsed };
    readAt = asOf;
    tell({ universe, changes, before });
    return universe;
  };

  /** At the latest after a while, and as soon as a market refused an order of either process: something of it has changed. */
  function isDue(): boolean {
    const refused = (['test', 'live'] as const).flatMap((mode) => store.quarantine.all(mode));
    return clock.now() - readAt >= REFRESH_MS || refused.some(({ at }) => at >= readAt);
  }
}
