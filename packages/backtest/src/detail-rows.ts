import { firstAt } from '@mexc-bot/core';
import type { PreparedMarket } from './data.ts';

/** Finer candles that make up one candle, all of them; null: they are not to be had. */
export function detailRows(
  { detail }: PreparedMarket,
  openTime: number,
  stepMs: number,
): readonly [number, number] | null {
  if (detail === null || detail.openTime.length < 2) return null;
  const times = detail.openTime;
  const first = firstAt(times, openTime);
  if (times[first] !== openTime) return null;
  const finerMs = Math.min(times[1]! - times[0]!, times.at(-1)! - times.at(-2)!);
  const count = stepMs / finerMs;
  return times[first + count - 1] === openTime + stepMs - finerMs ? [first, first + count] : null;
}
