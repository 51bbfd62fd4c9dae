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
  /** what balances were before their latest changes, oldest first */
  readonly history: PastBalance[];
  /** whether fees are taken in MX, at a discount, while there is enough of it */
  mxDeduct: boolean;
}

interface PastBalance {
  /** when it stopped being so, ms UTC */
  readonly until: number;
  readonly asset: string;
  readonly balance: AssetBalance;
}

/** Changes that can be looked back at; an account that trades without pause keeps the latest of them. */
const HISTORY_KEPT = 2_000;

const NOTHING: AssetBalance = { free: ZERO, locked: ZERO };

export const balanceOf = (account: Account, asset: string): AssetBalance => account.balances.get(asset) ?? NOTHING;

export function openAccount(id: string, maskedKey: string, deposits: Readonly<Record<string, string>>): Account {
  const initial = new Map(Object.entries(deposits).map(([asset, amount]) => [asset, new Decimal(amount)] as const));
  for (const [asset, amount] of initial) {
    if (!amount.gte(0)) throw new RangeError(`an account cannot start with ${amount} ${asset}`);
  }
  const balances = new Map([...initial].map(([asset, free]) => [asset, { free, locked: ZERO }] as const));
  return { id, maskedKey, initial, balances, history: [], mxDeduct: false };
}

/** Added to a balance; negative amounts take away. */
export interface BalanceChange {
  readonly free?: Decimal;
  readonly locked?: Decimal;
}

/** @throws {RangeError} a balance would fall below 0: a bug */
export function moveBalance(account: Account, asset: string, change: BalanceChange, at: number): void {
  const before = balanceOf(account, asset);
  const free = before.free.plus(change.free ?? ZERO);
  const locked = before.locked.plus(change.locked ?? ZERO);
  if (free.lt(0) || locked.lt(0)) throw new RangeError(`${asset} would fall to ${free} free and ${locked} locked`);
  account.balances.set(asset, { free, locked });
  account.history.push({ until: at, asset, balance: before });
  if (account.history.length > 2 * HISTORY_KEPT) account.history.splice(0, HISTORY_KEPT);
}

/** The balances as they stood at `time`, ms UTC, as far back as changes are kept. */
export function balancesAt({ balances, history }: Account, time: number): ReadonlyMap<string, AssetBalance> {
  const past = new Map(balances);
  for (let n = history.length - 1; n >= 0; n--) {
    const { until, asset, balance } = history[n]!;
    if (until <= time) break;
    past.set(asset, balance);
  }
  return past;
}

/** Everything is as it was on the first day. */
export function resetAccount(account: Account): void {
  account.balances.clear();
  for (const [asset, free] of account.initial) account.balances.set(asset, { free, locked: ZERO });
  account.history.length = 0;
  account.mxDeduct = false;
}
