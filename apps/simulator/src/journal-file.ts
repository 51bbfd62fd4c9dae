import { closeSync, constants, existsSync, fdatasyncSync, openSync, readFileSync, writeFileSync } from 'node:fs';

/** What changed since the line before, as saved state has it; orders replace the ones of their id. */
export interface JournalEntry {
  readonly marketTime: number;
  readonly sequence: number;
  readonly accounts: readonly {
    readonly id: string;
    readonly mxDeduct: boolean;
    /** only those that changed */
    readonly balances: object;
  }[];
  readonly orders: readonly { readonly orderId: string }[];
  readonly trades: readonly object[];
  readonly adjustments: readonly object[];
  readonly plans?: object;
}

/** The journal beside a file of saved state. */
export const journalOf = (statePath: string): string => statePath.replace(/\.json$/, '.journal');

/** Begins a journal anew. */
export function startJournal(path: string, name: string): void {
  writeFileSync(path, `${JSON.stringify({ journal: name })}\n`, { mode: 0o600 });
}

/**
 * Adds a line to a journal that is there. Once this returns, the line outlives the process; with `toDisk` a power cut too.
 *
 * @returns bytes written
 */
export function appendJournal(path: string, entry: JournalEntry, toDisk: boolean): number {
  const line = `${JSON.stringify(entry)}\n`;
  // without O_CREAT: a journal that somebody took away must not begin in the middle
  const file = openSync(path, constants.O_WRONLY | constants.O_APPEND);
  try {
    writeFileSync(file, line);
    if (toDisk) fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
  return Buffer.byteLength(line);
}

/**
 * The state as it is after everything its journal tells. A last line without its end was being written when the process was
 * killed: no answer told of it.
 *
 * @param content of the state file, not checked yet
 * @throws a line that is no entry
 */
export function readJournal(path: string, content: unknown): unknown {
  if (typeof content !== 'object' || content === null) return content;
  const state = content as State;
  if (typeof state.journal !== 'string' || !existsSync(path)) return state;
  const [head, ...lines] = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  // the state was written whole after this journal: it holds all of it
  if (head !== JSON.stringify({ journal: state.journal })) return state;

  const accounts = new Map(rows(state.accounts).map((account) => [account.id, account]));
  const orders = new Map(rows(state.orders).map((order) => [order.orderId, order]));
  const [trades, adjustments] = [[...rows(state.trades)], [...rows(state.adjustments)]];
  let { marketTime, sequence, plans } = state;
  for (const [n, line] of lines.entries()) {
    try {
      const entry = JSON.parse(line) as JournalEntry;
      for (const { id, mxDeduct, balances } of entry.accounts) {
        const account = accounts.get(id);
        if (account === undefined) throw new Error(`there is no account ${id}`);
        accounts.set(id, { ...account, mxDeduct, balances: { ...(account.balances as object), ...balances } });
      }
      for (const order of entry.orders) orders.set(order.orderId, order as Row);
      for (const trade of entry.trades) trades.push(trade as Row);
      for (const adjustment of entry.adjustments) adjustments.push(adjustment as Row);
      [marketTime, sequence] = [entry.marketTime, entry.sequence];
      plans = entry.plans ?? plans;
    } catch (cause) {
      throw new Error(`line ${n + 2} of its journal ${path}: ${(cause as Error).message}`, { cause });
    }
  }
  return {
    ...state,
    marketTime,
    sequence,
    accounts: [...accounts.values()],
    orders: [...orders.values()],
    trades,
    adjustments,
    plans,
  };
}

type Row = Readonly<Record<string, unknown>>;
type State = Readonly<Record<string, unknown>>;

function rows(value: unknown): readonly Row[] {
  if (!Array.isArray(value) || value.some((row) => typeof row !== 'object' || row === null)) {
    throw new Error('its accounts, orders, trades or adjustments are no list');
  }
  return value;
}
