import { type ExchangeSymbol, LABEL_AFTER_MS, type Mode, type Regime, type Stage, type Strategy } from '@mexc-bot/core';
import type { Database } from 'better-sqlite3';
import { blobOf, floatsOf, packStages, unpackStages } from './candidate-encoding.ts';

/** One token that was looked at closely, and what became of it. */
export interface CandidateRow {
  readonly market: ExchangeSymbol;
  readonly price: number;
  readonly strategy: Strategy | null;
  readonly confidence: number | null;
  readonly measures: Readonly<Record<string, number | null>>;
  readonly decision: 'bought' | 'rejected';
  readonly reason: string;
  /** open time of the last closed candle it was judged on, ms UTC; null: it had none */
  readonly candleAt: number | null;
  /** every question asked, in order; null: forgotten, because it is long ago */
  readonly stages: readonly Stage[] | null;
  /** the exact feature vector of `featureSet`; null: it was not computed */
  readonly features: Float64Array | null;
  readonly featureSet: string | null;
  /** the position its order opens; null: no order was sent */
  readonly positionId: string | null;
}

/** The scan a candidate belongs to. */
export interface CandidateScan {
  readonly id: number;
  readonly mode: Mode;
  /** market time, ms UTC */
  readonly at: number;
  readonly regime: Regime | null;
}

/** What became of the price; returns are fractions of {@link CandidateRow.price}. */
export type CandidateLabel =
  | { readonly state: 'pending'; readonly dueAt: number }
  | {
      readonly state: 'labelled';
      /** market time, ms UTC */
      readonly at: number;
      /** 1: the close after 6 h was high enough */
      readonly label: 0 | 1;
      readonly closeReturn: number;
      readonly bestReturn: number;
      readonly worstReturn: number;
      /** which of target and stop came first */
      readonly barrier: 'up' | 'down' | 'neither';
    }
  /** `vanished`: its candles end before the 6 h are over, the market is gone; `gap`: they go on, but those are missing */
  | { readonly state: 'vanished' | 'gap'; readonly at: number };

export interface Candidate extends CandidateRow {
  readonly id: number;
  readonly scanId: number;
  readonly mode: Mode;
  /** market time, ms UTC */
  readonly at: number;
  readonly regime: Regime | null;
  readonly label: CandidateLabel;
}

export interface CandidateRepository {
  /** Written again, a row of a scan says what became of its order meanwhile; what was bought stays bought. */
  record(scan: CandidateScan, rows: readonly CandidateRow[]): void;
  /** The order that opens this position was filled, whenever that became known. */
  markBought(positionId: string): void;
  /** The newest one of a market. */
  latest(market: ExchangeSymbol, mode?: Mode): Candidate | undefined;
  /** The newest one of a market, where it still is the last word on it: a later scan that is kept left the market out before. */
  current(market: ExchangeSymbol): Candidate | undefined;
  /** The one a position was bought as. */
  ofPosition(positionId: string): Candidate | undefined;
  /** Those recorded with a scan, in the order of their decisions. */
  ofScan(scanId: number): readonly Candidate[];
  /** Those whose label is due, oldest first. */
  due(asOf: number, limit: number): readonly Candidate[];
  /** @returns false where it had a label already: the first one stays */
  label(id: number, label: Exclude<CandidateLabel, { state: 'pending' }>): boolean;
  /** When the oldest unlabelled candidate of a market was seen, market ms UTC; null: none waits. */
  unlabelledSince(market: ExchangeSymbol): number | null;
  /** For reading all of them, by id. */
  page(query: {
    /** those with a greater id */
    readonly after: number;
    readonly limit: number;
    readonly state?: CandidateLabel['state'];
    readonly mode?: Mode;
  }): readonly Candidate[];
  /** Forgets the stages of candidates seen before a market time. @returns of how many */
  forgetStages(before: number): number;
  /** Deletes those seen before a market time that wait for no label. @returns how many */
  prune(before: number): number;
}

interface Row {
  id: number;
  scan_id: number;
  mode: string;
  at: number;
  market: string;
  price: number;
  strategy: string | null;
  confidence: number | null;
  measures: string;
  decision: string;
  reason: string;
  regime: string | null;
  candle_at: number | null;
  stages: string | null;
  feature_set: string | null;
  features: Buffer | null;
  position_id: string | null;
  label_state: string;
  label_due_at: number;
  labelled_at: number | null;
  label: number | null;
  close_return: number | null;
  best_return: number | null;
  worst_return: number | null;
  barrier: string | null;
}

