import {
  breadthOfCounts,
  type HypeCriteria,
  hypeRejection,
  rankHype,
  type StrategyCriteria,
  spreadOf,
  type Ticker24h,
  type UniverseCriteria,
  universeRejection,
} from '@mexc-bot/core';
import { halfSpread } from './book-estimate.ts';
import { indicesOf, type PreparedData, type PreparedMarket } from './data.ts';
import { type BacktestSettings, boughtOnly } from './options.ts';
import type { BacktestCosts } from './result.ts';

/** What the tickers of every moment come to, for one universe; computed once, whatever else the settings say. */
export interface TickerHistory {
  /** How many markets have a candle. */
  looked(index: number): number;
  /** Share of the tradable markets that rose in 24 h; null: too few to say. */
  breadth(index: number): number | null;
  /** Hype tokens of every moment, strongest first. */
  hype(criteria: HypeCriteria): HypeHistory;
}

/** Index of the market in the data, for each hype token: those of grid index i lie in `first[i] … first[i + 1]`. */
export interface HypeHistory {
  readonly first: Int32Array;
  readonly market: Int32Array;
  /** For each of them {@link NO_PATTERN} or {@link PATTERN}, or 0 where it was not looked yet; one column per criteria. */
  patterns(criteria: StrategyCriteria): Uint8Array;
}

export const NO_PATTERN = 1;
export const PATTERN = 2;

const known = new WeakMap<PreparedData, Map<string, TickerHistory>>();

/** @returns the same object for the same data, universe and costs */
export function tickerHistory(data: PreparedData, universe: UniverseCriteria, costs: BacktestCosts): TickerHistory {
  const histories = known.get(data) ?? new Map<string, TickerHistory>();
  known.set(data, histories);
  const key = JSON.stringify([universe, costs.minSpread, costs.spreadPerAtr]);
  const history = histories.get(key) ?? createTickerHistory(data, universe, costs);
  histories.set(key, history);
  return history;
}

function createTickerHistory(data: PreparedData, universe: UniverseCriteria, costs: BacktestCosts): TickerHistory {
  const { markets, length } = data;
  const tradableFrom = markets.map((market) => firstTradable(market, data, universe));
  const up = new Int32Array(length);
  const moved = new Int32Array(length);
  const looked = new Int32Array(length);
  for (const [i, { rowAt, change24h }] of markets.entries()) {
    for (let index = 0; index < length; index++) if (rowAt[index]! >= 0) looked[index]! += 1;
    for (let index = tradableFrom[i]!; index < length; index++) {
      const row = rowAt[index]!;
      if (row < 0) continue;
      const change = change24h[row]!;
      if (change > 0) up[index]! += 1;
      if (change > 0 || change < 0) moved[index]! += 1;
    }
  }
  const histories = new Map<string, HypeHistory>();
  return {
    looked: (index) => looked[index]!,
    breadth: (index) => breadthOfCounts(up[index]!, moved[index]!),
    hype(criteria) {
      const key = JSON.stringify(criteria);
      const history = histories.get(key) ?? hypeHistory(data, tradableFrom, criteria, costs);
      histories.set(key, history);
      return history;
    },
  };
}

/** A market's verdict changes only where it grows old enough. @returns the grid index; `length`: never */
export function firstTradable(
  { market, firstSeenAt }: PreparedMarket,
  { start, stepMs, length }: PreparedData,
  universe: UniverseCriteria,
): number {
  for (let index = 0; index < length; index++) {
    const verdict = universeRejection(market, firstSeenAt, universe, start + (index + 1) * stepMs);
    if (verdict === null) return index;
    if (verdict !== 'too_new') return length;
  }
  return length;
}

function hypeHistory(
  { markets, length }: PreparedData,
  tradableFrom: readonly number[],
  criteria: HypeCriteria,
  costs: BacktestCosts,
): HypeHistory {
  const passed: Ticker24h[][] = [];
  const scratch = { market: '', last: 0, bid: 0, ask: 0, quoteVolume: 0, change: 0 };
  for (const [i, market] of markets.entries()) {
    for (let index = tradableFrom[i]!; index < length; index++) {
      const row = market.rowAt[index]!;
      if (row < 0) continue;
      fillTicker(scratch, market, row, costs);
      if (hypeRejection(scratch, criteria) !== null) continue;
      const here = passed[index] ?? [];
      passed[index] = here;
      here.push({ ...scratch, market: market.market.id });
    }
  }
  const order = new Map(markets.map(({ market }, i) => [market.id, i]));
  const first = new Int32Array(length + 1);
  const found: number[] = [];
  for (let index = 0; index < length; index++) {
    for (const { market } of rankHype(passed[index] ?? []).slice(0, criteria.maxCandidates)) {
      found.push(order.get(market)!);
    }
    first[index + 1] = found.length;
  }
  const columns = new Map<string, Uint8Array>();
  return {
    first,
    market: Int32Array.from(found),
    patterns(strategy) {
      const key = JSON.stringify(strategy);
      const column = columns.get(key) ?? new Uint8Array(found.length);
      columns.set(key, column);
      return column;
    },
  };
}

/** How far tickers come. */
export interface TickerReach {
  /** highest last price */
  readonly price: number;
  /** highest quote traded in 24 h */
  readonly quoteVolume: number;
  /** tightest spread, fraction */
  readonly spread: number;
}

/**
 * The furthest that any ticker of a run comes, of the markets that may be bought then and have a day of candles behind them: without,
 * there is no 24 h change, and nothing is bought whatever the settings say; null: there is none.
 */
export function tickerReach(data: PreparedData, settings: BacktestSettings): TickerReach | null {
  const { universe, costs } = settings;
  const { first, last } = indicesOf(data, settings);
  let [price, quoteVolume, spread] = [0, 0, Number.POSITIVE_INFINITY];
  const ticker = { market: '', last: 0, bid: 0, ask: 0, quoteVolume: 0, change: 0 };
  const isBought = boughtOnly(settings.buysOnly);
  for (const market of data.markets.filter(({ market: { id } }) => isBought(id))) {
    for (let index = Math.max(first, firstTradable(market, data, universe)); index <= last; index++) {
      const row = market.rowAt[index]!;
      if (row < 0) continue;
      fillTicker(ticker, market, row, costs);
      if (Number.isNaN(ticker.change)) continue;
      price = Math.max(price, ticker.last);
      quoteVolume = Math.max(quoteVolume, ticker.quoteVolume);
      spread = Math.min(spread, spreadOf(ticker));
    }
  }
  return price === 0 ? null : { price, quoteVolume, spread };
}

/** A market's ticker at the close of a candle: its bid and ask are estimates. */
export function tickerAt(market: PreparedMarket, row: number, costs: BacktestCosts): Ticker24h {
  const ticker = { market: market.market.id, last: 0, bid: 0, ask: 0, quoteVolume: 0, change: 0 };
  fillTicker(ticker, market, row, costs);
  return ticker;
}

function fillTicker(
  ticker: { last: number; bid: number; ask: number; quoteVolume: number; change: number },
  market: PreparedMarket,
  row: number,
  costs: BacktestCosts,
): void {
  const last = market.candles.close[row]!;
  const half = halfSpread(market.atrFraction[row]!, costs);
  ticker.last = last;
  ticker.bid = last * (1 - half);
  ticker.ask = last * (1 + half);
  ticker.quoteVolume = market.quoteVolume24h[row]!;
  ticker.change = market.change24h[row]!;
}
