import {
  type CandleColumns,
  DAY_MS,
  type ExchangeSymbol,
  findHype,
  HOUR_MS,
  type HypeCriteria,
  type Ticker24h,
} from '@mexc-bot/core';
import { type ContextColumns, NO_CONTEXT } from '../features/context.ts';
import { warmCandles } from './labelled-rows.ts';

/** A moment at which the scanner would have looked closely at a token. */
export interface HypeMoment {
  /** of the candle that just closed */
  readonly index: number;
  /** place by 24 h change among the hype tokens of the moment, 1 is the strongest */
  readonly rank: number;
}

/**
 * Finds, in the candles of many markets, when the scanner's own hype rule would have picked them: 24 h change and quote volume as the
 * candles give them, ranked among the markets of that moment. Once an hour, so that a token has at most one row in it. The spread is not in candles
 * and counts as none.
 */
export function createHypeFinder(criteria: HypeCriteria) {
  const byTime = new Map<number, { readonly ticker: Ticker24h; readonly index: number }[]>();
  return {
    /** Adds one market. */
    add(market: ExchangeSymbol, candles: CandleColumns, candleMs: number): void {
      const { openTime, close, volume } = candles;
      const day = Math.round(DAY_MS / candleMs);
      const warm = warmCandles(candleMs);
      let traded = 0;
      for (let i = 0; i < close.length; i++) {
        traded += close[i]! * volume[i]!;
        if (i >= day) traded -= close[i - day]! * volume[i - day]!;
        const time = openTime[i]! + candleMs;
        // a day with holes has neither a change nor a volume
        if (i < warm || time % HOUR_MS !== 0 || openTime[i]! - openTime[i - day]! !== DAY_MS) continue;
        const last = close[i]!;
        const change = last / close[i - day]! - 1;
        const ticker: Ticker24h = { market, last, bid: last, ask: last, quoteVolume: Math.max(traded, 0), change };
        // what fails alone need not be kept until all markets are read
        if (findHype([ticker], criteria).tokens.length === 0) continue;
        const known = byTime.get(time);
        if (known === undefined) byTime.set(time, [{ ticker, index: i }]);
        else known.push({ ticker, index: i });
      }
    },
    /** What was picked, by market; moments in time order. */
    moments(): Map<ExchangeSymbol, HypeMoment[]> {
      const found = new Map<ExchangeSymbol, HypeMoment[]>();
      for (const time of [...byTime.keys()].sort((a, b) => a - b)) {
        const passed = byTime.get(time)!;
        const indices = new Map(passed.map(({ ticker, index }) => [ticker.market, index]));
        for (const { ticker, rank } of findHype(
          passed.map(({ ticker }) => ticker),
          criteria,
        ).tokens) {
          const moments = found.get(ticker.market) ?? [];
          moments.push({ index: indices.get(ticker.market)!, rank });
          found.set(ticker.market, moments);
        }
      }
      return found;
    },
  };
}

/** What the features of such moments take from elsewhere than the candles: the rank. */
export function rankContext(moments: readonly HypeMoment[], length: number): ContextColumns {
  const rank = new Float64Array(length).fill(Number.NaN);
  for (const moment of moments) rank[moment.index] = moment.rank;
  return { ...NO_CONTEXT, rank };
}
