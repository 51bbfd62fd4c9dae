import type { ExchangeSymbol, Mode } from '@mexc-bot/core';
import type { Database } from 'better-sqlite3';

/** A market that refuses orders, and when it is tried again. */
interface QuarantineRow {
  readonly mode: Mode;
  readonly market: ExchangeSymbol;
  readonly reason: string;
  /** market time of the first refusal, ms UTC */
  readonly at: number;
  /** refusals in a row */
  readonly failures: number;
  readonly retryWallAt: number;
}

export interface QuarantineRepository {
  get(mode: Mode, market: ExchangeSymbol): QuarantineRow | undefined;
  all(mode: Mode): readonly QuarantineRow[];
  put(row: QuarantineRow): void;
  /** The market took an order again. */
  lift(mode: Mode, market: ExchangeSymbol): void;
}

export function createQuarantine(db: Database): QuarantineRepository {
  const columns = 'mode, market, reason, at, failures, retry_wall AS retryWallAt';
  const get = db.prepare<[string, string], QuarantineRow>(
    `SELECT ${columns} FROM quarantine WHERE mode = ? AND market = ?`,
  );
  const all = db.prepare<[string], QuarantineRow>(`SELECT ${columns} FROM quarantine WHERE mode = ? ORDER BY market`);
  const put = db.prepare(`
    INSERT INTO quarantine (mode, market, reason, at, failures, retry_wall)
    VALUES (@mode, @market, @reason, @at, @failures, @retryWallAt)
    ON CONFLICT (mode, market) DO UPDATE SET reason = excluded.reason, failures = excluded.failures, retry_wall = excluded.retry_wall`);
  const lift = db.prepare<[string, string]>('DELETE FROM quarantine WHERE mode = ? AND market = ?');
  return {
    get: (mode, market) => get.get(mode, market),
    all: (mode) => all.all(mode),
    put: (row) => {
      put.run(row);
    },
    lift: (mode, market) => {
      lift.run(mode, market);
    },
  };
}
