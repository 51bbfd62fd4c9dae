import { DAY_MS, KEPT_TIMEFRAMES, type KeptTimeframe } from '@mexc-bot/core';
import type { Store } from '@mexc-bot/store';

export interface PruneResult {
  readonly candles: number;
  readonly byTimeframe: Readonly<Partial<Record<KeptTimeframe, number>>>;
  /** markets that keep older ones, because a position or a candidate needs them */
  readonly spared: number;
  /** bytes of the database that new rows will use again */
  readonly freedBytes: number;
}

/** Deletes candles older than they are kept. @param asOf market ms UTC */
export function pruneCandles(
  store: Pick<Store, 'candles'>,
  keepDays: Readonly<Record<KeptTimeframe, number>>,
  asOf: number,
): PruneResult {
  const freeBefore = store.candles.space().free;
  const byTimeframe: Partial<Record<KeptTimeframe, number>> = {};
  let [candles, spared] = [0, 0];
  for (const timeframe of KEPT_TIMEFRAMES) {
    const pruned = store.candles.prune(timeframe, asOf - keepDays[timeframe] * DAY_MS, asOf);
    if (pruned.candles > 0) byTimeframe[timeframe] = pruned.candles;
    candles += pruned.candles;
    spared += pruned.spared;
  }
  return { candles, byTimeframe, spared, freedBytes: Math.max(0, store.candles.space().free - freeBefore) };
}
