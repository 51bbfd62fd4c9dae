-- An alert's id is never given twice, not even after the newest rows were deleted: delivery goes by it.
CREATE TABLE alert_kept (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  mode         TEXT,
  at           INTEGER NOT NULL,
  wall_at      INTEGER NOT NULL,
  source       TEXT NOT NULL,
  rank         TEXT NOT NULL CHECK (rank IN ('money', 'alarm', 'notice')),
  kind         TEXT NOT NULL,
  market       TEXT,
  position_id  TEXT,
  detail       TEXT NOT NULL, -- JSON
  delivered_at INTEGER        -- wall, to the first chat
) STRICT;
INSERT INTO alert_kept SELECT id, mode, at, wall_at, source, rank, kind, market, position_id, detail, delivered_at FROM alert;
DROP TABLE alert;
ALTER TABLE alert_kept RENAME TO alert;
CREATE INDEX alert_kind ON alert (kind, market, id);

-- Where alerts go. A chat is told what happens after it was first seen.
CREATE TABLE chat (
  id            INTEGER PRIMARY KEY,
  settled_until INTEGER NOT NULL, -- no alert up to this id is left to deliver here
  sent_wall     INTEGER NOT NULL, -- of the last message
  paused_wall   INTEGER NOT NULL  -- Telegram asked to wait until then
) STRICT;

-- What is known of an alert in a chat beyond "not tried yet"; rows up to the chat's settled_until are gone.
CREATE TABLE alert_delivery (
  chat     INTEGER NOT NULL REFERENCES chat (id) ON DELETE CASCADE,
  alert    INTEGER NOT NULL REFERENCES alert (id) ON DELETE CASCADE,
  state    TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'skipped', 'refused')),
  attempts INTEGER NOT NULL,
  due_wall INTEGER NOT NULL,
  PRIMARY KEY (chat, alert)
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_delivery_alert ON alert_delivery (alert);

-- The message that shows a trade, edited through its life.
CREATE TABLE card (
  position_id TEXT NOT NULL REFERENCES position (id) ON DELETE CASCADE,
  chat        INTEGER NOT NULL,
  message_id  INTEGER NOT NULL,
  shown       TEXT NOT NULL,
  wall_at     INTEGER NOT NULL, -- of the last edit
  final       INTEGER NOT NULL,
  PRIMARY KEY (position_id, chat)
) STRICT, WITHOUT ROWID;
CREATE INDEX card_live ON card (chat) WHERE final = 0;

-- What one process asks of another.
CREATE TABLE request (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  kind      TEXT NOT NULL CHECK (kind IN ('sell', 'panic')),
  market    TEXT,
  mode      TEXT,          -- NULL: both
  asked_by  TEXT NOT NULL,
  wall_at   INTEGER NOT NULL,
  result    TEXT,          -- JSON
  done_wall INTEGER
) STRICT;
CREATE INDEX request_waiting ON request (id) WHERE done_wall IS NULL;

-- Who commanded what, and what came of it.
CREATE TABLE audit (
  id      INTEGER PRIMARY KEY,
  wall_at INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  chat_id INTEGER NOT NULL,
  command TEXT NOT NULL,
  args    TEXT NOT NULL,
  outcome TEXT NOT NULL
) STRICT;

-- Results of finished days, so that a year is read in a moment. Days are the owner's: another time zone counts them anew.
CREATE TABLE daily_summary (
  mode     TEXT NOT NULL,
  day      TEXT NOT NULL, -- 2026-11-22
  strategy TEXT NOT NULL,
  closed   INTEGER NOT NULL,
  wins     INTEGER NOT NULL,
  pnl      TEXT NOT NULL,
  fees     TEXT NOT NULL,
  cost     TEXT NOT NULL,
  best     TEXT NOT NULL,
  worst    TEXT NOT NULL,
  PRIMARY KEY (mode, day, strategy)
) STRICT, WITHOUT ROWID;

-- How far the finished days of a mode were counted.
CREATE TABLE daily_counted (
  mode  TEXT PRIMARY KEY,
  zone  TEXT NOT NULL,
  until INTEGER NOT NULL -- closed before, market time
) STRICT, WITHOUT ROWID;
