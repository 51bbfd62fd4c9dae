import type { PreparedMarket } from './data.ts';

/** Finer candles that make up one candle, all of them; null: they are not to be had. */
export function detailRows(
  { detail }: PreparedMarket,
  openTime: number,
  stepMs: number,
): readonly [number, number] | null {
  if (detail === null || detail.openTime.length < 2) return null;
  const times = detail.openTime;
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < openTime) low = middle + 1;
    else high = middle;
  }
  if (times[low] !== openTime) return null;
  const finerMs = Math.min(times[1]! - times[0]!, times.at(-1)! - times.at(-2)!);
  const count = stepMs / finerMs;
  return times[low + count - 1] === openTime + stepMs - finerMs ? [low, low + count] : null;
}
