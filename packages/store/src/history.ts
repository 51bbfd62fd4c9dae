import type { ExchangeSymbol, Mode, Regime } from '@mexc-bot/core';
import type { Database } from 'better-sqlite3';
import { type ActivityRow, type ActivitySqlRow, toActivity } from './activity.ts';
import type { CandidateRow } from './candidates.ts';

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

/** What one scan made of a token. */
export interface CandidateLook extends Omit<CandidateRow, 'candleAt' | 'stages' | 'features' | 'featureSet'> {
  readonly mode: Mode;
  /** market time, ms UTC */
  readonly at: number;
}

/** A look that ended in a purchase. */
export interface BoughtLook extends CandidateLook {
  /** the market's mood; null: of a time before it was kept */
  readonly regime: Regime | null;
}

/** Questions a person asks of what happened; no decision reads this. Times are market ms UTC. */
export interface HistoryRepository {
  scansSince(mode: Mode, since: number): FunnelSum;
  /** Why classified tokens were not bought, most frequent first. */
  rejections(mode: Mode, since: number, limit: number): readonly { readonly reason: string; readonly count: number }[];
  /** Newest first. */
  candidatesOf(market: ExchangeSymbol, limit: number): readonly CandidateLook[];
  /** The newest look at a market that ended in a purchase, at or before a market time. */
  boughtAt(mode: Mode, market: ExchangeSymbol, at: number): BoughtLook | undefined;
  /** Newest first; what belongs to no mode is in both. */
  activity(mode: Mode, limit: number, offset: number): readonly ActivityRow[];
  activityCount(mode: Mode): number;
  /** Every market that was ever listed. */
  marketIds(): readonly ExchangeSymbol[];
}

interface LookRow {
  mode: string;
  at: number;
  market: string;
  price: number;
  strategy: string | null;
  confidence: number | null;
  measures: string;
  decision: string;
  reason: string;
}

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
  const looks = db.prepare<[string, number], LookRow>(
    'SELECT mode, at, market, price, strategy, confidence, measures, decision, reason FROM candidate WHERE market = ? ORDER BY at DESC, id DESC LIMIT ?',
  );
  const bought = db.prepare<[string, string, number], LookRow & { regime: string | null }>(`
    SELECT mode, at, market, price, strategy, confidence, measures, decision, reason, regime FROM candidate
    WHERE market = ? AND mode = ? AND at <= ? AND decision = 'bought' ORDER BY at DESC, id DESC LIMIT 1`);
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
    candidatesOf: (market, limit) => looks.all(market, limit).map(toLook),
    boughtAt: (mode, market, at) => {
      const row = bought.get(market, mode, at);
      return row && { ...toLook(row), regime: row.regime as Regime | null };
    },
    activity: (mode, limit, offset) => activity.all(mode, limit, offset).map(toActivity),
    activityCount: (mode) => activityCount.get(mode) as number,
    marketIds: () => marketIds.all() as string[],
  };
}

const toLook = ({
  mode,
  at,
  market,
  price,
  strategy,
  confidence,
  measures,
  decision,
  reason,
}: LookRow): CandidateLook => ({
  at,
  market,
  price,
  confidence,
  reason,
  mode: mode as Mode,
  strategy: strategy as CandidateRow['strategy'],
  decision: decision as CandidateRow['decision'],
  measures: JSON.parse(measures) as Record<string, number | null>,
});
