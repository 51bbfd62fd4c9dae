import { marketIn, moment, positive, readEntries, words } from './entries.ts';
import type { ImportFile } from './import-file.ts';
import type { Notes } from './notes.ts';

/** A position the Python bot held, as far as a report needs it. */
export interface TrackedToken {
  readonly market: string;
  readonly strategy: string;
  readonly openedAt: number;
  /** quote per base */
  readonly buyPrice: number;
  /** base */
  readonly amount: number;
  readonly place: string;
}

/** @throws {ImportFault} the file is malformed, with its line and field */
export function readTracked({ name, text }: ImportFile, notes: Notes): TrackedToken[] {
  return readEntries(text, name, 'object').flatMap((entry) => {
    const [buyPrice, amount] = [positive(entry, 'buy_price'), positive(entry, 'amount')];
    const openedAt = moment(entry, 'timestamp');
    const strategy = words(entry, 'strategy') ?? 'unknown';
    const market = marketIn(entry, entry.key);
    const lacking = Object.entries({ buy_price: buyPrice, amount, timestamp: openedAt }).find(
      ([, value]) => value === null,
    );
    if (lacking !== undefined || buyPrice === null || amount === null || openedAt === null) {
      notes.add(`has no ${lacking?.[0] ?? 'price'} and is left out`, entry.place);
      return [];
    }
    return [{ market, strategy, openedAt, buyPrice, amount, place: entry.place }];
  });
}
