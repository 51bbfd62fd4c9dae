import type { CandleSeries } from './candle-series.ts';

/** How MEXC describes one market. */
export interface Listing {
  /** `PEPEUSDT` */
  readonly symbol: string;
  readonly base: string;
  readonly quote: 'USDT';
  readonly fullName: string;
  /** decimals of a price: 4 means a tick of 0.0001 */
  readonly priceDecimals: number;
  /** decimals of a quantity */
  readonly quantityDecimals: number;
  /** 1 online, 2 paused, 3 offline */
  readonly status: '1' | '2' | '3';
  readonly apiTradable: boolean;
  /** 1 all, 2 buy only, 3 sell only, 4 closed */
  readonly tradeSideType: 1 | 2 | 3 | 4;
  /** MEXC's `st` */
  readonly riskFlagged: boolean;
  /** the market is unknown to the exchange before, ms UTC */
  readonly listedAt: number;
}

/** A market of many tokens: what they are and how their prices go. Pure: the same at every reading. */
export interface MarketSource {
  /** names the market; state saved under another identity is not its own */
  readonly identity: string;
  /** market time at which a new market starts, ms UTC */
  readonly startAt: number;
  /** ms UTC; null: it never ends */
  readonly endAt: number | null;
  readonly listings: readonly Listing[];
  /** files of a recording that are left out: another quote, a second timeframe, a name without a market */
  readonly skipped: readonly string[];
  /** @throws {RangeError} a symbol that is not listed */
  series(symbol: string): CandleSeries;
  /** Makes a little of what will be needed soon; called now and then, so that no request pays for all of it. */
  prepare(now: number): void;
}

/**
 * Decimals of a quantity so that one step is worth about 0.001 USDT (0.0003 to 0.003), never fewer than 0: MEXC's steps are
 * decimals, so a coin at 1e-9 USDT trades in whole coins worth much less.
 */
export function quantityDecimalsFor(price: number): number {
  return Math.max(0, Math.min(8, Math.round(3 + Math.log10(price))));
}
