import {
  type BookTicker,
  CANDLE_PAGE,
  type Candle,
  Decimal,
  type Depth,
  type DepthLevel,
  type ExchangeSymbol,
  HOUR_MS,
  TIMEFRAME_MS,
  type Ticker24h,
  type Timeframe,
  type TimeRange,
} from '@mexc-bot/core';
import { z } from 'zod';
import { malformed, nonNegative, parseWire, positive } from './wire.ts';

// tickers come by the thousand every minute or second: these two are parsed by hand, several times faster than by a schema
type Row = Readonly<Record<string, unknown>>;

function rowsOf(what: string, body: unknown): readonly Row[] {
  if (!Array.isArray(body)) throw malformed(what, 'not a list');
  return body.filter((row) => typeof row === 'object' && row !== null);
}

/** @returns null for what is missing (null, absent, ""), NaN for what is no number */
function numberOf(value: unknown): number | null {
  if (value === null || value === undefined || value === '') return null;
  return typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
}

/**
 * `GET /ticker/24hr` without a symbol. `priceChangePercent` is a fraction whatever its name says; volumes may be null or "".
 * Rows that make no sense are left out; an answer without a single good row is refused.
 */
export function parseTickers(body: unknown): readonly Ticker24h[] {
  const rows = rowsOf('ticker/24hr', body);
  const tickers = new Map<ExchangeSymbol, Ticker24h>();
  for (const row of rows) {
    const ticker = toTicker(row);
    if (ticker !== null && !tickers.has(ticker.market)) tickers.set(ticker.market, ticker);
  }
  if (tickers.size === 0) throw malformed('ticker/24hr', `no usable row among ${rows.length}`);
  return [...tickers.values()];
}

function toTicker(row: Row): Ticker24h | null {
  const market = row.symbol;
  if (typeof market !== 'string' || market === '') return null;
  const last = numberOf(row.lastPrice) ?? Number.NaN;
  const volume = numberOf(row.volume);
  const quoteVolume = numberOf(row.quoteVolume) ?? (volume === null ? null : volume * last);
  const change = numberOf(row.priceChangePercent);
  const high = numberOf(row.highPrice);
  const low = numberOf(row.lowPrice);

  const sane =
    isPrice(last) &&
    (volume === null || isAmount(volume)) &&
    (quoteVolume === null || isAmount(quoteVolume)) &&
    (change === null || (Number.isFinite(change) && change >= -1)) &&
    !(high !== null && low !== null && high < low);
  if (!sane) return null;
  return { market, last, bid: quoteOf(row.bidPrice), ask: quoteOf(row.askPrice), quoteVolume, change };
}

const isPrice = (value: number): boolean => value > 0 && Number.isFinite(value);
const isAmount = (value: number): boolean => value >= 0 && Number.isFinite(value);

/** @returns 0 where the side is not quoted */
function quoteOf(value: unknown): number {
  const price = numberOf(value);
  return price !== null && isPrice(price) ? price : 0;
}

/** `GET /ticker/bookTicker` without a symbol. Markets without a bid, and crossed ones, are left out. */
export function parseBookTickers(body: unknown): ReadonlyMap<ExchangeSymbol, BookTicker> {
  const rows = rowsOf('ticker/bookTicker', body);
  const tickers = new Map<ExchangeSymbol, BookTicker>();
  for (const row of rows) {
    const ticker = toBookTicker(row);
    if (ticker !== null && !tickers.has(ticker.market)) tickers.set(ticker.market, ticker);
  }
  if (tickers.size === 0) throw malformed('ticker/bookTicker', `no usable row among ${rows.length}`);
  return tickers;
}

function toBookTicker(row: Row): BookTicker | null {
  const market = row.symbol;
  if (typeof market !== 'string' || market === '') return null;
  const bid = positiveDecimal(row.bidPrice);
  const bidQuantity = positiveDecimal(row.bidQty);
  if (bid === null || bidQuantity === null) return null;
  if (isNothing(row.askPrice) || isNothing(row.askQty))
    return { market, bid, bidQuantity, ask: null, askQuantity: null };
  const ask = positiveDecimal(row.askPrice);
  const askQuantity = positiveDecimal(row.askQty);
  return ask === null || askQuantity === null || bid.gt(ask) ? null : { market, bid, bidQuantity, ask, askQuantity };
}

/** Of a side nobody quotes: missing, empty or zero. What is no number says nothing. */
const isNothing = (value: unknown): boolean => (numberOf(value) ?? 0) === 0;

function positiveDecimal(value: unknown): Decimal | null {
  const number = numberOf(value);
  return number !== null && isPrice(number) ? new Decimal(value as string | number) : null;
}

const depthSide = z.array(z.tuple([positive, nonNegative]).rest(z.unknown()));
const depthBody = z.object({ bids: depthSide, asks: depthSide });

