import { type CandleColumns, DAY_MS, type Market } from '@mexc-bot/core';
import { adx, atr } from '@mexc-bot/indicators';

/** Wilder's period of the scan's ATR and ADX, as the scanner has it; stops go by the owner's own. */
export const SCAN_PERIOD = 14;

/** Makes a column of zeros; worker threads share those made on shared memory. */
export type Allocate = (length: number) => Float64Array;

/** One market's candles, oldest first, and finer ones where they exist. */
export interface MarketCandles {
  readonly market: Market;
  readonly candles: CandleColumns;
  readonly detail: CandleColumns | null;
}

/** What the decisions look at, a value for every candle: computed once, whatever the settings. */
export interface MarketFeatures {
  /** last close against the close 24 h before, fraction; NaN without one */
  readonly change24h: Float64Array;
  /** quote traded in 24 h: volume at each candle's mean price */
  readonly quoteVolume24h: Float64Array;
  /** ATR ÷ close; NaN until warm */
  readonly atrFraction: Float64Array;
  /** NaN until warm */
  readonly adx: Float64Array;
}

/** @returns at candle i, what was known when it closed */
export function featuresOf(
  candles: CandleColumns,
  allocate: Allocate = (length) => new Float64Array(length),
): MarketFeatures {
  const { openTime, open, high, low, close, volume } = candles;
  const length = close.length;
  const change24h = allocate(length);
  const quoteVolume24h = allocate(length);
  const adxColumn = allocate(length);

  const traded = new Float64Array(length + 1);
  let dayBefore = -1;
  for (let i = 0; i < length; i++) {
    traded[i + 1] = traded[i]! + (volume[i]! * (open[i]! + high[i]! + low[i]! + close[i]!)) / 4;
    while (openTime[dayBefore + 1]! <= openTime[i]! - DAY_MS) dayBefore += 1;
    change24h[i] = dayBefore < 0 ? Number.NaN : close[i]! / close[dayBefore]! - 1;
    quoteVolume24h[i] = traded[i + 1]! - traded[dayBefore + 1]!;
  }
  adxColumn.set(adx(candles, SCAN_PERIOD).adx);
  return { change24h, quoteVolume24h, atrFraction: atrFractions(candles, SCAN_PERIOD, allocate), adx: adxColumn };
}

/** @returns ATR ÷ close, a value for every candle; NaN until warm */
export function atrFractions(
  candles: Pick<CandleColumns, 'high' | 'low' | 'close'>,
  period: number,
  allocate: Allocate = (length) => new Float64Array(length),
): Float64Array {
  const { close } = candles;
  const ranges = atr(candles, period);
  const fractions = allocate(close.length);
  for (let i = 0; i < close.length; i++) fractions[i] = ranges[i]! / close[i]!;
  return fractions;
}
