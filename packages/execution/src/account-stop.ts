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

type Books = Pick<Store, 'positions' | 'state'>;

/**
 * What stops all buys of a mode for a while, as far as the books say: the equity is the one last read, when a buy was last considered.
 *
 * @param asOf market ms UTC
 */
export function accountStopOf(store: Books, mode: Mode, limits: AccountLimits, asOf: number): AccountStop | null {
  const mark = store.state.highWaterMark(mode);
  if (mark === null) return null; // before the first buy was considered
  const closed = store.positions.closed(mode, recordSince(limits, asOf));
  return accountStop(accountRecord(closed, store.positions.open(mode), mark, asOf), mark.lastEquity, limits, asOf);
}

/**
 * Buys again after a pause. Where a drawdown stops all buys, this is the owner's word to go on: the highest equity counts from now.
 * Otherwise it stays, so that a short pause takes no protection away. Orders that the API key was refused are tried again, too.
 *
 * @param asOf market ms UTC
 * @returns `stop`: what still holds; null: nothing does
 */
export function resumeEntries(
  store: Books,
  mode: Mode,
  limits: AccountLimits,
  asOf: number,
  wallAt: number,
): { readonly peakForgotten: boolean; readonly ordersRetried: boolean; readonly stop: AccountStop | null } {
  store.state.setPaused(false, wallAt);
  const { maxDrawdown } = limits;
  const onlyDrawdown: AccountLimits = { stopGuard: null, dailyLossFraction: null, dailyLossQuote: null, maxDrawdown };
  const peakForgotten = accountStopOf(store, mode, onlyDrawdown, asOf) !== null;
  if (peakForgotten) store.state.setHighWaterMark(mode, null, wallAt);
  const ordersRetried = mode === 'live' && retryRefusedOrders(store, wallAt);
  return { peakForgotten, ordersRetried, stop: accountStopOf(store, mode, limits, asOf) };
}
