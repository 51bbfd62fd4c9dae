import { mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type BudgetState, EMPTY_BUDGET } from '@mexc-bot/core';
import BetterSqlite3, { type Database } from 'better-sqlite3';

/** Where the state of a request budget is kept. */
export interface BudgetLedger {
  /** Reads, changes and keeps the state, with nobody else in between. */
  update<T>(change: (state: BudgetState) => { readonly state: BudgetState; readonly result: T }): T;
  close(): void;
}

/** For one process, or several in one. */
export function createMemoryBudgetLedger(): BudgetLedger {
  let kept = EMPTY_BUDGET;
  return {
    update(change) {
      const { state, result } = change(kept);
      kept = state;
      return result;
    },
    close: () => undefined,
  };
}

/** Wall ms a process waits for another one's change, which takes some 50 µs. */
const BUSY_TIMEOUT_MS = 250;
/** Wall ms until a file that failed is tried again. */
const REOPEN_AFTER_MS = 5_000;
/** Of the state's form; another form is as good as none. */
const FORM = 1;

/**
 * A small SQLite file that all processes share. It is worth nothing a second later, so nothing is ever flushed to disk, and a
 * damaged, foreign or deleted one is made anew. Where no file can be had, each process counts for itself: sales must go on.
 */
export function openBudgetLedger(
  path: string,
  log: { warn(message: string, fields?: Record<string, unknown>): void },
  wallNow: () => number = Date.now,
): BudgetLedger {
  /** as last seen in the file, and what this process did since where there is none: a refusal by the exchange outlives the file */
  let own = EMPTY_BUDGET;
  let file: BudgetFile | null = null;
  let failedAt = Number.NEGATIVE_INFINITY;
  let failing = false;

  const alone = <T>(change: (state: BudgetState) => { readonly state: BudgetState; readonly result: T }): T => {
    const { state, result } = change(own);
    own = state;
    return result;
  };

  const current = (): BudgetFile => {
    if (file !== null && !file.isAtItsPath()) {
      file.close();
      file = null;
    }
    file ??= openAnew(path);
    return file;
  };

  return {
    update(change) {
      if (wallNow() - failedAt < REOPEN_AFTER_MS && wallNow() >= failedAt) return alone(change);
      try {
        const before = file;
        const opened = current();
        const result = opened.update((shared) => {
          const changed = change(opened === before ? shared : withBlockOf(shared, own));
          own = changed.state;
          return changed;
        });
        failing = false;
        return result;
      } catch (error) {
        if (!isFileTrouble(error)) throw error;
        failedAt = wallNow();
        file?.close();
        file = null;
        if (isDamage(error)) removeIfPossible(path);
        if (!failing)
          log.warn(`${path} cannot be used; until it can, this process counts its requests alone`, { error });
        failing = true;
        return alone(change);
      }
    },
    close() {
      file?.close();
      file = null;
    },
  };
}

/** The refusal that ends later holds for all. */
function withBlockOf(shared: BudgetState, own: BudgetState): BudgetState {
  const endsLater = own.block !== null && own.block.until > (shared.block?.until ?? 0);
  return endsLater ? { ...shared, block: own.block, trickledAt: Math.max(shared.trickledAt, own.trickledAt) } : shared;
}

interface BudgetFile extends BudgetLedger {
  /** false once somebody deleted or replaced the file */
  isAtItsPath(): boolean;
}

function openAnew(path: string): BudgetFile {
  mkdirSync(dirname(path), { recursive: true });
  try {
    return openFile(path);
  } catch (error) {
    if (!isDamage(error)) throw error;
    remove(path);
    return openFile(path);
  }
}

function openFile(path: string): BudgetFile {
  const db = new BetterSqlite3(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    prepare(db);
    const read = db.prepare<[], string>('SELECT state FROM budget').pluck();
    const write = db.prepare<[string]>('UPDATE budget SET state = ?');
    const inode = statSync(path).ino;
    const run = db.transaction((change: (state: BudgetState) => { state: BudgetState; result: unknown }) => {
      const { state, result } = change(parseState(read.get()));
      write.run(JSON.stringify({ form: FORM, state }));
      return result;
    });
    return {
      update: <T>(change: (state: BudgetState) => { readonly state: BudgetState; readonly result: T }) =>
        run.immediate(change) as T,
      isAtItsPath: () => statSync(path, { throwIfNoEntry: false })?.ino === inode,
      close: () => {
        db.close();
      },
    };
  } catch (error) {
    db.close();
    throw error;
  }
}

function prepare(db: Database): void {
  if (db.pragma('journal_mode', { simple: true }) !== 'wal') db.pragma('journal_mode = WAL');
  db.pragma('synchronous = OFF');
  db.exec('CREATE TABLE IF NOT EXISTS budget (id INTEGER PRIMARY KEY CHECK (id = 1), state TEXT NOT NULL) STRICT');
  db.exec("INSERT OR IGNORE INTO budget (id, state) VALUES (1, '')");
}

function parseState(text: string | undefined): BudgetState {
  try {
    const parsed = JSON.parse(text ?? '') as { form?: unknown; state?: BudgetState } | null;
    return parsed?.form === FORM && parsed.state !== undefined ? parsed.state : EMPTY_BUDGET;
  } catch {
    return EMPTY_BUDGET; // new, or not ours: the count begins anew
  }
}

const isDamage = (error: unknown): boolean =>
  error instanceof BetterSqlite3.SqliteError && /^SQLITE_(CORRUPT|NOTADB|ERROR)/.test(error.code);

function remove(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
}

/** Windows removes no file that another process has open: it is tried again when this one is opened anew. */
function removeIfPossible(path: string): void {
  try {
    remove(path);
  } catch (error) {
    if (!isFileTrouble(error)) throw error;
  }
}

/** SQLite's errors, and those of the file system, have codes; faults of the change itself have none. */
const isFileTrouble = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string';
