import type { ExchangeSymbol, Mode } from '@mexc-bot/core';
import type { Database } from 'better-sqlite3';

/** One decision or notable event, with its reason. */
export interface ActivityRow {
  readonly mode: Mode | null;
  /** market time, ms UTC */
  readonly at: number;
  readonly wallAt: number;
  /** the process that says it */
  readonly source: string;
  readonly kind: string;
  readonly market?: ExchangeSymbol;
  readonly positionId?: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface ActivityRepository {
  add(row: ActivityRow): void;
  /** Newest first. */
  recent(limit: number): readonly ActivityRow[];
  /** Deletes what happened before, market ms. @returns how many */
  prune(before: number): number;
}

export interface ActivitySqlRow {
  mode: string | null;
  at: number;
  wall_at: number;
  source: string;
  kind: string;
  market: string | null;
  position_id: string | null;
  detail: string;
}

export function createActivity(db: Database): ActivityRepository {
  const insert = db.prepare(`
    INSERT INTO activity (mode, at, wall_at, source, kind, market, position_id, detail)
    VALUES (@mode, @at, @wallAt, @source, @kind, @market, @positionId, @detail)`);
  const recent = db.prepare<[number], ActivitySqlRow>('SELECT * FROM activity ORDER BY id DESC LIMIT ?');
  const prune = db.prepare<[number]>('DELETE FROM activity WHERE at < ?');

  return {
    add: (row) => {
      insert.run({
        ...row,
        market: row.market ?? null,
        positionId: row.positionId ?? null,
        detail: JSON.stringify(row.detail),
      });
    },
    recent: (limit) => recent.all(limit).map(toActivity),
    prune: (before) => prune.run(before).changes,
  };
}

export const toActivity = (row: ActivitySqlRow): ActivityRow => ({
  mode: row.mode as Mode | null,
  at: row.at,
  wallAt: row.wall_at,
  source: row.source,
  kind: row.kind,
  ...(row.market === null ? {} : { market: row.market }),
  ...(row.position_id === null ? {} : { positionId: row.position_id }),
  detail: JSON.parse(row.detail) as Record<string, unknown>,
});
