import type { Account, BalanceChange } from './account.ts';
import type { SimOrder, SimTrade } from './order.ts';

/** Why a balance changed: an order set funds aside, traded, or gave back what it no longer needs; or coins came and went. */
export type BalanceCause = 'placed' | 'trade' | 'fee' | 'filled' | 'canceled' | 'deposit' | 'withdrawal';

/**
 * Something the engine booked, at market time `at`. Orders and accounts are the engine's own, as they stand at that moment:
 * who needs them later copies what it needs.
 */
export type EngineEvent =
  | { readonly kind: 'order'; readonly order: SimOrder; readonly trade: SimTrade | null; readonly at: number }
  | { readonly kind: 'trade'; readonly trade: SimTrade; readonly at: number }
  | {
      readonly kind: 'balance';
      readonly account: Account;
      readonly asset: string;
      readonly change: BalanceChange;
      readonly cause: BalanceCause;
      readonly at: number;
    };