export function createCandidates(db: Database): CandidateRepository {
  const insert = db.prepare(`
    INSERT INTO candidate (scan_id, mode, at, market, price, strategy, confidence, measures, decision, reason, regime, candle_at,
      stages, feature_set, features, position_id, label_due_at)
    VALUES (@scanId, @mode, @at, @market, @price, @strategy, @confidence, @measures, @decision, @reason, @regime, @candleAt,
      @stages, @featureSet, @features, @positionId, @dueAt)
    ON CONFLICT (scan_id, market) DO UPDATE SET stages = excluded.stages, position_id = excluded.position_id,
      decision = iif(decision = 'bought', decision, excluded.decision), reason = iif(decision = 'bought', reason, excluded.reason)`);
  const markBought = db.prepare<[string]>(
    "UPDATE candidate SET decision = 'bought', reason = 'bought' WHERE position_id = ? AND decision <> 'bought'",
  );
  const latest = db.prepare<[string, string | null, string | null], Row>(
    'SELECT * FROM candidate WHERE market = ? AND (? IS NULL OR mode = ?) ORDER BY at DESC, id DESC LIMIT 1',
  );
  const current = db.prepare<[string], Row>(`
    SELECT * FROM candidate WHERE market = ? AND at >= coalesce((SELECT max(at) FROM scan_input), at)
    ORDER BY at DESC, id DESC LIMIT 1`);
  const ofPosition = db.prepare<[string], Row>(
    "SELECT * FROM candidate WHERE position_id = ? AND decision = 'bought' ORDER BY id DESC LIMIT 1",
  );
  const ofScan = db.prepare<[number], Row>('SELECT * FROM candidate WHERE scan_id = ? ORDER BY id');
  const due = db.prepare<[number, number], Row>(
    "SELECT * FROM candidate WHERE label_state = 'pending' AND label_due_at <= ? ORDER BY label_due_at, id LIMIT ?",
  );
  const label = db.prepare(`
    UPDATE candidate SET label_state = @state, labelled_at = @at, label = @label, close_return = @closeReturn,
      best_return = @bestReturn, worst_return = @worstReturn, barrier = @barrier
    WHERE id = @id AND label_state = 'pending'`);
  const unlabelledSince = db
    .prepare<[string], number | null>("SELECT min(at) FROM candidate WHERE market = ? AND label_state = 'pending'")
    .pluck();
  const page = db.prepare<{ after: number; limit: number; state: string | null; mode: string | null }, Row>(`
    SELECT * FROM candidate WHERE id > @after AND (@state IS NULL OR label_state = @state) AND (@mode IS NULL OR mode = @mode)
    ORDER BY id LIMIT @limit`);
  const forget = db.prepare<[number]>('UPDATE candidate SET stages = NULL WHERE at < ? AND stages IS NOT NULL');

  const prune = db.prepare<[number]>("DELETE FROM candidate WHERE at < ? AND label_state <> 'pending'");

  const record = db.transaction((scan: CandidateScan, rows: readonly CandidateRow[]) => {
    for (const row of rows) {
      insert.run({
        ...row,
        scanId: scan.id,
        mode: scan.mode,
        at: scan.at,
        regime: scan.regime,
        measures: JSON.stringify(row.measures),
        stages: row.stages === null ? null : packStages(row.stages),
        features: row.features === null ? null : blobOf(row.features),
        dueAt: scan.at + LABEL_AFTER_MS,
      });
    }
  });

  return {
    record: (scan, rows) => record.immediate(scan, rows),
    markBought: (positionId) => void markBought.run(positionId),
    latest: (market, mode) => {
      const row = latest.get(market, mode ?? null, mode ?? null);
      return row && toCandidate(row);
    },
    current: (market) => {
      const row = current.get(market);
      return row && toCandidate(row);
    },
    ofPosition: (positionId) => {
      const row = ofPosition.get(positionId);
      return row && toCandidate(row);
    },
    ofScan: (scanId) => ofScan.all(scanId).map(toCandidate),
    due: (asOf, limit) => due.all(asOf, limit).map(toCandidate),
    label: (id, given) => {
      const outcome =
        given.state === 'labelled'
          ? given
          : { ...given, label: null, closeReturn: null, bestReturn: null, worstReturn: null, barrier: null };
      return label.run({ id, ...outcome }).changes === 1;
    },
    unlabelledSince: (market) => (unlabelledSince.get(market) as number | null | undefined) ?? null,
    page: ({ after, limit, state, mode }) =>
      page.all({ after, limit, state: state ?? null, mode: mode ?? null }).map(toCandidate),
    forgetStages: (before) => forget.run(before).changes,
    prune: (before) => prune.run(before).changes,
  };
}

function toCandidate(row: Row): Candidate {
  return {
    id: row.id,
    scanId: row.scan_id,
    mode: row.mode as Mode,
    at: row.at,
    regime: row.regime as Regime | null,
    market: row.market,
    price: row.price,
    strategy: row.strategy as Strategy | null,
    confidence: row.confidence,
    measures: JSON.parse(row.measures) as Record<string, number | null>,
    decision: row.decision as CandidateRow['decision'],
    reason: row.reason,
    candleAt: row.candle_at,
    stages: row.stages === null ? null : unpackStages(row.stages),
    features: row.features === null ? null : floatsOf(row.features),
    featureSet: row.feature_set,
    positionId: row.position_id,
    label: toLabel(row),
  };
}

function toLabel(row: Row): CandidateLabel {
  if (row.label_state === 'pending') return { state: 'pending', dueAt: row.label_due_at };
  const at = row.labelled_at!;
  if (row.label_state === 'vanished' || row.label_state === 'gap') return { state: row.label_state, at };
  return {
    state: 'labelled',
    at,
    label: row.label as 0 | 1,
    closeReturn: row.close_return!,
    bestReturn: row.best_return!,
    worstReturn: row.worst_return!,
    barrier: row.barrier as 'up' | 'down' | 'neither',
  };
}
