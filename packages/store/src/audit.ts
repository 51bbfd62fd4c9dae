import type { Database } from 'better-sqlite3';

/** One command somebody gave, and what came of it. */
export interface AuditRow {
  /** wall time, ms UTC */
  readonly wallAt: number;
  readonly userId: number;
  readonly chatId: number;
  readonly command: string;
  readonly args: string;
  readonly outcome: string;
}

export interface AuditRepository {
  add(row: AuditRow): void;
  /** Newest first. */
  recent(limit: number): readonly AuditRow[];
}

export function createAudit(db: Database): AuditRepository {
  const insert = db.prepare(`
    INSERT INTO audit (wall_at, user_id, chat_id, command, args, outcome)
    VALUES (@wallAt, @userId, @chatId, @command, @args, @outcome)`);
  const recent = db.prepare<[number], AuditRow>(`
    SELECT wall_at AS wallAt, user_id AS userId, chat_id AS chatId, command, args, outcome
    FROM audit ORDER BY id DESC LIMIT ?`);
  return {
    add: (row) => {
      insert.run(row);
    },
    recent: (limit) => recent.all(limit),
  };
}
