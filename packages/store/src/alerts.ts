import type { ExchangeSymbol, Mode } from '@mexc-bot/core';
import type { Database } from 'better-sqlite3';

/** Something the owner must hear of, money first. */
export interface AlertRow {
  readonly mode: Mode | null;
  /** market time, ms UTC */
  readonly at: number;
  readonly wallAt: number;
  /** the process that says it */
  readonly source: string;
  readonly rank: 'money' | 'alarm' | 'notice';
  readonly kind: string;
  readonly market?: ExchangeSymbol;
  readonly positionId?: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface AlertRepository {
  add(row: AlertRow): void;
  /** Adds it unless the newest alert of this kind and market says the same: a state is told once, not every minute. */
  addNews(row: AlertRow): boolean;
  /** What the newest alert of this kind and market said; undefined: there was none. */
  newest(kind: string, market: ExchangeSymbol | null): AlertRow['detail'] | undefined;
  /** Newest first. */
  recent(limit: number): readonly AlertRow[];
  /** In the order asked for; those that are gone are left out. */
  byIds(ids: readonly number[]): readonly StoredAlert[];
  /** Alerts since a wall time, how many of each kind. */
  countSince(wallAt: number): ReadonlyMap<string, number>;
  /**
   * Deletes those from before, market ms, delivered or not: so long after, nobody needs to hear of it. The newest of each kind and
   * market stays, however old: it says what was told last.
   *
   * @returns how many
   */
  prune(before: number): number;
}

export type StoredAlert = AlertRow & { readonly id: number };

interface Row {
  id: number;
  mode: string | null;
  at: number;
  wall_at: number;
  source: string;
  rank: string;
  kind: string;
  market: string | null;
  position_id: string | null;
  detail: string;
}

export function createAlerts(db: Database): AlertRepository {
  const insert = db.prepare(`
    INSERT INTO alert (mode, at, wall_at, source, rank, kind, market, position_id, detail)
    VALUES (@mode, @at, @wallAt, @source, @rank, @kind, @market, @positionId, @detail)`);
  const recent = db.prepare<[number], Row>('SELECT * FROM alert ORDER BY id DESC LIMIT ?');
  const byId = db.prepare<[number], Row>('SELECT * FROM alert WHERE id = ?');
  const countSince = db.prepare<[number], { kind: string; count: number }>(
    'SELECT kind, count(*) AS count FROM alert WHERE wall_at >= ? GROUP BY kind',
  );
  const newest = db
    .prepare<[string, string | null], string>(
      'SELECT detail FROM alert WHERE kind = ? AND market IS ? ORDER BY id DESC LIMIT 1',
    )
    .pluck();
  const prune = db.prepare<[number]>(
    'DELETE FROM alert WHERE at < ? AND id NOT IN (SELECT max(id) FROM alert GROUP BY kind, market)',
  );

  const add = (row: AlertRow): void => {
    const detail = JSON.stringify(row.detail);
    insert.run({ ...row, market: row.market ?? null, positionId: row.positionId ?? null, detail });
  };
  const addNews = db.transaction((row: AlertRow): boolean => {
    if (newest.get(row.kind, row.market ?? null) === JSON.stringify(row.detail)) return false;
    add(row);
    return true;
  });

  return {
    add,
    addNews: (row) => addNews.immediate(row),
    newest: (kind, market) => {
      const detail = newest.get(kind, market) as string | undefined;
      return detail === undefined ? undefined : (JSON.parse(detail) as AlertRow['detail']);
    },
    recent: (limit) =>
      recent.all(limit).map((row) => {
        const { id: _, ...alert } = toAlert(row);
        return alert;
      }),
    byIds: (ids) =>
      ids.flatMap((id) => {
        const row = byId.get(id);
        return row === undefined ? [] : [toAlert(row)];
      }),
    countSince: (wallAt) => new Map(countSince.all(wallAt).map((row) => [row.kind, row.count])),
    prune: (before) => prune.run(before).changes,
  };
}

function toAlert(row: Row): StoredAlert {
  return {
    id: row.id,
    mode: row.mode as Mode | null,
    at: row.at,
    wallAt: row.wall_at,
    source: row.source,
    rank: row.rank as AlertRow['rank'],
    kind: row.kind,
    ...(row.market === null ? {} : { market: row.market }),
    ...(row.position_id === null ? {} : { positionId: row.position_id }),
    detail: JSON.parse(row.detail) as Record<string, unknown>,
  };
}
