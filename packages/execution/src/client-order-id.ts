import { randomUUID } from 'node:crypto';

const PREFIX = 'mb_';

/** Recognisable as ours at the exchange, never the same twice, within MEXC's `[A-Za-z0-9_-]{1,32}`. */
export function newClientOrderId(wallNow: number): string {
  return `${PREFIX}${wallNow.toString(36)}_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
}

/** Whether an order at the exchange was placed by this suite. */
export const isOurs = (clientOrderId: string): boolean => clientOrderId.startsWith(PREFIX);
