import type { ExchangeSymbol } from '@mexc-bot/core';
import type { Database } from 'better-sqlite3';

/** A model of one market that somebody wants. */
export interface TrainingRequest {
  readonly id: number;
  readonly market: ExchangeSymbol;
  /** who wants it, as a reason code */
  readonly reason: string;
  readonly state: 'pending' | 'running' | 'done' | 'failed';
  /** market time, ms UTC */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** what came of it */
  readonly detail: string | null;
}

export interface TrainingRequestRepository {
  /** @returns false where this market already waits */
  add(market: ExchangeSymbol, reason: string, at: number): boolean;
  /** Takes the one that waits longest: nobody else gets it. */
  next(at: number): TrainingRequest | undefined;
  finish(id: number, state: 'done' | 'failed', at: number, detail?: string): void;
  /** What a trainer that was killed left running waits again. @returns how many */
  requeue(at: number): number;
  /** Oldest first. */
  list(state?: TrainingRequest['state']): readonly TrainingRequest[];
  /** Deletes those that were over before, market ms. @returns how many */
  prune(before: number): number;
}

interface Row {
  id: number;
  market: string;
  reason: string;
  state: string;
  created_at: number;
  updated_at: number;
  detail: string | null;
}

export function createTrainingRequests(db: Database): TrainingRequestRepository {
  const insert = db.prepare<[string, string, number, number]>(
    `INSERT INTO training_request (market, reason, state, created_at, updated_at) VALUES (?, ?, 'pending', ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const claim = db.prepare<[number], Row>(
    `UPDATE training_request SET state = 'running', updated_at = ?
     WHERE id = (SELECT id FROM training_request WHERE state = 'pending' ORDER BY id LIMIT 1) RETURNING *`,
  );
  const finish = db.prepare<[string, number, string | null, number]>(
    "UPDATE training_request SET state = ?, updated_at = ?, detail = ? WHERE id = ? AND state = 'running'",
  );
  // where the market was asked for again meanwhile, that request is enough
  const drop = db.prepare(`
    DELETE FROM training_request WHERE state = 'running'
      AND market IN (SELECT market FROM training_request WHERE state = 'pending')`);
  const reopen = db.prepare<[number]>(
    "UPDATE OR IGNORE training_request SET state = 'pending', updated_at = ? WHERE state = 'running'",
  );
  const prune = db.prepare<[number]>(
    "DELETE FROM training_request WHERE state IN ('done', 'failed') AND updated_at < ?",
  );
  const list = db.prepare<[string | null, string | null], Row>(
    'SELECT * FROM training_request WHERE ? IS NULL OR state = ? ORDER BY id',
  );
  const requeue = db.transaction((at: number) => {
    drop.run();
    return reopen.run(at).changes;
  });

  return {
    add: (market, reason, at) => insert.run(market, reason, at, at).changes === 1,
    next: (at) => {
      const row = claim.get(at);
      return row && toRequest(row);
    },
    finish: (id, state, at, detail) => {
      finish.run(state, at, detail ?? null, id);
    },
    requeue: (at) => requeue.immediate(at),
    list: (state) => list.all(state ?? null, state ?? null).map(toRequest),
    prune: (before) => prune.run(before).changes,
  };
}

const toRequest = (row: Row): TrainingRequest => ({
  id: row.id,
  market: row.market,
  reason: row.reason,
  state: row.state as TrainingRequest['state'],
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  detail: row.detail,
});
