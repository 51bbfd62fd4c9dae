import type { Database } from 'better-sqlite3';

/** The message that shows a trade in one chat. */
export interface CardRow {
  readonly positionId: string;
  readonly chat: number;
  readonly messageId: number;
  /** what it says now */
  readonly shown: string;
  /** wall time of the last edit, ms UTC */
  readonly wallAt: number;
  /** it shows the end: nothing changes any more */
  readonly final: boolean;
}

export interface CardRepository {
  get(positionId: string, chat: number): CardRow | undefined;
  /** Cards of a chat that may still change. */
  live(chat: number): readonly CardRow[];
  save(card: CardRow): void;
}

interface Row extends Omit<CardRow, 'final'> {
  readonly final: number;
}

const COLUMNS = 'position_id AS positionId, chat, message_id AS messageId, shown, wall_at AS wallAt, final';
const toCard = (row: Row): CardRow => ({ ...row, final: row.final === 1 });

export function createCards(db: Database): CardRepository {
  const get = db.prepare<[string, number], Row>(`SELECT ${COLUMNS} FROM card WHERE position_id = ? AND chat = ?`);
  const live = db.prepare<[number], Row>(`SELECT ${COLUMNS} FROM card WHERE chat = ? AND final = 0`);
  const upsert = db.prepare(`
    INSERT INTO card (position_id, chat, message_id, shown, wall_at, final)
    VALUES (@positionId, @chat, @messageId, @shown, @wallAt, @final)
    ON CONFLICT (position_id, chat) DO UPDATE SET message_id = excluded.message_id, shown = excluded.shown,
      wall_at = excluded.wall_at, final = excluded.final`);
  return {
    get: (positionId, chat) => {
      const row = get.get(positionId, chat);
      return row && toCard(row);
    },
    live: (chat) => live.all(chat).map(toCard),
    save: (card) => {
      upsert.run({ ...card, final: card.final ? 1 : 0 });
    },
  };
}
