import { type ClosedResult, Decimal, type ExchangeSymbol, type Mode } from '@mexc-bot/core';
import type { Database } from 'better-sqlite3';
import { type ActivityRow, type ActivitySqlRow, toActivity } from './activity.ts';

/** Several scans added up. */
export interface FunnelSum {
  readonly scans: number;
  readonly seen: number;
  readonly hype: number;
  readonly classified: number;
  readonly bought: number;
  /** reason code to count, most frequent first: markets that went no further */
  readonly funnel: readonly { readonly reason: string; readonly count: number }[];
}

/** Questions a person asks of what happened; no decision reads this. Times are market ms UTC. */
export interface HistoryRepository {
  scansSince(mode: Mode, since: number): FunnelSum;
  /** Why classified tokens were not bought, most frequent first. */
  rejections(mode: Mode, since: number, limit: number): readonly { readonly reason: string; readonly count: number }[];
  /** What positions that closed since then brought, oldest first: a tenth of reading the positions themselves. */
  results(mode: Mode, since: number): readonly ClosedResult[];
  /** Newest first; what belongs to no mode is in both. */
  activity(mode: Mode, limit: number, offset: number): readonly ActivityRow[];
  activityCount(mode: Mode): number;
  /** Every market that was ever listed. */
  marketIds(): readonly ExchangeSymbol[];
}

interface ResultRow {
  strategy: string;
  close_reason: string;
  proceeds: string;
  cost: string;
  fees: string;
}

const toResult = (row: ResultRow): ClosedResult => ({
  state: 'closed',
  strategy: row.strategy as ClosedResult['strategy'],
  closeReason: row.close_reason as ClosedResult['closeReason'],
  proceeds: new Decimal(row.proceeds),
  cost: new Decimal(row.cost),
  fees: new Decimal(row.fees),
});

type Counted = { readonly reason: string; readonly count: number };

export function createHistory(db: Database): HistoryRepository {
  const sums = db.prepare<[string, number], Omit<FunnelSum, 'funnel'>>(`
    SELECT count(*) AS scans, coalesce(sum(seen), 0) AS seen, coalesce(sum(hype), 0) AS hype,
      coalesce(sum(classified), 0) AS classified, coalesce(sum(bought), 0) AS bought
    FROM scan WHERE mode = ? AND at >= ?`);
  const funnel = db.prepare<[string, number], Counted>(`
    SELECT entry.key AS reason, sum(entry.value) AS count FROM scan, json_each(scan.funnel) AS entry
    WHERE mode = ? AND at >= ? GROUP BY entry.key ORDER BY count DESC, reason`);
  const rejections = db.prepare<[string, number, number], Counted>(`
    SELECT reason, count(*) AS count FROM candidate WHERE mode = ? AND at >= ? AND decision = 'rejected'
    GROUP BY reason ORDER BY count DESC, reason LIMIT ?`);
  const results = db.prepare<[string, number], ResultRow>(`
    SELECT strategy, close_reason, proceeds, cost, fees FROM position
    WHERE state = 'closed' AND mode = ? AND closed_at >= ? ORDER BY closed_at`);
  const activity = db.prepare<[string, number, number], ActivitySqlRow>(
    'SELECT * FROM activity WHERE mode = ? OR mode IS NULL ORDER BY id DESC LIMIT ? OFFSET ?',
  );
  const activityCount = db
    .prepare<[string], number>('SELECT count(*) FROM activity WHERE mode = ? OR mode IS NULL')
    .pluck();
  const marketIds = db.prepare<[], string>('SELECT id FROM market ORDER BY id').pluck();

  return {
    scansSince: (mode, since) => ({ ...sums.get(mode, since)!, funnel: funnel.all(mode, since) }),
    rejections: (mode, since, limit) => rejections.all(mode, since, limit),
    results: (mode, since) => results.all(mode, since).map(toResult),
    activity: (mode, limit, offset) => activity.all(mode, limit, offset).map(toActivity),
    activityCount: (mode) => activityCount.get(mode) as number,
    marketIds: () => marketIds.all() as string[],
  };
}
