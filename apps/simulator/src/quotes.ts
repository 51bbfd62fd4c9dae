import { Decimal } from '@mexc-bot/core';
import { type Book, type BookLevel, bookAround, withoutTop } from './book.ts';
import { type CandleSeries, candleOver, priceAt, tradedBefore } from './candle-series.ts';
import type { Listing, MarketSource } from './market-source.ts';
import { onTick } from './plain-number.ts';
import { hash } from './random.ts';

const DAY_MS = 86_400_000;
/** Liquidity that was taken is back after this much market time. */
export const REPLENISH_MS = 10_000;

/** One market as it is quoted. */
export interface QuotedMarket {
  readonly listing: Listing;
  readonly series: CandleSeries;
  readonly tickSize: Decimal;
  readonly stepSize: Decimal;
}

/** Statistics of the last 24 h (fewer where the market is younger). */
interface DayStatistics {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly base: number;
  readonly quote: number;
}

/** Prices and books as they stand at a moment, all out of one price path. */
export interface Quotes {
  /** Markets listed by then, in the order of their symbols. */
  listed(now: number): readonly QuotedMarket[];
  /** @returns undefined where the exchange knows no such market yet */
  find(symbol: string, now: number): QuotedMarket | undefined;
  /** Last price on the tick grid. */
  last(market: QuotedMarket, now: number): number;
  day(market: QuotedMarket, now: number): DayStatistics;
  /** The book less what takers ate and what has not come back yet. */
  book(market: QuotedMarket, now: number): Book;
  /** Notes that a taker bought (`asks`) or sold (`bids`) this many steps. */
  eat(market: QuotedMarket, side: keyof Book, steps: number, now: number): void;
}

interface Eaten {
  steps: number;
  at: number;
}

interface Extremes {
  readonly bar: number;
  readonly high: number;
  readonly low: number;
}

export function createQuotes(source: MarketSource): Quotes {
  const markets = new Map<string, QuotedMarket>();
  for (const listing of [...source.listings].sort((a, b) => (a.symbol < b.symbol ? -1 : 1))) {
    markets.set(listing.symbol, {
      listing,
      series: source.series(listing.symbol),
      tickSize: new Decimal(10).pow(-listing.priceDecimals),
      stepSize: new Decimal(10).pow(-listing.quantityDecimals),
    });
  }
  const all = [...markets.values()];
  const newestListing = Math.max(...all.map(({ listing }) => listing.listedAt));
  const eaten = new Map<string, Eaten>();
  const extremes = new Map<string, Extremes>();

  const last = (market: QuotedMarket, now: number): number =>
    onTick(priceAt(market.series, now), market.listing.priceDecimals);

  /** What is still missing: it comes back evenly over {@link REPLENISH_MS}. */
  const missing = (key: string, now: number): number => {
    const entry = eaten.get(key);
    if (!entry) return 0;
    const left = 1 - (now - entry.at) / REPLENISH_MS;
    if (left > 0) return Math.ceil(entry.steps * Math.min(1, left));
    eaten.delete(key);
    return 0;
  };

  /** High and low of the whole candles inside the window: the same until the next candle opens, so they are kept. */
  const wholeCandles = ({ series, listing }: QuotedMarket, from: number, to: number): Extremes => {
    const bar = Math.round((to - series.firstOpen) / series.stepMs);
    const kept = extremes.get(listing.symbol);
    if (kept?.bar === bar) return kept;
    const { high, low } = candleOver(series, from, to);
    const fresh = { bar, high, low };
    extremes.set(listing.symbol, fresh);
    return fresh;
  };

  const day = (market: QuotedMarket, now: number): DayStatistics => {
    const { series } = market;
    const from = Math.max(series.firstOpen, now - DAY_MS);
    const open = priceAt(series, from);
    const ends = [open, priceAt(series, now)];
    let [high, low] = [Math.max(...ends), Math.min(...ends)];
    const include = (part: { readonly high: number; readonly low: number }): void => {
      high = Math.max(high, part.high);
      low = Math.min(low, part.low);
    };

    const firstWhole = series.firstOpen + Math.ceil((from - series.firstOpen) / series.stepMs) * series.stepMs;
    const unfinished = series.firstOpen + Math.floor((now - series.firstOpen) / series.stepMs) * series.stepMs;
    if (firstWhole < unfinished) {
      include(wholeCandles(market, firstWhole, unfinished));
      if (from < firstWhole) include(candleOver(series, from, firstWhole));
      if (unfinished < now) include(candleOver(series, unfinished, now));
    } else if (from < now) include(candleOver(series, from, now));

    const before = tradedBefore(series, from);
    const traded = tradedBefore(series, now);
    return { open, high, low, base: traded.base - before.base, quote: traded.quote - before.quote };
  };

  const rawBook = (market: QuotedMarket, now: number): Book => {
    const { series, listing, tickSize, stepSize } = market;
    const from = Math.max(series.firstOpen, now - DAY_MS);
    return bookAround({
      seed: hash(series.seed, 5, 0),
      now,
      lastTicks: Math.round(last(market, now) * 10 ** listing.priceDecimals),
      tickSize: tickSize.toNumber(),
      stepSize: stepSize.toNumber(),
      quoteVolume: tradedBefore(series, now).quote - tradedBefore(series, from).quote,
    });
  };

  return {
    listed: (now) => (now >= newestListing ? all : all.filter(({ listing }) => listing.listedAt <= now)),
    find(symbol, now) {
      const market = markets.get(symbol);
      return market && market.listing.listedAt <= now ? market : undefined;
    },
    last,
    day,
    book(market, now) {
      const book = rawBook(market, now);
      const without = (side: keyof Book): readonly BookLevel[] => {
        const steps = missing(`${market.listing.symbol}/${side}`, now);
        return steps > 0 ? withoutTop(book[side], steps) : book[side];
      };
      return { bids: without('bids'), asks: without('asks') };
    },
    eat(market, side, steps, now) {
      const key = `${market.listing.symbol}/${side}`;
      eaten.set(key, { steps: steps + missing(key, now), at: now });
    },
  };
}
