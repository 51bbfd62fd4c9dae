import type { ExchangeSymbol } from '@mexc-bot/core';
import type { Database } from 'better-sqlite3';
import type { AlertRow } from './alerts.ts';

/** An alert a chat has not been told yet, without its detail. */
export interface PendingAlert {
  readonly id: number;
  readonly rank: AlertRow['rank'];
  readonly kind: string;
  readonly market: ExchangeSymbol | null;
  readonly positionId: string | null;
  /** its position is open, and the tracker does not guard it yet */
  readonly unguarded: boolean;
  readonly wallAt: number;
  readonly attempts: number;
  /** not to be tried before, wall ms UTC */
  readonly dueWallAt: number;
}

/** When a chat got its last message, and until when it must get none; wall ms UTC. */
interface ChatState {
  readonly sentWallAt: number;
  readonly pausedWallAt: number;
}

/** How an alert ended in a chat: told; not wanted there; never taken by Telegram. */
export type Settlement = 'delivered' | 'skipped' | 'refused';

export interface OutboxRepository {
  /** A chat that is seen for the first time is told what happens from now on. */
  chat(chat: number): ChatState;
  /** Oldest first. */
  pending(chat: number): readonly PendingAlert[];
  /** About to be sent: a crash from here on may mean a repeat. */
  trying(chat: number, alerts: readonly number[], nextWallAt: number): void;
  settle(chat: number, alerts: readonly number[], as: Settlement, wallAt: number): void;
  /** Something was sent to the chat. */
  sent(chat: number, wallAt: number): void;
  pause(chat: number, untilWallAt: number): void;
}

export function createOutbox(db: Database): OutboxRepository {
  const register = db.prepare<[number]>(`
    INSERT INTO chat (id, settled_until, sent_wall, paused_wall)
    VALUES (?, (SELECT coalesce(max(id), 0) FROM alert), 0, 0) ON CONFLICT (id) DO NOTHING`);
  const state = db.prepare<[number], ChatState>(
    'SELECT sent_wall AS sentWallAt, paused_wall AS pausedWallAt FROM chat WHERE id = ?',
  );
  const pending = db.prepare<[number], Omit<PendingAlert, 'unguarded'> & { unguarded: number }>(`
    SELECT alert.id, rank, kind, alert.market, position_id AS positionId, alert.wall_at AS wallAt,
      position.state = 'open' AND position.armed_at IS NULL AS unguarded,
      coalesce(attempts, 0) AS attempts, coalesce(due_wall, 0) AS dueWallAt
    FROM chat JOIN alert ON alert.id > chat.settled_until
      LEFT JOIN alert_delivery AS delivery ON delivery.chat = chat.id AND delivery.alert = alert.id
      LEFT JOIN position ON position.id = alert.position_id
    WHERE chat.id = ? AND coalesce(delivery.state, 'pending') = 'pending'
    ORDER BY alert.id`);
  const trying = db.prepare<[number, number, number]>(`
    INSERT INTO alert_delivery (chat, alert, state, attempts, due_wall) VALUES (?, ?, 'pending', 1, ?)
    ON CONFLICT (chat, alert) DO UPDATE SET attempts = attempts + 1, due_wall = excluded.due_wall`);
  const end = db.prepare<[number, number, string]>(`
    INSERT INTO alert_delivery (chat, alert, state, attempts, due_wall) VALUES (?, ?, ?, 0, 0)
    ON CONFLICT (chat, alert) DO UPDATE SET state = excluded.state`);
  const delivered = db.prepare<[number, number]>(
    'UPDATE alert SET delivered_at = ? WHERE id = ? AND delivered_at IS NULL',
  );
  const moveOn = db.prepare<{ chat: number }>(`
    UPDATE chat SET settled_until = coalesce(
      (SELECT alert.id - 1 FROM alert LEFT JOIN alert_delivery AS delivery ON delivery.chat = @chat AND delivery.alert = alert.id
       WHERE alert.id > chat.settled_until AND coalesce(delivery.state, 'pending') = 'pending' ORDER BY alert.id LIMIT 1),
      (SELECT max(id) FROM alert), settled_until)
    WHERE id = @chat`);
  const forget = db.prepare<{ chat: number }>(
    'DELETE FROM alert_delivery WHERE chat = @chat AND alert <= (SELECT settled_until FROM chat WHERE id = @chat)',
  );
  const sent = db.prepare<[number, number]>('UPDATE chat SET sent_wall = ? WHERE id = ?');
  const pause = db.prepare<[number, number]>('UPDATE chat SET paused_wall = ? WHERE id = ?');

  const tryAll = db.transaction((chat: number, alerts: readonly number[], nextWallAt: number) => {
    for (const alert of alerts) trying.run(chat, alert, nextWallAt);
  });
  const settle = db.transaction((chat: number, alerts: readonly number[], as: Settlement, wallAt: number) => {
    for (const alert of alerts) {
      end.run(chat, alert, as);
      if (as === 'delivered') delivered.run(wallAt, alert);
    }
    moveOn.run({ chat });
    forget.run({ chat });
  });

  return {
    chat: (chat) => {
      const known = state.get(chat);
      if (known !== undefined) return known;
      register.run(chat);
      return state.get(chat)!;
    },
    pending: (chat) => pending.all(chat).map((row) => ({ ...row, unguarded: row.unguarded === 1 })),
    trying: (chat, alerts, nextWallAt) => tryAll.immediate(chat, alerts, nextWallAt),
    settle: (chat, alerts, as, wallAt) => settle.immediate(chat, alerts, as, wallAt),
    sent: (chat, wallAt) => {
      sent.run(wallAt, chat);
    },
    pause: (chat, untilWallAt) => {
      pause.run(untilWallAt, chat);
    },
  };
}
