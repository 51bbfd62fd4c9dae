import type { CandleColumns } from '@mexc-bot/core';

/** Some of the candles, sharing their memory. */
export function sliceColumns(
  { openTime, open, high, low, close, volume }: CandleColumns,
  from: number,
  end: number,
): CandleColumns {
  return {
    openTime: openTime.subarray(from, end),
    open: open.subarray(from, end),
    high: high.subarray(from, end),
    low: low.subarray(from, end),
    close: close.subarray(from, end),
    volume: volume.subarray(from, end),
  };
}
