-- What triggered a sale, and how far down the exit ladder its order stands: slippage is measured against the trigger.
ALTER TABLE trade_order ADD COLUMN step INTEGER NOT NULL DEFAULT 0;
ALTER TABLE trade_order ADD COLUMN trigger_price TEXT;
ALTER TABLE trade_order ADD COLUMN triggered_at INTEGER;

-- A market that refuses orders isolates only itself: nothing new is bought there, and exits are tried again from time to time.
CREATE TABLE quarantine (
  mode       TEXT NOT NULL,
  market     TEXT NOT NULL,
  reason     TEXT NOT NULL,
  at         INTEGER NOT NULL,
  failures   INTEGER NOT NULL,
  retry_wall INTEGER NOT NULL,
  PRIMARY KEY (mode, market)
) STRICT, WITHOUT ROWID;

-- What the owner must hear of. Delivered at least once, in order.
CREATE TABLE alert (
  id           INTEGER PRIMARY KEY,
  mode         TEXT,
  at           INTEGER NOT NULL,
  wall_at      INTEGER NOT NULL,
  source       TEXT NOT NULL,
  rank         TEXT NOT NULL CHECK (rank IN ('money', 'alarm', 'notice')),
  kind         TEXT NOT NULL,
  market       TEXT,
  position_id  TEXT,
  detail       TEXT NOT NULL, -- JSON
  delivered_at INTEGER
) STRICT;
CREATE INDEX alert_undelivered ON alert (id) WHERE delivered_at IS NULL;

CREATE INDEX trade_order_market ON trade_order (mode, market);
