import { decisionRules, type Resumed, resumeEntries } from '@mexc-bot/execution';
import type { Settings } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';
import { stopText } from './status.ts';

interface ResumedMode extends Resumed {
  /** why nothing is bought all the same, as a reason code; null: nothing stops it */
  readonly entriesStopped: string | null;
}

/**
 * Buys again, and finds what the owner should know about it.
 *
 * @param wallAt when it was asked for
 */
export function resume(store: Store, settings: Settings, wallAt: number): ResumedMode {
  const mode = store.state.mode() ?? settings.mode;
  const { account } = decisionRules(settings).limits[mode];
  const marketTimes = store.heartbeats.all().map(({ marketAt }) => marketAt);
  const asOf = marketTimes.length === 0 ? wallAt : Math.max(...marketTimes);
  const resumed = resumeEntries(store, mode, account, asOf, wallAt);
  return { ...resumed, entriesStopped: store.state.entriesStopped(mode) };
}

export const resumedText = ({
  pausedSince,
  peakForgotten,
  ordersRetried,
  marketsBelieved,
  entriesStopped,
  stop,
}: ResumedMode): string =>
  [
    pausedSince ? 'a pause was asked for since: nothing is bought' : 'resumed: the scanner buys again',
    ...(peakForgotten ? ['the drawdown stop is lifted: the highest equity counts from now'] : []),
    ...(ordersRetried ? ['orders that the API key was refused are tried again'] : []),
    ...(marketsBelieved ? ['the shorter list of markets is believed from now on'] : []),
    ...(entriesStopped === null ? [] : [`but nothing is bought: ${entriesStopped.replaceAll('_', ' ')}`]),
    ...(stop === null ? [] : [`but ${stopText(stop)}`]),
  ].join('\n');
