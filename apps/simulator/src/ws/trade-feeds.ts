import { type CandleSeries, priceAt } from '../candle-series.ts';
import { KLINES_CAP, type KlineRow, klines } from '../klines.ts';
import { onTick, plain, tickText } from '../plain-number.ts';
import type { QuotedMarket } from '../quotes.ts';
import { type Deal, dealsOfMinute, MINUTE_MS } from './deals.ts';
import { type Feed, type FeedDeps, feedOfState } from './feed.ts';
import type { PushBody, PushedDeal, PushedMiniTicker } from './push.ts';
import type { DealsTopic, KlineTopic, MiniTickerTopic } from './topics.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const ONLINE = '1';
/** After a leap of the clock only this much of the past is told. */
const CATCH_UP_MS = 10 * MINUTE_MS;

/** The trades since the last push; nothing is pushed where nothing traded. */
export function dealsFeed(deps: FeedDeps, topic: DealsTopic, since: number): Feed {
  let told = since;
  let kept: { readonly series: CandleSeries; readonly minute: number; readonly deals: readonly Deal[] } | null = null;
  const dealsIn = (market: QuotedMarket, minute: number): readonly Deal[] => {
    const { series } = market;
    // a shock gives the market another series: the rest of the minute goes along it
    if (kept?.minute !== minute || kept.series !== series) {
      kept = { series, minute, deals: dealsOfMinute(market, minute) };
    }
    return kept.deals;
  };

  return {
    greeting: () => null,
    next(now) {
      const from = Math.max(told, now - CATCH_UP_MS);
      told = now;
      const market = deps.quotes.find(topic.symbol, now);
      if (market?.listing.status !== ONLINE) return [];
      const { priceDecimals, quantityDecimals } = market.listing;
      const deals: PushedDeal[] = [];
      for (let minute = Math.floor(from / MINUTE_MS) * MINUTE_MS; minute <= now; minute += MINUTE_MS) {
        for (const { time, price, steps, buys } of dealsIn(market, minute)) {
          if (time <= from || time > now) continue;
          deals.push({
            price: price.toFixed(priceDecimals),
            quantity: plain(steps / 10 ** quantityDecimals, quantityDecimals),
            tradeType: buys ? 1 : 2,
            time,
          });
        }
      }
      return deals.length === 0 ? [] : [{ publicAggreDeals: { deals, eventType: topic.eventType } }];
    },
  };
}

/** The unfinished candle, and before it each candle that ended since the last push, in its final state: the rows of REST. */
export function klineFeed(deps: FeedDeps, topic: KlineTopic, since: number): Feed {
  const { grid, interval } = topic;
  const bodyOf = ([open, first, high, low, last, volume, close, amount]: KlineRow): PushBody => ({
    publicSpotKline: {
      interval,
      windowStart: open / 1000,
      openingPrice: first,
      closingPrice: last,
      highestPrice: high,
      lowestPrice: low,
      volume,
      amount,
      windowEnd: close / 1000,
    },
  });
  const rowsFrom = (open: number, now: number): KlineRow[] => {
    const market = deps.quotes.find(topic.symbol, now);
    return market ? klines(market, grid, { startTime: open, endTime: null, limit: KLINES_CAP }, now) : [];
  };

  let window = grid.at(since);
  return {
    greeting: (now) => rowsFrom(grid.at(now), now).map(bodyOf)[0] ?? null,
    next(now) {
      const earliest = grid.shift(grid.at(now), 1 - KLINES_CAP);
      const rows = rowsFrom(Math.max(window, earliest), now);
      window = grid.at(now);
      return rows.map(bodyOf);
    },
  };
}

/** The day's statistics of one market, or of all that are listed. */
export function miniTickerFeed(deps: FeedDeps, topic: MiniTickerTopic): Feed {
  const { symbol, zoneHours } = topic;
  const rows = (now: number): PushedMiniTicker[] => {
    const market = symbol === null ? null : deps.quotes.find(symbol, now);
    const markets = market === null ? deps.quotes.listed(now) : market ? [market] : [];
    return markets.map((each) => miniTicker(deps, each, zoneHours, now));
  };
  return feedOfState((now) => {
    const items = rows(now);
    const [first] = items;
    if (!first) return null;
    return symbol === null ? { publicMiniTickers: { items } } : { publicMiniTicker: first };
  });
}

function miniTicker(
  { quotes }: FeedDeps,
  market: QuotedMarket,
  zoneHours: number | null,
  now: number,
): PushedMiniTicker {
  const { listing, series } = market;
  const last = quotes.last(market, now);
  const day = quotes.day(market, now);
  const price = (value: number): string => tickText(value, listing.priceDecimals);
  const rateSince = (from: number): string => {
    const open = onTick(priceAt(series, Math.max(series.firstOpen, from)), listing.priceDecimals);
    return (last / open - 1).toFixed(4);
  };
  const midnight = (hours: number): number => Math.floor((now + hours * HOUR_MS) / DAY_MS) * DAY_MS - hours * HOUR_MS;
  const rate = rateSince(midnight(8));
  const zonedRate = rateSince(zoneHours === null ? now - DAY_MS : midnight(zoneHours));
  const [high, low] = [price(day.high), price(day.low)];
  return {
    symbol: listing.symbol,
    price: price(last),
    rate,
    zonedRate,
    high,
    low,
    volume: plain(day.quote, 4),
    quantity: plain(day.base, listing.quantityDecimals),
    lastCloseRate: rate,
    lastCloseZonedRate: zonedRate,
    lastCloseHigh: high,
    lastCloseLow: low,
  };
}