/** `GET /depth`. A side may be empty; one out of order, or a crossed book, is refused. */
export function parseDepth(market: ExchangeSymbol, body: unknown): Depth {
  const what = `depth of ${market}`;
  const { bids, asks } = parseWire(what, depthBody, body);
  const depth = { bids: toLevels(bids), asks: toLevels(asks) };
  if (!ordered(depth.bids, (better, worse) => better.gt(worse))) throw malformed(what, 'bids are not in order');
  if (!ordered(depth.asks, (better, worse) => better.lt(worse))) throw malformed(what, 'asks are not in order');
  const [bid, ask] = [depth.bids[0], depth.asks[0]];
  if (bid && ask && bid.price.gte(ask.price)) throw malformed(what, `crossed: bid ${bid.price}, ask ${ask.price}`);
  return depth;
}

const toLevels = (rows: readonly (readonly [Decimal, Decimal, ...unknown[]])[]): DepthLevel[] =>
  rows.filter(([, quantity]) => quantity.gt(0)).map(([price, quantity]) => ({ price, quantity }));

const ordered = (levels: readonly DepthLevel[], inOrder: (a: Decimal, b: Decimal) => boolean): boolean =>
  levels.every((level, i) => i === 0 || inOrder(levels[i - 1]!.price, level.price));

/** MEXC's interval names; there is no `1h`. */
export const WIRE_INTERVAL: Readonly<Record<Timeframe, string>> = {
  '1m': '1m',
  '5m': '5m',
  '15m': '15m',
  '1h': '60m',
  '4h': '4h',
  '1d': '1d',
};

/**
 * `GET /klines`, its last rows. The last row is the unfinished candle as a rule; what closes after `now` is dropped. Holes are
 * legal, but rows out of order, twice, off the grid, from the future, or more than asked for refuse the whole page.
 *
 * @param rows how many were asked for
 * @param now market time, ms UTC
 */
export function parseClosedCandles(
  market: ExchangeSymbol,
  timeframe: Timeframe,
  body: unknown,
  rows: number,
  now: number,
): readonly Candle[] {
  const what = `${timeframe} candles of ${market}`;
  if (!Array.isArray(body)) throw malformed(what, 'not a list');
  if (body.length > rows) throw malformed(what, `${body.length} rows where ${rows} were asked for`);

  const intervalMs = TIMEFRAME_MS[timeframe];
  // the time zone in which MEXC's days begin is not documented: a day may open at any full hour
  const gridMs = Math.min(intervalMs, HOUR_MS);
  let previous = 0;
  const candles: Candle[] = [];
  for (const row of body) {
    const { closeTime, ...candle } = toCandle(what, row);
    const { openTime } = candle;
    if (openTime <= previous) throw malformed(what, `row of ${openTime} follows that of ${previous}`);
    if (openTime % gridMs !== 0 || (previous > 0 && (openTime - previous) % intervalMs !== 0)) {
      throw malformed(what, `${openTime} is off the grid`);
    }
    if (closeTime !== openTime + intervalMs) throw malformed(what, `${openTime} closes at ${closeTime}`);
    if (openTime > now + intervalMs) throw malformed(what, `${openTime} is in the future`);
    previous = openTime;
    if (closeTime <= now) candles.push(candle);
  }
  return candles;
}

/**
 * `GET /klines` between two times: as {@link parseClosedCandles}, and a first or last row outside of the page refuses it, for then
 * the exchange did not answer what was asked.
 */
export function parseCandlePage(
  market: ExchangeSymbol,
  timeframe: Timeframe,
  body: unknown,
  page: TimeRange,
  now: number,
): readonly Candle[] {
  const candles = parseClosedCandles(market, timeframe, body, CANDLE_PAGE, now);
  const [first, last] = [candles[0], candles.at(-1)];
  if (first === undefined || last === undefined) return candles;
  if (first.openTime >= page.from && last.openTime < page.until) return candles;
  throw malformed(
    `${timeframe} candles of ${market}`,
    `${first.openTime} to ${last.openTime} where ${page.from} to ${page.until} was asked for`,
  );
}

/** As the tickers, parsed by hand: a page has 3,500 numbers. */
function toCandle(what: string, row: unknown): Candle & { readonly closeTime: number } {
  if (!Array.isArray(row) || row.length < 7) throw malformed(what, `${JSON.stringify(row)?.slice(0, 80)} is no candle`);
  const [openTime, open, high, low, close, volume, closeTime] = row.map(numberOf) as (number | null)[];
  const candle = {
    openTime: openTime ?? Number.NaN,
    open: open ?? Number.NaN,
    high: high ?? Number.NaN,
    low: low ?? Number.NaN,
    close: close ?? Number.NaN,
    volume: volume ?? Number.NaN,
    closeTime: closeTime ?? Number.NaN,
  };
  const sane =
    Number.isSafeInteger(candle.openTime) &&
    isPrice(candle.low) &&
    isPrice(candle.high) &&
    candle.high >= Math.max(candle.open, candle.close) &&
    candle.low <= Math.min(candle.open, candle.close) &&
    isAmount(candle.volume);
  if (!sane) throw malformed(what, `${JSON.stringify(row).slice(0, 120)} is no candle`);
  return candle;
}
