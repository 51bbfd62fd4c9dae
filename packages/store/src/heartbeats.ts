import type { Database } from 'better-sqlite3';

/** A worker's sign of life, written after each cycle. */
export interface Heartbeat {
  readonly process: string;
  readonly pid: number;
  readonly wallAt: number;
  readonly marketAt: number;
  /** since the worker started */
  readonly cycles: number;
  /** failed cycles in a row */
  readonly failures: number;
  readonly lastError: string | null;
  readonly memoryMb: number;
}

export interface HeartbeatRepository {
  beat(row: Heartbeat): void;
  all(): readonly Heartbeat[];
}

export function createHeartbeats(db: Database): HeartbeatRepository {
  const upsert = db.prepare(`
    INSERT INTO heartbeat (process, pid, wall_at, market_at, cycles, failures, last_error, memory_mb)
    VALUES (@process, @pid, @wallAt, @marketAt, @cycles, @failures, @lastError, @memoryMb)
    ON CONFLICT (process) DO UPDATE SET pid = excluded.pid, wall_at = excluded.wall_at, market_at = excluded.market_at,
      cycles = excluded.cycles, failures = excluded.failures, last_error = excluded.last_error, memory_mb = excluded.memory_mb`);
  const all = db.prepare<[], Heartbeat>(`
    SELECT process, pid, wall_at AS wallAt, market_at AS marketAt, cycles, failures, last_error AS lastError, memory_mb AS memoryMb
    FROM heartbeat ORDER BY process`);
  return {
    beat: (row) => {
      upsert.run(row);
    },
    all: () => all.all(),
  };
}
