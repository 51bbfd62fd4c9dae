import { DAY_MS, HOUR_MS } from '@mexc-bot/core';
import type { PreparedData, PreparedMarket } from './data.ts';

/** A coin without a candle for this long, while other markets have theirs, is gone, unless it comes back. */
export const DELISTED_AFTER_MS = DAY_MS;
/** Where the data end before that, so long is enough for a coin that never was silent for longer. */
const ENDED_AFTER_MS = HOUR_MS;

const recorded = new WeakMap<PreparedData, Int32Array>();

/** @returns at grid index i, how many candles before it any market has: where none has, the recording stood still */
function recordedBefore(data: PreparedData): Int32Array {
  const known = recorded.get(data);
  if (known !== undefined) return known;
  const counts = new Int32Array(data.length + 1);
  for (const { candles } of data.markets) {
    for (const time of candles.openTime) counts[(time - data.start) / data.stepMs + 1] = 1;
  }
  for (let index = 0; index < data.length; index++) counts[index + 1]! += counts[index]!;
  recorded.set(data, counts);
  return counts;
}

/** How long a market had no candle after one of its rows while others had theirs, up to the close of a grid index, market ms. */
function silentFor({ candles }: PreparedMarket, row: number, index: number, data: PreparedData): number {
  const counts = recordedBefore(data);
  const next = (candles.openTime[row]! - data.start) / data.stepMs + 1;
  return (counts[index + 1]! - counts[next]!) * data.stepMs;
}

/**
 * Whether a row is the last a market has before its coin is gone. That takes all data to say, so it is for what a sale brings, never
 * for whether to trade: a coin that comes back was not sold at a loss nobody had.
 */
export function isGoneAfter(market: PreparedMarket, row: number, data: PreparedData): boolean {
  const { openTime } = market.candles;
  if (row !== openTime.length - 1) return false;
  const silent = silentFor(market, row, data.length - 1, data);
  return silent >= DELISTED_AFTER_MS || (silent >= ENDED_AFTER_MS && silent > longestSilence(market, data));
}

/** Whether a coin that is gone after a row is known to be gone by the close of a grid index, so that what is held of it is sold. */
export const isGivenUpBy = (market: PreparedMarket, row: number, index: number, data: PreparedData): boolean =>
  silentFor(market, row, index, data) >= DELISTED_AFTER_MS && isGoneAfter(market, row, data);

/** Between two candles of a market. */
function longestSilence(market: PreparedMarket, data: PreparedData): number {
  const { openTime } = market.candles;
  let longest = 0;
  for (let row = 1; row < openTime.length; row++) {
    if (openTime[row]! - openTime[row - 1]! === data.stepMs) continue;
    const before = (openTime[row]! - data.start) / data.stepMs - 1;
    longest = Math.max(longest, silentFor(market, row - 1, before, data));
  }
  return longest;
}
