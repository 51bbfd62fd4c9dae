import {
  type AccountLimits,
  type AccountStop,
  accountRecord,
  accountStop,
  type Mode,
  recordSince,
} from '@mexc-bot/core';
import type { Store } from '@mexc-bot/store';
import { retryRefusedOrders } from './key-watch.ts';

type Books = Pick<Store, 'positions' | 'state' | 'alerts' | 'write'>;

/**
 * What stops all buys of a mode for a while, as far as the books say: the equity is the one last read, when a buy was last considered.
 *
 * @param asOf market ms UTC
 */
export function accountStopOf(
  store: Pick<Store, 'positions' | 'state'>,
  mode: Mode,
  limits: AccountLimits,
  asOf: number,
): AccountStop | null {
  const mark = store.state.highWaterMark(mode);
  if (mark === null) return null; // before the first buy was considered
  const closed = store.positions.closed(mode, recordSince(limits, asOf));
  return accountStop(accountRecord(closed, store.positions.open(mode), mark, asOf), mark.lastEquity, limits, asOf);
}

export interface Resumed {
  /** a pause was asked for after this was: it holds, and nothing else was done */
  readonly pausedSince: boolean;
  /** a drawdown stopped all buys: the highest equity counts from now */
  readonly peakForgotten: boolean;
  /** orders that the API key was refused are tried again */
  readonly ordersRetried: boolean;
  /** the list of markets fell to less than half, and is believed now */
  readonly marketsBelieved: boolean;
  /** what still stops all buys for a while; null: nothing does */
  readonly stop: AccountStop | null;
}

/**
 * Buys again after a pause. Where a drawdown stops all buys, this is the owner's word to go on: the highest equity counts from now.
 * Otherwise it stays, so that a short pause takes no protection away. Orders that the API key was refused are tried again, too, and a
 * list of markets that is not believed, as it fell to less than half, is believed from now on.
 *
 * @param asOf market ms UTC
 * @param wallAt when it was asked for: whoever asked for a pause since then has the last word
 */
export function resumeEntries(store: Books, mode: Mode, limits: AccountLimits, asOf: number, wallAt: number): Resumed {
  return store.write(() => {
    const pausedSince = (store.state.pausedWallAt() ?? Number.NEGATIVE_INFINITY) > wallAt;
    if (!pausedSince) return resumeNow(store, mode, limits, asOf, wallAt);
    const stop = accountStopOf(store, mode, limits, asOf);
    return { pausedSince, peakForgotten: false, ordersRetried: false, marketsBelieved: false, stop };
  });
}

function resumeNow(store: Books, mode: Mode, limits: AccountLimits, asOf: number, wallAt: number): Resumed {
  store.state.setPaused(false, wallAt);
  const { maxDrawdown } = limits;
  const onlyDrawdown: AccountLimits = { stopGuard: null, dailyLossFraction: null, dailyLossQuote: null, maxDrawdown };
  const peakForgotten = accountStopOf(store, mode, onlyDrawdown, asOf) !== null;
  if (peakForgotten) store.state.setHighWaterMark(mode, null, wallAt);
  const ordersRetried = mode === 'live' && retryRefusedOrders(store, wallAt);
  const marketsBelieved = store.alerts.newest('universe_collapsed', null)?.state === 'collapsed';
  if (marketsBelieved) store.state.setTradableMarkets(0, wallAt);
  const stop = accountStopOf(store, mode, limits, asOf);
  return { pausedSince: false, peakForgotten, ordersRetried, marketsBelieved, stop };
}
