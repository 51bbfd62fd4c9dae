import { firstAt } from '@mexc-bot/core';
import type { PreparedMarket } from './data.ts';

/**
 * Finer candles that make up one candle, all of them; null: they are not to be had. A minute without a trade has no row, so what the
 * rows are apart does not tell how long they are.
 */
export function detailRows(
  { detail }: PreparedMarket,
  openTime: number,
  stepMs: number,
  finerMs: number,
): readonly [number, number] | null {
  if (detail === null) return null;
  const times = detail.openTime;
  const first = firstAt(times, openTime);
  if (times[first] !== openTime) return null;
  const count = stepMs / finerMs;
  return times[first + count - 1] === openTime + stepMs - finerMs ? [first, first + count] : null;
}
