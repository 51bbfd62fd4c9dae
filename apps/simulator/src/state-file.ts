import { randomUUID } from 'node:crypto';
import type { AssetBalance } from './account.ts';
import { appendJournal, type JournalEntry, journalOf, startJournal } from './journal-file.ts';
import type { Ledger } from './ledger.ts';
import type { SimOrder } from './order.ts';
import { type Saved, saveSnapshot } from './snapshot.ts';

/** A journal may grow to this, or to the size of the state it goes on from: so each byte is written about twice. */
const SMALLEST_FULL_JOURNAL = 1024 * 1024;

/** The saved state of one market: written whole now and then, and in between only what changed. */
export interface StateFile {
  /** Adds what changed; whole where that cannot be done. @param toDisk outlives a power cut too */
  add(saved: Saved, toDisk: boolean): void;
  /** Writes it whole. */
  replace(saved: Saved): void;
  /** whether it is time to write it whole */
  isFull(): boolean;
}

/** What is on file already. */
interface Known {
  readonly cleared: number;
  readonly orders: number;
  readonly trades: number;
  readonly adjustments: number;
  /** the others can no longer change */
  readonly openOrders: ReadonlyMap<SimOrder, string>;
  readonly accounts: ReadonlyMap<string, { readonly mxDeduct: boolean; readonly balances: Balances }>;
  readonly plans: string;
}
type Balances = ReadonlyMap<string, AssetBalance>;

export function createStateFile(path: string): StateFile {
  /** null: nothing yet, or nobody knows what a failed attempt left */
  let known: Known | null = null;
  let journalBytes = 0;
  let fullAt = SMALLEST_FULL_JOURNAL;

  const replace = (saved: Saved): void => {
    known = null;
    const journal = randomUUID();
    const bytes = saveSnapshot(path, journal, saved);
    startJournal(journalOf(path), journal);
    known = knownOf(saved);
    journalBytes = 0;
    fullAt = Math.max(SMALLEST_FULL_JOURNAL, bytes);
  };
  return {
    replace,
    isFull: () => journalBytes > fullAt,
    add(saved, toDisk) {
      if (known === null || known.cleared !== saved.ledger.cleared()) return replace(saved);
      const now = knownOf(saved);
      try {
        journalBytes += appendJournal(journalOf(path), changesSince(known, now, saved), toDisk);
        known = now;
      } catch {
        // half a line may be there, or no journal at all; if this fails too, the caller hears of it
        replace(saved);
      }
    },
  };
}

function knownOf({ ledger, plans }: Saved): Known {
  return {
    cleared: ledger.cleared(),
    orders: ledger.orders().length,
    trades: ledger.trades().length,
    adjustments: ledger.adjustments().length,
    openOrders: new Map(ledger.open().map((order) => [order, markOf(order)])),
    accounts: new Map(
      ledger.accounts().map(({ id, mxDeduct, balances }) => [id, { mxDeduct, balances: new Map(balances) }]),
    ),
    plans: JSON.stringify(plans),
  };
}

/** Differs where an order does that rests. */
const markOf = ({ status, executed, passed, matchAt }: SimOrder): string =>
  `${status} ${executed} ${passed} ${matchAt}`;

function changesSince(before: Known, now: Known, { marketTime, ledger, plans }: Saved): JournalEntry {
  const rested = [...before.openOrders].filter(([order, mark]) => markOf(order) !== mark).map(([order]) => order);
  return {
    marketTime,
    sequence: ledger.sequence(),
    accounts: changedAccounts(before, ledger),
    orders: [...rested, ...ledger.orders().slice(before.orders)],
    trades: ledger.trades().slice(before.trades),
    adjustments: ledger.adjustments().slice(before.adjustments),
    ...(before.plans !== now.plans && { plans }),
  };
}

function changedAccounts({ accounts: before }: Known, ledger: Ledger): JournalEntry['accounts'] {
  return ledger.accounts().flatMap(({ id, mxDeduct, balances }) => {
    const known = before.get(id);
    // a balance that changes is another object
    const changed = [...balances].filter(([asset, balance]) => known?.balances.get(asset) !== balance);
    if (changed.length === 0 && known?.mxDeduct === mxDeduct) return [];
    return [{ id, mxDeduct, balances: Object.fromEntries(changed) }];
  });
}
