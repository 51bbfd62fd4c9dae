import type { KeyFault } from './key-life.ts';

/** What MEXC grants an API key one by one: to trade, to read orders and trades, to read the account. */
export type KeyUse = 'orders' | 'order_queries' | 'account';

/** What is known of the API key. The account's answer says nothing of orders, so each use is on record by itself. */
export interface KeyRecord {
  /** tells this key from another, without telling it */
  readonly key: string;
  /** when its check last answered, wall ms; null: it never did */
  readonly judgedWallAt: number | null;
  /** why a key that works must not buy (it may withdraw, …); null: it may */
  readonly verdict: string | null;
  /** uses that the exchange refused, and has not granted since */
  readonly refused: Readonly<Partial<Record<KeyUse, KeyFault>>>;
  /** something was refused since the last check: it is due at once */
  readonly checkDue: boolean;
}

export const unknownKey = (key: string): KeyRecord => ({
  key,
  judgedWallAt: null,
  verdict: null,
  refused: {},
  checkDue: true,
});

/** Why nothing is bought with the key, as a reason code; null: nothing speaks against it. */
export function keyStop({ verdict, refused }: KeyRecord): string | null {
  if (refused.account !== undefined) return `key_${refused.account}`;
  if (verdict !== null) return `key_${verdict}`;
  if (refused.orders !== undefined) return 'key_orders_refused';
  return refused.order_queries === undefined ? null : 'key_order_queries_refused';
}

export const refusedUse = (record: KeyRecord, use: KeyUse, fault: KeyFault): KeyRecord => ({
  ...record,
  refused: { ...record.refused, [use]: fault },
  checkDue: true,
});

/**
 * The exchange granted a use. That ends its refusal and no other, so an account that can be read lets no order go on; but where the
 * account itself had been refused the whole key did not work, and now it does again.
 */
export function grantedUse(record: KeyRecord, use: KeyUse): KeyRecord {
  if (record.refused[use] === undefined) return record;
  const { [use]: _, ...others } = record.refused;
  return { ...record, refused: use === 'account' ? {} : others };
}

/** The key's check had an answer. @param verdict why a key that works must not buy; null: it may */
export const judged = (record: KeyRecord, verdict: string | null, wallAt: number): KeyRecord => ({
  ...record,
  verdict,
  judgedWallAt: wallAt,
  checkDue: false,
});

/** The owner's word to try again what was refused. What the key's check says stays: it asks again by itself. */
export function triedAgain(record: KeyRecord): KeyRecord {
  const { orders: _, order_queries: _queries, ...refused } = record.refused;
  return { ...record, refused };
}
