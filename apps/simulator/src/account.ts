import { Decimal, ZERO } from '@mexc-bot/core';

export interface AssetBalance {
  readonly free: Decimal;
  readonly locked: Decimal;
}

/** One account's money. Every change keeps free and locked at 0 or above, or throws before anything changed. */
export interface Account {
  /** not the key itself: state files hold no credentials */
  readonly id: string;
  /** the key but for its last four characters */
  readonly maskedKey: string;
  readonly initial: ReadonlyMap<string, Decimal>;
  readonly balances: Map<string, AssetBalance>;
}

const NOTHING: AssetBalance = { free: ZERO, locked: ZERO };

export const balanceOf = (account: Account, asset: string): AssetBalance => account.balances.get(asset) ?? NOTHING;

export function openAccount(id: string, maskedKey: string, deposits: Readonly<Record<string, string>>): Account {
  const initial = new Map(Object.entries(deposits).map(([asset, amount]) => [asset, new Decimal(amount)] as const));
  for (const [asset, amount] of initial) {
    if (!amount.gte(0)) throw new RangeError(`an account cannot start with ${amount} ${asset}`);
  }
  const balances = new Map([...initial].map(([asset, free]) => [asset, { free, locked: ZERO }] as const));
  return { id, maskedKey, initial, balances };
}

/** Adds to free and locked; negative amounts take away. @throws {RangeError} a balance would fall below 0: a bug */
export function moveBalance(account: Account, asset: string, change: { free?: Decimal; locked?: Decimal }): void {
  const before = balanceOf(account, asset);
  const free = before.free.plus(change.free ?? ZERO);
  const locked = before.locked.plus(change.locked ?? ZERO);
  if (free.lt(0) || locked.lt(0)) throw new RangeError(`${asset} would fall to ${free} free and ${locked} locked`);
  account.balances.set(asset, { free, locked });
}

/** Sets `amount` aside for an order. */
export function lockFunds(account: Account, asset: string, amount: Decimal): void {
  moveBalance(account, asset, { free: amount.neg(), locked: amount });
}

/** Gives back what an order no longer needs. */
export function unlockFunds(account: Account, asset: string, amount: Decimal): void {
  moveBalance(account, asset, { free: amount, locked: amount.neg() });
}
