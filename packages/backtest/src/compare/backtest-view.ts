import {
  type Classification,
  classifyNow,
  DAY_MS,
  type DecisionRules,
  type HypeRejection,
  hypeRejection,
  MINUTE_MS,
  type Mode,
  type PositionRules,
  type Regime,
  type ScanTerms,
  type StrategyCriteria,
  type Ticker24h,
  termsOf,
  type UniverseRejection,
  universeRejection,
} from '@mexc-bot/core';
import type { PreparedData, PreparedMarket } from '../data.ts';
import type { BacktestSettings } from '../options.ts';
import type { BacktestResult } from '../result.ts';
import { tickerAt, tickerHistory } from '../tickers.ts';

/** A market as the backtest saw it at the close of a candle. */
export interface MarketView {
  readonly ticker: Ticker24h;
  readonly terms: ScanTerms;
  /** share of the tradable markets that rose; null: too few to say */
  readonly breadth: number | null;
  readonly lastClose: number;
  /** why it may not be traded at all; null: it may */
  readonly universe: UniverseRejection | null;
  /** why it was not looked at: that, or a reason of the hype filters; null: it was */
  readonly rejected: string | null;
  /** What the hype filters say of another ticker under other criteria, rank apart. */
  filter(ticker: Ticker24h, terms: ScanTerms): HypeRejection | null;
  /** The pattern of these candles under other thresholds. */
  pattern(criteria: StrategyCriteria): Classification;
}

export interface BacktestView {
  readonly stepMs: number;
  readonly mode: Mode;
  readonly rules: DecisionRules;
  readonly position: PositionRules;
  /** @returns null: the backtest has no candle of it that closes then */
  marketAt(market: string, at: number): MarketView | null;
  /**
   * What a ticker can have said at a moment, if it told the same market as the candles: lowest and highest last price, 24 h change
   * and volume; null: the candles do not reach so far.
   */
  allowed(market: string, at: number): TickerBounds | null;
}

/** Lowest and highest. */
type Bounds = readonly [number, number];
export interface TickerBounds {
  readonly last: Bounds;
  readonly change: Bounds;
  readonly quoteVolume: Bounds;
}

/** What a run saw, to be asked again. @param result of these data and settings, its decisions kept */
export function backtestView(
  data: PreparedData,
  settings: BacktestSettings,
  { moods = [] }: Pick<BacktestResult, 'moods'>,
): BacktestView {
  const { start, stepMs } = data;
  const { mode, rules, position, universe, costs } = settings;
  const byMarket = new Map(data.markets.map((each) => [each.market.id, each]));
  const tickers = tickerHistory(data, universe, costs);
  const termsIn = new Map<Regime, ScanTerms>();
  const termsAt = (at: number): ScanTerms => {
    const regime = moods.findLast((mood) => mood.at <= at)?.regime ?? 'neutral';
    const terms = termsIn.get(regime) ?? termsOf(rules, mode, regime);
    termsIn.set(regime, terms);
    return terms;
  };

  function hypeOf(market: PreparedMarket, ticker: Ticker24h, terms: ScanTerms, at: number): HypeRejection | null {
    const filtered = hypeRejection(ticker, terms.hype);
    if (filtered !== null) return filtered;
    const { first, market: tokens } = tickers.hype(terms.hype);
    const index = (at - start) / stepMs - 1;
    const place = data.markets.indexOf(market);
    return tokens.subarray(first[index]!, first[index + 1]!).includes(place) ? null : 'ranked_out';
  }

  return {
    stepMs,
    mode,
    rules,
    position,
    marketAt(id, at) {
      const market = byMarket.get(id);
      const index = (at - start) / stepMs - 1;
      const row = market?.rowAt[index] ?? -1;
      if (market === undefined || row < 0) return null;
      const ticker = tickerAt(market, row, costs);
      const terms = termsAt(at);
      const barred = universeRejection(market.market, market.firstSeenAt, universe, at);
      const indicators = { atrFraction: market.atrFraction[row]!, adx: market.adx[row]! };
      return {
        ticker,
        terms,
        breadth: tickers.breadth(index),
        lastClose: market.candles.close[row]!,
        universe: barred,
        rejected: barred ?? hypeOf(market, ticker, terms, at),
        filter: (other, { hype }) => hypeRejection(other, hype),
        pattern: (criteria) => classifyNow(market.candles, row, indicators, criteria, stepMs, at),
      };
    },
    allowed(id, at) {
      const market = byMarket.get(id);
      return market === undefined ? null : boundsOf(market, data, at);
    },
  };
}

/** A ticker is read, and its moment written down, within this time of each other: the answer travels. */
const READ_WITHIN_MS = 2 * MINUTE_MS;

function boundsOf(
  { candles, rowAt }: PreparedMarket,
  { start, stepMs }: PreparedData,
  at: number,
): TickerBounds | null {
  const rowOf = (time: number): number => rowAt[Math.floor((time - start) / stepMs)] ?? -1;
  /** prices within reach of a moment; before the first trade of a candle the price is the close before it */
  const around = (time: number): Bounds | null => {
    const rows = [rowOf(time - READ_WITHIN_MS), rowOf(time), rowOf(time + READ_WITHIN_MS)].filter((row) => row >= 0);
    if (rows.length === 0) return null;
    const before = rows.map((row) => candles.close[row - 1] ?? candles.open[row]!);
    return [
      Math.min(...before, ...rows.map((row) => candles.low[row]!)),
      Math.max(...before, ...rows.map((row) => candles.high[row]!)),
    ];
  };
  const [now, then] = [around(at), around(at - DAY_MS)];
  if (now === null || then === null) return null;
  let [least, most] = [0, 0];
  const until = rowOf(at + READ_WITHIN_MS);
  for (let row = rowOf(at - DAY_MS - READ_WITHIN_MS); row >= 0 && row <= until; row++) {
    const openTime = candles.openTime[row]!;
    // those that the ends of the day may cut through count for the most, not for the least
    const whole = openTime >= at - DAY_MS + READ_WITHIN_MS && openTime + stepMs <= at - READ_WITHIN_MS;
    if (whole) least += candles.volume[row]! * candles.low[row]!;
    most += candles.volume[row]! * candles.high[row]!;
  }
  return { last: now, change: [now[0] / then[1] - 1, now[1] / then[0] - 1], quoteVolume: [least, most] };
}
