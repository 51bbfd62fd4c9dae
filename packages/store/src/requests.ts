import type { ExchangeSymbol, Mode } from '@mexc-bot/core';
import type { Database } from 'better-sqlite3';

/** What the owner asks of the tracker, which alone trades open positions. */
export interface TradeRequest {
  readonly kind: 'sell' | 'panic';
  /** what to sell; null for `panic`, which sells everything and pauses buys */
  readonly market: ExchangeSymbol | null;
  /** null: both modes */
  readonly mode: Mode | null;
  /** who asks: `telegram 123456789`, `command line` */
  readonly by: string;
  /** wall time, ms UTC */
  readonly wallAt: number;
}

/** How a request ended. */
export interface RequestResult {
  readonly code: 'selling' | 'nothing_to_sell' | 'expired';
  /** markets whose sale began, or was under way already */
  readonly markets: readonly ExchangeSymbol[];
}

export interface StoredRequest extends TradeRequest {
  readonly id: number;
  /** null while nobody took it */
  readonly result: RequestResult | null;
}

export interface RequestRepository {
  /** The same request twice, while the first one waits, is one, and is as fresh as the last. @returns its id */
  add(request: TradeRequest): number;
  /** The oldest one that waits. */
  next(): StoredRequest | undefined;
  /** Ends it, once. Written together with what it changes, so that it is never done twice. */
  done(id: number, result: RequestResult, wallAt: number): void;
  get(id: number): StoredRequest | undefined;
}

interface Row {
  id: number;
  kind: string;
  market: string | null;
  mode: string | null;
  asked_by: string;
  wall_at: number;
  result: string | null;
}

export function createRequests(db: Database): RequestRepository {
  const same = db
    .prepare<[string, string | null, string | null], number>(
      'SELECT id FROM request WHERE done_wall IS NULL AND kind = ? AND market IS ? AND mode IS ? LIMIT 1',
    )
    .pluck();
  const renew = db.prepare<[string, number, number]>('UPDATE request SET asked_by = ?, wall_at = ? WHERE id = ?');
  const insert = db.prepare(`
    INSERT INTO request (kind, market, mode, asked_by, wall_at) VALUES (@kind, @market, @mode, @by, @wallAt)`);
  const next = db.prepare<[], Row>('SELECT * FROM request WHERE done_wall IS NULL ORDER BY id LIMIT 1');
  const get = db.prepare<[number], Row>('SELECT * FROM request WHERE id = ?');
  const done = db.prepare<[string, number, number]>(
    'UPDATE request SET result = ?, done_wall = ? WHERE id = ? AND done_wall IS NULL',
  );

  const add = db.transaction((request: TradeRequest): number => {
    const waiting = same.get(request.kind, request.market, request.mode) as number | undefined;
    if (waiting === undefined) return Number(insert.run(request).lastInsertRowid);
    renew.run(request.by, request.wallAt, waiting);
    return waiting;
  });

  return {
    add: (request) => add.immediate(request),
    next: () => toRequest(next.get()),
    get: (id) => toRequest(get.get(id)),
    done(id, result, wallAt) {
      if (done.run(JSON.stringify(result), wallAt, id).changes === 0)
        throw new RangeError(`request ${id} is not waiting`);
    },
  };
}

function toRequest(row: Row | undefined): StoredRequest | undefined {
  return (
    row && {
      id: row.id,
      kind: row.kind as TradeRequest['kind'],
      market: row.market,
      mode: row.mode as Mode | null,
      by: row.asked_by,
      wallAt: row.wall_at,
      result: row.result === null ? null : (JSON.parse(row.result) as RequestResult),
    }
  );
}
