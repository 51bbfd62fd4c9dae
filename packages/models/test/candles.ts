import { type CandleColumns, emptyColumns } from '@mexc-bot/core';
import { createRandom } from '../src/random.ts';
import { normal } from './random.ts';

const STEP_MS = 300_000;

/** 5 m candles of a walk, the same for the same seed, with quiet hours and bursts. */
export function walk(length: number, seed = 1): CandleColumns {
  const random = createRandom(seed);
  const candles = emptyColumns(length);
  let price = 0.5 + random();
  let volatility = 0.004;
  for (let i = 0; i < length; i++) {
    volatility = Math.min(0.03, Math.max(0.0005, volatility * Math.exp(0.2 * normal(random))));
    const open = price;
    const close = open * Math.exp(volatility * normal(random));
    candles.openTime[i] = Date.UTC(2026, 0, 1) + i * STEP_MS;
    candles.open[i] = open;
    candles.close[i] = close;
    candles.high[i] = Math.max(open, close) * (1 + volatility * random());
    candles.low[i] = Math.min(open, close) * (1 - volatility * random());
    candles.volume[i] = random() < 0.1 ? 0 : 1000 * Math.exp(normal(random));
    price = close;
  }
  return candles;
}

/** Candles of one price in which nothing is traded. */
export function flat(length: number, price = 1): CandleColumns {
  const candles = emptyColumns(length);
  for (const column of [candles.open, candles.high, candles.low, candles.close]) column.fill(price);
  for (let i = 0; i < length; i++) candles.openTime[i] = Date.UTC(2026, 0, 1) + i * STEP_MS;
  return candles;
}

/** The candles without those at some indices. */
export function without(candles: CandleColumns, gone: (index: number) => boolean): CandleColumns {
  return mapColumns(candles, (column) => column.filter((_, index) => !gone(index)));
}

export function mapColumns(candles: CandleColumns, change: (column: Float64Array) => Float64Array): CandleColumns {
  return {
    openTime: change(candles.openTime),
    open: change(candles.open),
    high: change(candles.high),
    low: change(candles.low),
    close: change(candles.close),
    volume: change(candles.volume),
  };
}
