import { hash, unit } from './random.ts';

export interface Ohlc {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/**
 * How the price went inside one candle: straight lines through open, the two extremes and close, so that the path has exactly
 * the candle's open, high, low and close. `turn1` and `turn2` are fractions of the candle's time, 0 < turn1 < turn2 < 1.
 */
export interface PricePath extends Ohlc {
  readonly turn1: number;
  readonly turn2: number;
  /** the extreme met first */
  readonly first: number;
  readonly second: number;
}

/** Share of candles whose extremes come against the candle's direction (a rising one that tops out first). */
const CONTRARY = 0.25;

/** The path of one candle; the same for the same `seed`. */
export function pathOf({ open, high, low, close }: Ohlc, seed: number): PricePath {
  const contrary = unit(hash(seed, 1, 0)) < CONTRARY;
  const lowFirst = close >= open !== contrary;
  return {
    open,
    high,
    low,
    close,
    turn1: 0.08 + 0.34 * unit(hash(seed, 2, 0)),
    turn2: 0.55 + 0.37 * unit(hash(seed, 3, 0)),
    first: lowFirst ? low : high,
    second: lowFirst ? high : low,
  };
}

/** @param at fraction of the candle's time, 0..1; 0 is the open and 1 the close, exactly */
export function priceOn(path: PricePath, at: number): number {
  if (at <= 0) return path.open;
  if (at >= 1) return path.close;
  if (at < path.turn1) return between(path, path.open, path.first, at / path.turn1);
  if (at < path.turn2) return between(path, path.first, path.second, (at - path.turn1) / (path.turn2 - path.turn1));
  return between(path, path.second, path.close, (at - path.turn2) / (1 - path.turn2));
}

function between(path: PricePath, from: number, to: number, share: number): number {
  return Math.max(path.low, Math.min(path.high, from + (to - from) * share));
}

/** Lowest and highest price on the stretch `from`..`to`, both fractions of the candle's time, ends included. */
export function extremesOn(path: PricePath, from: number, to: number): { readonly low: number; readonly high: number } {
  const start = priceOn(path, from);
  const end = priceOn(path, to);
  let low = Math.min(start, end);
  let high = Math.max(start, end);
  if (from <= path.turn1 && path.turn1 <= to) {
    low = Math.min(low, path.first);
    high = Math.max(high, path.first);
  }
  if (from <= path.turn2 && path.turn2 <= to) {
    low = Math.min(low, path.second);
    high = Math.max(high, path.second);
  }
  return { low, high };
}

/**
 * Share of the candle's volume traded by then, rising from 0 to 1: half of it spread evenly over the time, half over the way
 * the price went.
 */
export function volumeShareOn(path: PricePath, at: number): number {
  if (at <= 0) return 0;
  if (at >= 1) return 1;
  const leg1 = Math.abs(path.first - path.open);
  const leg2 = Math.abs(path.second - path.first);
  const leg3 = Math.abs(path.close - path.second);
  const way = leg1 + leg2 + leg3;
  if (way === 0) return at;

  let gone: number;
  if (at < path.turn1) gone = (leg1 * at) / path.turn1;
  else if (at < path.turn2) gone = leg1 + (leg2 * (at - path.turn1)) / (path.turn2 - path.turn1);
  else gone = leg1 + leg2 + (leg3 * (at - path.turn2)) / (1 - path.turn2);
  return 0.5 * at + (0.5 * gone) / way;
}
