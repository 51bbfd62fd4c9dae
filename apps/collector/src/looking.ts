import {
  type Clock,
  DAY_MS,
  type ExchangeSymbol,
  emptyColumns,
  type KeptTimeframe,
  lookedUntil,
  type TimeRange,
  toColumns,
} from '@mexc-bot/core';
import type { MarketData } from '@mexc-bot/exchange';
import type { Store } from '@mexc-bot/store';

/** One market's candles of one timeframe, being collected. */
export interface Series {
  readonly market: ExchangeSymbol;
  readonly timeframe: KeptTimeframe;
  readonly stepMs: number;
  readonly wanted: TimeRange;
  /** when its market began, where that was asked; pages before are not asked for */
  readonly listed: { from: number | null };
}

/** @returns a function that asks for one page of a series, stores the answer, and says how many candles are new */
export function createLooking(deps: {
  readonly marketData: Pick<MarketData, 'candles'>;
  readonly store: Pick<Store, 'candles'>;
  readonly clock: Clock;
  readonly ask: <T>(query: () => Promise<T>) => Promise<T>;
}): (series: Series, page: TimeRange) => Promise<number> {
  const { marketData, store, clock, ask } = deps;

  return async (series, page) => {
    const { market, timeframe, stepMs, listed } = series;
    if (listed.from !== null && page.until <= listed.from) return 0;
    const found = await ask(() => marketData.candles(market, timeframe, page));

    const last = found.at(-1);
    const until = lookedUntil(page, last?.openTime, stepMs, clock.now());
    if (until <= page.from) return 0;
    const look = { range: { from: page.from, until }, candles: toColumns(found), looks: 1 } as const;
    const fresh = store.candles.put(market, timeframe, look);
    if (last === undefined && listed.from === null && reachesBack(series, page)) await findListing(series, page);
    return fresh;
  };

  /** Nothing before this page is stored yet. */
  function reachesBack({ market, timeframe, wanted }: Series, page: TimeRange): boolean {
    return page.from > wanted.from && store.candles.known(market, timeframe).checked?.from === page.from;
  }

  /**
   * An empty page, with others before it: either a pause of the exchange, or the market is younger than that. One request for its
   * days tells, in place of one for every page; what lies before its first day is a hole.
   */
  async function findListing(series: Series, page: TimeRange): Promise<void> {
    const { market, timeframe, stepMs, wanted, listed } = series;
    const day = (time: number): number => Math.floor(time / DAY_MS) * DAY_MS;
    const asked = { from: day(wanted.from), until: day(page.until) };
    if (asked.from >= asked.until) return;
    const days = await ask(() => marketData.candles(market, '1d', asked));
    const from = Math.floor((days[0]?.openTime ?? asked.until) / stepMs) * stepMs;
    listed.from = Math.max(wanted.from, from);
    if (listed.from === wanted.from) return;
    const before = { from: wanted.from, until: listed.from };
    store.candles.put(market, timeframe, { range: before, candles: emptyColumns(0), looks: 2 });
  }
}
