import { type Book, type BookInput, type BookLevel, bookAround, topAround, withoutTop } from './book.ts';
import { type CandleSeries, type Cursor, candleOver, createCursor, type SeriesMoment } from './candle-series.ts';
import type { MarketSource } from './market-source.ts';
import { createMarkets, type Markets, type QuotedMarket } from './markets.ts';
import { onTick, scaleOf } from './plain-number.ts';
import { hash } from './random.ts';

const DAY_MS = 86_400_000;
/** Liquidity that was taken is back after this much market time. */
export const REPLENISH_MS = 10_000;

export type { QuotedMarket } from './markets.ts';

/** Statistics of the last 24 h (fewer where the market is younger). */
interface DayStatistics {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly base: number;
  readonly quote: number;
}

/** Prices and books as they stand at a moment, all out of one price path. */
export interface Quotes extends Pick<Markets, 'listed' | 'find' | 'known'> {
  readonly markets: Markets;
  /** Last price on the tick grid. */
  last(market: QuotedMarket, now: number): number;
  day(market: QuotedMarket, now: number): DayStatistics;
  /** The book less what takers ate and what has not come back yet. */
  book(market: QuotedMarket, now: number): Book;
  /** The best level of either side, as {@link book} has it: for a look at all markets at once. */
  top(market: QuotedMarket, now: number): Book;
  /** Notes that a taker bought (`asks`) or sold (`bids`) this many steps. */
  eat(market: QuotedMarket, side: keyof Book, steps: number, now: number): void;
  /** Until `until` the book has this share of its usual depth; 0: it is empty. */
  thin(symbol: string, share: number, until: number): void;
}

interface Thinning {
  readonly share: number;
  readonly until: number;
}

interface Eaten {
  steps: number;
  at: number;
}

/** Kept and written over: it holds until another moment of the market is asked for. */
interface Moment {
  now: number;
  readonly series: CandleSeries;
  readonly presentOf: Cursor;
  readonly pastOf: Cursor;
  /** where the day before it begins */
  from: number;
  past: SeriesMoment;
  present: SeriesMoment;
  /** the price on its tick */
  last: number;
  /** quote traded in that day */
  quote: number;
}

/** Of the whole candles from number `first` up to, not including, number `end`. */
interface Extremes {
  readonly series: CandleSeries;
  readonly first: number;
  readonly end: number;
  readonly high: number;
  readonly low: number;
}

