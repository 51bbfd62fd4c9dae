import type { AccountStop } from '@mexc-bot/core';
import { decisionRules, resumeEntries } from '@mexc-bot/execution';
import type { Settings } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';
import { stopText } from './status.ts';

interface Resumed {
  /** a drawdown stopped all buys: the highest equity counts from now */
  readonly peakForgotten: boolean;
  /** orders that the API key was refused are tried again */
  readonly ordersRetried: boolean;
  /** why nothing is bought all the same, as a reason code; null: nothing stops it */
  readonly entriesStopped: string | null;
  /** what still stops all buys for a while; null: nothing does */
  readonly stop: AccountStop | null;
}

/** Buys again, and finds what the owner should know about it. */
export function resume(store: Store, settings: Settings, wallAt: number): Resumed {
  const mode = store.state.mode() ?? settings.mode;
  const { account } = decisionRules(settings).limits[mode];
  const marketTimes = store.heartbeats.all().map(({ marketAt }) => marketAt);
  const asOf = marketTimes.length === 0 ? wallAt : Math.max(...marketTimes);
  const resumed = resumeEntries(store, mode, account, asOf, wallAt);
  return { ...resumed, entriesStopped: store.state.entriesStopped(mode) };
}

export const resumedText = ({ peakForgotten, ordersRetried, entriesStopped, stop }: Resumed): string =>
  [
    'resumed: the scanner buys again',
    ...(peakForgotten ? ['the drawdown stop is lifted: the highest equity counts from now'] : []),
    ...(ordersRetried ? ['orders that the API key was refused are tried again'] : []),
    ...(entriesStopped === null ? [] : [`but nothing is bought: ${entriesStopped.replaceAll('_', ' ')}`]),
    ...(stop === null ? [] : [`but ${stopText(stop)}`]),
  ].join('\n');
