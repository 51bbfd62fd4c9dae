import { decisionRules, resumeEntries } from '@mexc-bot/execution';
import type { Settings } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';
import { stopText } from './status.ts';

/** Buys again, and says what the owner should know about it. */
export function resume(store: Store, settings: Settings, wallAt: number): string {
  const mode = store.state.mode() ?? settings.mode;
  const { account } = decisionRules(settings).limits[mode];
  const marketTimes = store.heartbeats.all().map(({ marketAt }) => marketAt);
  const asOf = marketTimes.length === 0 ? wallAt : Math.max(...marketTimes);
  const { peakForgotten, ordersRetried, stop } = resumeEntries(store, mode, account, asOf, wallAt);
  const stopped = store.state.entriesStopped(mode);
  return [
    'resumed: the scanner buys again',
    ...(peakForgotten ? ['the drawdown stop is lifted: the highest equity counts from now'] : []),
    ...(ordersRetried ? ['orders that the API key was refused are tried again'] : []),
    ...(stopped === null ? [] : [`but nothing is bought: ${stopped.replaceAll('_', ' ')}`]),
    ...(stop === null ? [] : [`but ${stopText(stop)}`]),
  ].join('\n');
}