export function createQuotes(source: MarketSource): Quotes {
  const markets = createMarkets(source);
  const eaten = new Map<string, Eaten>();
  const extremes = new Map<string, Extremes>();
  const moments = new Map<string, Moment>();
  const thinned = new Map<string, Thinning>();

  /** What several questions about one moment of a market have in common. */
  const momentOf = ({ series, listing }: QuotedMarket, now: number): Moment => {
    let moment = moments.get(listing.symbol);
    if (moment?.series !== series) {
      const [presentOf, pastOf] = [createCursor(series), createCursor(series)];
      const [present, past] = [presentOf(now, 'until'), pastOf(now, 'from')];
      moment = { now: Number.NaN, series, presentOf, pastOf, from: 0, past, present, last: 0, quote: 0 };
      moments.set(listing.symbol, moment);
    }
    if (moment.now === now) return moment;
    moment.now = now;
    moment.from = Math.max(series.firstOpen, now - DAY_MS);
    moment.present = moment.presentOf(now, 'until');
    moment.past = moment.pastOf(moment.from, 'from');
    moment.last = onTick(moment.present.price, listing.priceDecimals);
    moment.quote = moment.present.quote - moment.past.quote;
    return moment;
  };
  const last = (market: QuotedMarket, now: number): number => momentOf(market, now).last;

  // most of the time nothing is: two keys less to put together for each of thousands of markets
  const isEaten = (symbol: string): boolean =>
    eaten.size > 0 && (eaten.has(`${symbol}/bids`) || eaten.has(`${symbol}/asks`));

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
    const number = (time: number): number => Math.round((time - series.firstOpen) / series.stepMs);
    const [first, end] = [number(from), number(to)];
    const kept = extremes.get(listing.symbol);
    if (kept?.series === series && kept.first === first && kept.end === end) return kept;
    const fresh = moved(kept, series, first, end);
    extremes.set(listing.symbol, fresh);
    return fresh;
  };

  const day = (market: QuotedMarket, now: number): DayStatistics => {
    const { series } = market;
    const { from, past, present, quote } = momentOf(market, now);
    let high = Math.max(past.price, present.price);
    let low = Math.min(past.price, present.price);
    const include = (part: { readonly high: number; readonly low: number }): void => {
      high = Math.max(high, part.high);
      low = Math.min(low, part.low);
    };

    const firstWhole = series.firstOpen + Math.ceil((from - series.firstOpen) / series.stepMs) * series.stepMs;
    const unfinished = series.firstOpen + Math.floor((now - series.firstOpen) / series.stepMs) * series.stepMs;
    if (firstWhole < unfinished) {
      include(wholeCandles(market, firstWhole, unfinished));
      if (from < firstWhole) include(past);
      if (unfinished < now) include(present);
    } else if (from < now) include(candleOver(series, from, now));
    return { open: past.price, high, low, base: present.base - past.base, quote };
  };

  const inputOf = (market: QuotedMarket, now: number): BookInput => {
    const { series, listing } = market;
    const { last: price, quote } = momentOf(market, now);
    return {
      seed: hash(series.seed, 5, 0),
      now,
      lastTicks: Math.round(price * scaleOf(listing.priceDecimals)),
      tickSize: 1 / scaleOf(listing.priceDecimals),
      stepSize: 1 / scaleOf(listing.quantityDecimals),
      quoteVolume: quote,
    };
  };
  const thinningOf = (symbol: string, now: number): Thinning | undefined => {
    const thinning = thinned.size > 0 ? thinned.get(symbol) : undefined;
    if (!thinning || now < thinning.until) return thinning;
    thinned.delete(symbol);
    return undefined;
  };
  const rawBook = (market: QuotedMarket, now: number): Book => {
    const { listing } = market;
    const book = bookAround(inputOf(market, now));
    const thinning = thinningOf(listing.symbol, now);
    if (!thinning) return book;
    const side = (levels: readonly BookLevel[]): readonly BookLevel[] =>
      levels
        .map(({ ticks, steps }) => ({ ticks, steps: Math.floor(steps * thinning.share) }))
        .filter(({ steps }) => steps > 0);
    return { bids: side(book.bids), asks: side(book.asks) };
  };

  const book = (market: QuotedMarket, now: number): Book => {
    const whole = rawBook(market, now);
    const without = (side: keyof Book): readonly BookLevel[] => {
      const steps = missing(`${market.listing.symbol}/${side}`, now);
      return steps > 0 ? withoutTop(whole[side], steps) : whole[side];
    };
    return { bids: without('bids'), asks: without('asks') };
  };

  return {
    markets,
    listed: markets.listed,
    find: markets.find,
    known: markets.known,
    last,
    day,
    book,
    top(market, now) {
      const { symbol } = market.listing;
      const touched = isEaten(symbol) || thinningOf(symbol, now) !== undefined;
      return touched ? book(market, now) : topAround(inputOf(market, now));
    },
    eat(market, side, steps, now) {
      const key = `${market.listing.symbol}/${side}`;
      eaten.set(key, { steps: steps + missing(key, now), at: now });
    },
    thin: (symbol, share, until) => void thinned.set(symbol, { share, until }),
  };
}

/** The window goes on by a candle or so: only what leaves it and what enters is looked at, unless an extreme leaves. */
function moved(kept: Extremes | undefined, series: CandleSeries, first: number, end: number): Extremes {
  const over = (from: number, to: number): Pick<Extremes, 'high' | 'low'> =>
    candleOver(series, series.firstOpen + from * series.stepMs, series.firstOpen + to * series.stepMs);
  const goesOn = kept?.series === series && kept.first <= first && first < kept.end && kept.end < end;
  if (goesOn) {
    const left = first === kept.first ? null : over(kept.first, first);
    if (left === null || (left.high < kept.high && left.low > kept.low)) {
      const entered = over(kept.end, end);
      const [high, low] = [Math.max(kept.high, entered.high), Math.min(kept.low, entered.low)];
      return { series, first, end, high, low };
    }
  }
  const { high, low } = over(first, end);
  return { series, first, end, high, low };
}
