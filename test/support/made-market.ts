import { type CandleColumns, emptyColumns } from '@mexc-bot/core';
import { createRandom } from '@mexc-bot/models';

const STEP_MS = 300_000;
export const MADE_FROM = Date.UTC(2026, 0, 1);

/** 5 m candles of a random walk with quiet hours and bursts, from {@link MADE_FROM}; a day trades about a million. */
export function madeWalk(length: number, seed: number, calm = 1): CandleColumns {
  const random = createRandom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const candles = emptyColumns(length);
  let price = 0.5 + random();
  let volatility = 0.004;
  for (let i = 0; i < length; i++) {
    volatility = Math.min(0.02, Math.max(0.0005, volatility * Math.exp(0.2 * normal())));
    const move = calm * volatility;
    const open = price;
    const close = open * Math.exp(move * normal());
    candles.openTime[i] = MADE_FROM + i * STEP_MS;
    candles.open[i] = open;
    candles.close[i] = close;
    candles.high[i] = Math.max(open, close) * (1 + move * random());
    candles.low[i] = Math.min(open, close) * (1 - move * random());
    candles.volume[i] = 4_000 * Math.exp(normal());
    price = close;
  }
  return candles;
}

/**
 * A calm market in which an hour of eight times the volume is followed, one time in two, by six hours of rising prices. They come
 * without it as well: a market whose model is nearly always right is none.
 */
export function withEdge(length: number, seed: number): CandleColumns {
  const candles = madeWalk(length, seed, 0.3);
  const random = createRandom(seed + 7_919);
  const factor = new Float64Array(length).fill(1);
  const volume = candles.volume.slice();
  let from = 400;
  while (from < length) {
    const kind = random();
    if (kind < 0.5) for (let i = from; i < Math.min(from + 12, length); i++) volume[i] = (volume[i]! + 2_000) * 8;
    if (kind > 0.25) for (let i = from + 12; i < Math.min(from + 84, length); i++) factor[i] = 1.0012;
    from += 200 + Math.floor(300 * random());
  }
  for (let i = 1; i < length; i++) factor[i] = factor[i]! * factor[i - 1]!;
  // what rises falls back slowly, or prices would leave all bounds
  const decay = (factor[length - 1]! ** -1) ** (1 / length);
  const lifted = (column: Float64Array) => column.map((price, i) => price * factor[i]! * decay ** i);
  const { open, high, low, close } = candles;
  return { ...candles, volume, open: lifted(open), high: lifted(high), low: lifted(low), close: lifted(close) };
}
