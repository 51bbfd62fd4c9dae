import {
  type CandleColumns,
  candlesNeeded,
  type ExchangeSymbol,
  type StrategyCriteria,
  type StrategyIndicators,
  TIMEFRAME_MS,
} from '@mexc-bot/core';
import { adx, atr, bollingerWidth, realizedVolatility } from '@mexc-bot/indicators';
import { FEATURE_CANDLES } from '@mexc-bot/models';
import type { VolatilityRow } from '@mexc-bot/store';
import type { CandleReader } from './candle-reader.ts';

/** Closed 5 m candles of one market and the indicators at the last of them. */
export interface Reading {
  readonly candles: CandleColumns;
  /** index of the last one; −1: there is none */
  readonly at: number;
  readonly indicators: StrategyIndicators;
}

/** Wilder's period of ATR and ADX; also of Bollinger's mean and of the returns' deviation, as is usual. */
const PERIOD = 14;
const BAND_PERIOD = 20;
const BAND_FACTOR = 2;

/** @returns how many candles the scanner reads of a market: features need most, and ATR and ADX are long settled by then */
export const windowOf = (criteria: StrategyCriteria): number => Math.max(candlesNeeded(criteria), FEATURE_CANDLES);

/** The reading of some candles, whoever kept them: the scanner's, and the one of a replay. */
export function readingOf(candles: CandleColumns): Reading {
  const at = candles.close.length - 1;
  const close = candles.close[at] ?? Number.NaN;
  const indicators = {
    atrFraction: (atr(candles, PERIOD)[at] ?? Number.NaN) / close,
    adx: adx(candles, PERIOD).adx[at] ?? Number.NaN,
  };
  return { candles, at, indicators };
}

/** @returns null without a candle */
export function volatilityOf(market: ExchangeSymbol, { candles, at, indicators }: Reading): VolatilityRow | null {
  if (at < 0) return null;
  return {
    market,
    at: candles.openTime[at]! + TIMEFRAME_MS['5m'],
    atrFraction: indicators.atrFraction,
    bollingerWidth: bollingerWidth(candles.close, BAND_PERIOD, BAND_FACTOR)[at] ?? Number.NaN,
    realisedVolatility: realizedVolatility(candles.close, BAND_PERIOD)[at] ?? Number.NaN,
  };
}

/**
 * Reads a market's candles, each candle once: until the next one closes the answer stays the same.
 *
 * @param keep how many markets are remembered; those read longest ago go first
 */
export function createReader(reader: CandleReader, limit: number, keep: number) {
  const cache = new Map<ExchangeSymbol, Reading>();

  return async (market: ExchangeSymbol): Promise<Reading> => {
    const known = cache.get(market);
    if (known !== undefined && known.candles.openTime[known.at]! >= reader.lastClosed()) return known;

    const reading = readingOf(await reader.read(market, limit));
    cache.delete(market);
    if (reading.at >= 0) cache.set(market, reading);
    for (const oldest of cache.keys()) {
      if (cache.size <= keep) break;
      cache.delete(oldest);
    }
    return reading;
  };
}
