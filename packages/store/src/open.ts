import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { StoreError } from './errors.ts';
import { migrate, refuseOtherSchema } from './migrate.ts';

/** Wall ms a writer waits for another process; six busy writers were seen to wait 3.4 s. */
const BUSY_TIMEOUT_MS = 15_000;

/** A connection's own pages, beside those the system caches for all: a quarter of what the driver takes, in each of six processes. */
const CACHE_KB = 4_000;

/**
 * Opens the file, creates or migrates it. WAL, so that readers never wait; `synchronous = FULL`, because an order intent must
 * survive a power cut before its request leaves.
 *
 * @param cacheKb pages kept in memory
 * @throws {StoreError} the file is corrupt, foreign, newer than the code, or cannot be opened
 */
export function openDatabase(path: string, cacheKb = CACHE_KB): Database {
  let db: Database | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    db = new BetterSqlite3(path, { timeout: BUSY_TIMEOUT_MS });
    if (db.pragma('journal_mode', { simple: true }) !== 'wal') db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    db.pragma(`cache_size = ${-cacheKb}`);
    migrate(db, path);
    return db;
  } catch (cause) {
    db?.close();
    throw explain(cause, path);
  }
}

/**
 * Opens a file that is there to look into it: it is neither created nor migrated, and nobody can write to it this way.
 *
 * @throws {StoreError} there is none, it is corrupt, foreign, or of another version
 */
export function openToRead(path: string, cacheKb = CACHE_KB): Database {
  if (!existsSync(path))
    throw new StoreError(
      `${path} is not there. Name the database of a run; the suite makes one when it is started, or when the collector fetches candles.`,
    );
  let db: Database | undefined;
  try {
    db = new BetterSqlite3(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    db.pragma(`cache_size = ${-cacheKb}`);
    refuseOtherSchema(db, path);
    return db;
  } catch (cause) {
    db?.close();
    throw explain(cause, path);
  }
}

function explain(cause: unknown, path: string): unknown {
  if (cause instanceof StoreError || !(cause instanceof BetterSqlite3.SqliteError)) return cause;
  if (cause.code.startsWith('SQLITE_CORRUPT') || cause.code === 'SQLITE_NOTADB') {
    return new StoreError(
      `${path} is damaged or not a database (${cause.message}). Nothing was changed. Move it away together with its -wal and -shm files and restore a backup, or start with a new one.`,
      { cause },
    );
  }
  if (cause.code.startsWith('SQLITE_CANTOPEN') || cause.code === 'SQLITE_READONLY' || cause.code === 'SQLITE_PERM') {
    return new StoreError(
      `${path} cannot be opened for writing (${cause.message}). Check that the folder exists and belongs to you.`,
      { cause },
    );
  }
  return cause;
}
