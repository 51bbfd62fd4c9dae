import type { ExchangeSymbol, Mode, Strategy } from '@mexc-bot/core';
import type { Database } from 'better-sqlite3';

/** One scan in counts: where the markets went. */
export interface ScanRow {
  readonly mode: Mode;
  /** market time, ms UTC */
  readonly at: number;
  readonly wallAt: number;
  /** wall ms */
  readonly durationMs: number;
  /** tickers read */
  readonly seen: number;
  /** passed universe and hype */
  readonly hype: number;
  /** given a strategy */
  readonly classified: number;
  readonly bought: number;
  /** reason code to count */
  readonly funnel: Readonly<Record<string, number>>;
}

/** One token that was classified, and what became of it. */
export interface CandidateRow {
  readonly market: ExchangeSymbol;
  readonly price: number;
  readonly strategy: Strategy | null;
  readonly confidence: number | null;
  readonly measures: Readonly<Record<string, number | null>>;
  readonly decision: 'bought' | 'rejected';
  readonly reason: string;
}

export interface ScanRepository {
  /** A scan and its candidates, together. */
  record(scan: ScanRow, candidates: readonly CandidateRow[]): void;
  last(): ScanRow | undefined;
  count(): number;
}

interface Row {
  mode: string;
  at: number;
  wall_at: number;
  duration_ms: number;
  seen: number;
  hype: number;
  classified: number;
  bought: number;
  funnel: string;
}

export function createScans(db: Database): ScanRepository {
  const insertScan = db.prepare(`
    INSERT INTO scan (mode, at, wall_at, duration_ms, seen, hype, classified, bought, funnel)
    VALUES (@mode, @at, @wallAt, @durationMs, @seen, @hype, @classified, @bought, @funnel)`);
  const insertCandidate = db.prepare(`
    INSERT INTO candidate (scan_id, mode, at, market, price, strategy, confidence, measures, decision, reason)
    VALUES (@scanId, @mode, @at, @market, @price, @strategy, @confidence, @measures, @decision, @reason)`);
  const last = db.prepare<[], Row>('SELECT * FROM scan ORDER BY id DESC LIMIT 1');
  const count = db.prepare('SELECT count(*) FROM scan').pluck();

  const record = db.transaction((scan: ScanRow, candidates: readonly CandidateRow[]) => {
    const scanId = insertScan.run({ ...scan, funnel: JSON.stringify(scan.funnel) }).lastInsertRowid;
    for (const candidate of candidates) {
      insertCandidate.run({
        ...candidate,
        scanId,
        mode: scan.mode,
        at: scan.at,
        measures: JSON.stringify(candidate.measures),
      });
    }
  });

  return {
    record: (scan, candidates) => record.immediate(scan, candidates),
    last: () => {
      const row = last.get();
      return (
        row && {
          mode: row.mode as Mode,
          at: row.at,
          wallAt: row.wall_at,
          durationMs: row.duration_ms,
          seen: row.seen,
          hype: row.hype,
          classified: row.classified,
          bought: row.bought,
          funnel: JSON.parse(row.funnel) as Record<string, number>,
        }
      );
    },
    count: () => count.get() as number,
  };
}
