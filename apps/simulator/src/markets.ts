import { Decimal } from '@mexc-bot/core';
import { type CandleSeries, seriesFrom } from './candle-series.ts';
import type { Listing, MarketSource } from './market-source.ts';
import { NO_STEPS, type PriceStep, withSteps } from './price-steps.ts';

/** One market as it is quoted. */
export interface QuotedMarket {
  readonly listing: Listing;
  readonly series: CandleSeries;
  readonly tickSize: Decimal;
  readonly stepSize: Decimal;
}

/** How the exchange speaks of a market it no longer has: API trading refused, or an unknown symbol. */
type Removal = 'no-api' | 'unknown';

/** The markets of the exchange and what becomes of them: they are listed, change, are renamed and removed. */
export interface Markets {
  /** Markets listed by then, in the order of their symbols. */
  listed(now: number): readonly QuotedMarket[];
  /** @returns undefined where the exchange shows no such market: not yet, no longer, or never */
  find(symbol: string, now: number): QuotedMarket | undefined;
  /** A market whether it is shown or not: orders outlive it. */
  known(symbol: string): QuotedMarket | undefined;
  /** @returns null for a market that was never removed */
  removal(symbol: string): Removal | null;
  edit(symbol: string, change: Partial<Listing>): void;
  /** A market from `listing.listedAt` on, with prices of its own history only. */
  add(listing: Listing, series: CandleSeries): void;
  remove(symbol: string, as: Removal): void;
  /** Lays a shock over a market's prices. */
  addSteps(symbol: string, steps: readonly PriceStep[]): void;
  /** What `exchangeInfo` writes for a market that is on line. */
  onlineWord(): string;
  setOnlineWord(word: string): void;
}

interface Shown {
  readonly all: readonly QuotedMarket[];
  /** ms UTC; from then on all of them are listed */
  readonly newestListing: number;
}

const quoted = (listing: Listing, series: CandleSeries): QuotedMarket => ({
  listing,
  series,
  tickSize: new Decimal(10).pow(-listing.priceDecimals),
  stepSize: new Decimal(10).pow(-listing.quantityDecimals),
});

export function createMarkets(source: MarketSource): Markets {
  const markets = new Map<string, QuotedMarket>();
  const removals = new Map<string, Removal>();
  /** put in order when it is next asked for: an event about all markets changes thousands at once */
  let inOrder: Shown | null = null;
  let onlineWord = '1';

  const shown = (): Shown => {
    if (inOrder !== null) return inOrder;
    const all = [...markets.values()]
      .filter(({ listing }) => !removals.has(listing.symbol))
      .sort((a, b) => (a.listing.symbol < b.listing.symbol ? -1 : 1));
    inOrder = { all, newestListing: all.reduce((newest, { listing }) => Math.max(newest, listing.listedAt), 0) };
    return inOrder;
  };
  const changed = (): void => {
    inOrder = null;
  };
  /** @throws {RangeError} no such market: callers check what people write */
  const get = (symbol: string): QuotedMarket => {
    const market = markets.get(symbol);
    if (!market) throw new RangeError(`there is no market ${symbol}`);
    return market;
  };

  for (const listing of source.listings) markets.set(listing.symbol, quoted(listing, source.series(listing.symbol)));

  return {
    listed(now) {
      const { all, newestListing } = shown();
      return now >= newestListing ? all : all.filter(({ listing }) => listing.listedAt <= now);
    },
    find(symbol, now) {
      const market = markets.get(symbol);
      return market && market.listing.listedAt <= now && !removals.has(symbol) ? market : undefined;
    },
    known: (symbol) => markets.get(symbol),
    removal: (symbol) => removals.get(symbol) ?? null,
    edit(symbol, change) {
      const { listing, series } = get(symbol);
      markets.set(symbol, quoted({ ...listing, ...change }, series));
      changed();
    },
    add(listing, series) {
      removals.delete(listing.symbol);
      markets.set(listing.symbol, quoted(listing, seriesFrom(series, listing.listedAt)));
      changed();
    },
    remove(symbol, as) {
      get(symbol);
      removals.set(symbol, as);
      changed();
    },
    addSteps(symbol, steps) {
      const { listing, series } = get(symbol);
      markets.set(symbol, quoted(listing, { ...series, steps: withSteps(series.steps ?? NO_STEPS, steps) }));
      changed();
    },
    onlineWord: () => onlineWord,
    setOnlineWord(word) {
      onlineWord = word;
    },
  };
}
