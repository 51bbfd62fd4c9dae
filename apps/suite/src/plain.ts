import { Decimal } from '@mexc-bot/core';

/** What JSON gets: decimals as numbers, for whoever reads a report with a script. The exact figures are in the database. */
export function plain(value: unknown): unknown {
  if (value instanceof Decimal) return value.toNumber();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
}
