import {
  type Candle,
  type Clock,
  candlesNeeded,
  type ExchangeSymbol,
  type StrategyCriteria,
  type StrategyIndicators,
  TIMEFRAME_MS,
} from '@mexc-bot/core';
import type { MarketData } from '@mexc-bot/exchange';
import { adx, atr } from '@mexc-bot/indicators';

/** Closed candles of one market and the indicators at the last of them. */
export interface Reading {
  readonly candles: readonly Candle[];
  readonly indicators: StrategyIndicators;
}

/** Wilder's period of ATR and ADX. */
const PERIOD = 14;
/** ADX needs two smoothing passes and some more candles until its seed no longer matters. */
const WARM_CANDLES = 5 * PERIOD;

/**
 * Reads a market's closed 5 m candles, each candle once: until the next one closes the answer stays the same.
 *
 * @param keep how many markets are remembered; those read longest ago go first
 */
export function createReader(marketData: MarketData, clock: Clock, criteria: StrategyCriteria, keep: number) {
  const limit = Math.max(candlesNeeded(criteria), WARM_CANDLES);
  const cache = new Map<ExchangeSymbol, { readonly closedUntil: number; readonly reading: Reading }>();

  return async (market: ExchangeSymbol): Promise<Reading> => {
    const known = cache.get(market);
    if (known !== undefined && clock.now() < known.closedUntil + TIMEFRAME_MS['5m']) return known.reading;

    const candles = await marketData.closedCandles(market, '5m', limit);
    const reading = { candles, indicators: indicatorsOf(candles) };
    const last = candles.at(-1);
    cache.delete(market);
    if (last !== undefined) cache.set(market, { closedUntil: last.openTime + TIMEFRAME_MS['5m'], reading });
    for (const oldest of cache.keys()) {
      if (cache.size <= keep) break;
      cache.delete(oldest);
    }
    return reading;
  };
}

function indicatorsOf(candles: readonly Candle[]): StrategyIndicators {
  const columns = {
    high: Float64Array.from(candles, (candle) => candle.high),
    low: Float64Array.from(candles, (candle) => candle.low),
    close: Float64Array.from(candles, (candle) => candle.close),
  };
  const close = columns.close.at(-1) ?? Number.NaN;
  return {
    atrFraction: (atr(columns, PERIOD).at(-1) ?? Number.NaN) / close,
    adx: adx(columns, PERIOD).adx.at(-1) ?? Number.NaN,
  };
}
