import { createHash } from 'node:crypto';
import type { MarketClock } from '../market-clock.ts';

const LIFE_MS = 60 * 60_000;
export const MAX_KEYS_PER_ACCOUNT = 60;
export const MAX_CONNECTIONS_PER_KEY = 5;

/** Who may follow an account's private topics. */
export interface ListenKeyHolder {
  readonly listenKey: string;
  readonly accountId: string;
  readonly apiKey: string;
}

/** Listen keys live for 60 minutes of wall time from their creation or last extension; a restart forgets them. */
export interface ListenKeys {
  /** @returns null: the account has {@link MAX_KEYS_PER_ACCOUNT} already */
  create(accountId: string, apiKey: string): string | null;
  /** The account's keys, oldest first. */
  list(accountId: string): readonly string[];
  /** @returns whether the account has such a key */
  extend(accountId: string, listenKey: string): boolean;
  /** @returns whether the account had such a key */
  remove(accountId: string, listenKey: string): boolean;
  /** Ends a key whoever holds it. */
  expire(listenKey: string): void;
  /** @returns null: unknown or past its life */
  holderOf(listenKey: string): ListenKeyHolder | null;
}

export interface ListenKeysOptions {
  /** ms; only differences count */
  readonly wallNow: () => number;
  /** keys are told apart by the market's time too: those from before a restart must not fit */
  readonly clock: MarketClock;
  readonly seed: number;
}

export function createListenKeys({ wallNow, clock, seed }: ListenKeysOptions): ListenKeys {
  const keys = new Map<string, ListenKeyHolder & { expiresAt: number }>();
  let made = 0;

  const prune = (): void => {
    const now = wallNow();
    for (const [listenKey, { expiresAt }] of keys) if (now >= expiresAt) keys.delete(listenKey);
  };
  const own = (accountId: string, listenKey: string) => {
    prune();
    const entry = keys.get(listenKey);
    return entry?.accountId === accountId ? entry : undefined;
  };
  const list = (accountId: string): string[] => {
    prune();
    return [...keys.values()].filter((entry) => entry.accountId === accountId).map(({ listenKey }) => listenKey);
  };

  return {
    create(accountId, apiKey) {
      if (list(accountId).length >= MAX_KEYS_PER_ACCOUNT) return null;
      made += 1;
      const listenKey = createHash('sha256').update(`${seed}/${accountId}/${clock.now()}/${made}`).digest('hex');
      keys.set(listenKey, { listenKey, accountId, apiKey, expiresAt: wallNow() + LIFE_MS });
      return listenKey;
    },
    list,
    extend(accountId, listenKey) {
      const entry = own(accountId, listenKey);
      if (entry) entry.expiresAt = wallNow() + LIFE_MS;
      return entry !== undefined;
    },
    remove: (accountId, listenKey) => own(accountId, listenKey) !== undefined && keys.delete(listenKey),
    expire: (listenKey) => void keys.delete(listenKey),
    holderOf(listenKey) {
      prune();
      return keys.get(listenKey) ?? null;
    },
  };
}
