import { firstAt } from '@mexc-bot/core';
import { ema } from '@mexc-bot/indicators';
import { halfSpread } from './book-estimate.ts';
import type { PreparedData, PreparedMarket } from './data.ts';
import { isGoneAfter } from './delisting.ts';
import { type BacktestSettings, boughtOnly } from './options.ts';
import type { BacktestCosts } from './result.ts';
import { firstTradable } from './tickers.ts';

/** The simplest rule that follows a trend: hold while the fast EMA of the closes is over the slow one. */
export interface CrossRule {
  /** periods, candles */
  readonly fast: number;
  readonly slow: number;
  /** a stop this far under the price it was bought at, fraction */
  readonly stop: number;
}

/** One holding of the rule. */
export interface CrossTrade {
  /** row of the candle it was bought at the open of */
  readonly entryRow: number;
  /** row of the candle it was sold in */
  readonly exitRow: number;
  /** what a quote put in came to, costs off, > 0 */
  readonly growth: number;
}

/** What charting sites show first, and a stop for the days when it is late. */
const USUAL: CrossRule = { fast: 12, slow: 26, stop: 0.05 };

/**
 * Trades one market by the rule: what is seen at a close is done at the next open; a gap through the stop is sold at the open it
 * leads to.
 *
 * @param span rows that are traded, and which share of the last close what is still held then is sold at; rows before warm the
 *   averages up
 */
export function crossTrades(
  { candles: { open, low, close }, atrFraction }: Pick<PreparedMarket, 'candles' | 'atrFraction'>,
  { fast: fastPeriod, slow: slowPeriod, stop: stopFraction }: CrossRule,
  costs: BacktestCosts,
  { first, end, lastWorth }: { readonly first: number; readonly end: number; readonly lastWorth: number },
): CrossTrade[] {
  const fast = ema(close, fastPeriod);
  const slow = ema(close, slowPeriod);
  const trades: CrossTrade[] = [];
  const bid = (row: number, price: number): number =>
    price * (1 - halfSpread(atrFraction[row]!, costs)) * (1 - costs.takerFeeRate);
  const ask = (row: number, price: number): number =>
    price * (1 + halfSpread(atrFraction[row]!, costs)) * (1 + costs.takerFeeRate);
  let entryRow = -1;
  let paid = 0;
  let stop = 0;
  const sell = (row: number, price: number): void => {
    trades.push({ entryRow, exitRow: row, growth: bid(row, price) / paid });
    entryRow = -1;
  };
  for (let row = Math.max(first, 1); row < end; row++) {
    const [fastNow, slowNow] = [fast[row - 1]!, slow[row - 1]!];
    if (entryRow >= 0) {
      if (fastNow < slowNow) sell(row, open[row]!);
    } else if (fastNow > slowNow) {
      entryRow = row;
      paid = ask(row, open[row]!);
      stop = open[row]! * (1 - stopFraction);
    }
    if (entryRow >= 0 && low[row]! <= stop) sell(row, Math.min(open[row]!, stop));
  }
  if (entryRow >= 0) sell(end - 1, close[end - 1]! * lastWorth);
  return trades;
}

/**
 * What the simplest rule would have brought on the same candles at the same costs: the account in equal parts, one for each market
 * that could be bought, each part wholly in its coin or wholly out of it. No hype, no models, no protections.
 *
 * @returns as a fraction; null: nothing could be traded
 */
export function emaCrossReturn(data: PreparedData, settings: BacktestSettings): number | null {
  const { start, stepMs, length } = data;
  const { costs, universe } = settings;
  const isBought = boughtOnly(settings.buysOnly);
  const until = Math.min(settings.until ?? Number.POSITIVE_INFINITY, start + length * stepMs);
  const growths = data.markets.flatMap((market) => {
    if (!isBought(market.market.id)) return [];
    const tradable = firstTradable(market, data, universe);
    if (tradable === length) return [];
    const { openTime } = market.candles;
    const from = Math.max(settings.from ?? start, start + (tradable + 1) * stepMs);
    const end = firstAt(openTime, until - stepMs + 1);
    const lastWorth = isGoneAfter(market, end - 1, data) ? 1 - costs.delistingLoss : 1;
    const own = { ...costs, takerFeeRate: market.market.rules.takerFeeRate.toNumber() };
    const trades = crossTrades(market, USUAL, own, { first: firstAt(openTime, from), end, lastWorth });
    return [trades.reduce((product, { growth }) => product * growth, 1)];
  });
  return growths.length === 0 ? null : growths.reduce((sum, growth) => sum + growth, 0) / growths.length - 1;
}
