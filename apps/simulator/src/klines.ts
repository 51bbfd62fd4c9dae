import { candleOver } from './candle-series.ts';
import { plain, tickText } from './plain-number.ts';
import type { QuotedMarket } from './quotes.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** The documents say 1000; MEXC returns 500 whatever is asked. */
export const KLINES_CAP = 500;
/** The first Monday of the epoch. */
const FIRST_MONDAY = 4 * DAY_MS;

const FIXED: Readonly<Record<string, number>> = {
  '1m': MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '30m': 30 * MINUTE_MS,
  '60m': 60 * MINUTE_MS,
  '4h': 240 * MINUTE_MS,
  '1d': DAY_MS,
};

/** Where candles of an interval open. */
export interface Grid {
  /** opening of the candle that contains `time` */
  at(time: number): number;
  /** opening `n` candles after (before, if negative) the opening `open` */
  shift(open: number, n: number): number;
}

/** @returns null for an interval MEXC does not have (`1h`, `2h`, `3m` …) */
export function gridOf(interval: string): Grid | null {
  if (interval === '1M') {
    return {
      at: (time) => Date.UTC(new Date(time).getUTCFullYear(), new Date(time).getUTCMonth()),
      shift: (open, n) => Date.UTC(new Date(open).getUTCFullYear(), new Date(open).getUTCMonth() + n),
    };
  }
  const length = interval === '1W' ? 7 * DAY_MS : Object.hasOwn(FIXED, interval) ? FIXED[interval]! : null;
  if (length === null) return null;
  const origin = interval === '1W' ? FIRST_MONDAY : 0;
  return {
    at: (time) => origin + Math.floor((time - origin) / length) * length,
    shift: (open, n) => open + n * length,
  };
}

export interface KlinesWindow {
  /** ms UTC, inclusive; null: as early as the limit allows */
  readonly startTime: number | null;
  /** ms UTC, exclusive; null: now */
  readonly endTime: number | null;
  readonly limit: number;
}

/** `[openTime, o, h, l, c, base volume, closeTime, quote volume]` */
export type KlineRow = readonly [number, string, string, string, string, string, number, string];

/**
 * Candles that open in the window, oldest first, at most {@link KLINES_CAP}; the last one may be unfinished. With a start they
 * count from there, without one back from the end.
 */
export function klines({ series, listing }: QuotedMarket, grid: Grid, window: KlinesWindow, now: number): KlineRow[] {
  const limit = Math.max(1, Math.min(KLINES_CAP, window.limit));
  const earliest = grid.at(series.firstOpen);
  // the candle that opens at this very moment has no trade yet
  const latest = grid.at(window.endTime === null ? now : Math.min(now, window.endTime - 1));
  let first: number;
  if (window.startTime === null) first = grid.shift(latest, 1 - limit);
  else {
    first = grid.at(window.startTime);
    if (first < window.startTime) first = grid.shift(first, 1);
  }
  first = Math.max(first, earliest);

  const price = (value: number): string => tickText(value, listing.priceDecimals);
  const rows: KlineRow[] = [];
  for (let open = first; open <= latest && rows.length < limit; open = grid.shift(open, 1)) {
    const close = grid.shift(open, 1);
    const candle = candleOver(series, Math.max(open, series.firstOpen), Math.min(close, now));
    rows.push([
      open,
      price(candle.open),
      price(candle.high),
      price(candle.low),
      price(candle.close),
      plain(candle.base, Math.max(8, listing.quantityDecimals)),
      close,
      plain(candle.quote, 8),
    ]);
  }
  return rows;
}
