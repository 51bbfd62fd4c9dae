-- Money, prices and quantities are decimal TEXT; statistics are REAL; times are UTC milliseconds of market time unless the
-- column says wall. Markets are keyed by the exchange's own id. Trading rows carry their mode.

CREATE TABLE state (
  key        TEXT PRIMARY KEY,
  value      TEXT NOT NULL,
  wall_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE market (
  id                  TEXT PRIMARY KEY,
  base                TEXT NOT NULL,
  quote               TEXT NOT NULL,
  status              TEXT NOT NULL,
  api_tradable        INTEGER NOT NULL,
  sides               TEXT NOT NULL,
  order_types         TEXT NOT NULL, -- JSON array
  risk_flagged        INTEGER NOT NULL,
  tick_size           TEXT NOT NULL,
  step_size           TEXT NOT NULL,
  min_quantity        TEXT NOT NULL,
  min_notional        TEXT NOT NULL,
  max_notional        TEXT NOT NULL,
  taker_fee_rate      TEXT NOT NULL,
  bid_multiplier_up   TEXT,
  ask_multiplier_down TEXT,
  first_seen_at       INTEGER,          -- NULL: listed before this suite first looked
  last_seen_at        INTEGER NOT NULL,
  delisted_at         INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE position (
  id             TEXT PRIMARY KEY,
  mode           TEXT NOT NULL CHECK (mode IN ('test', 'live')),
  market         TEXT NOT NULL,
  base           TEXT NOT NULL,
  strategy       TEXT NOT NULL,
  confidence     REAL NOT NULL,
  state          TEXT NOT NULL CHECK (state IN ('open', 'closed')),
  opened_at      INTEGER NOT NULL,
  entry_price    TEXT NOT NULL,
  bought         TEXT NOT NULL,
  quantity       TEXT NOT NULL,
  cost           TEXT NOT NULL,
  proceeds       TEXT NOT NULL,
  fees           TEXT NOT NULL,
  take_profits   TEXT NOT NULL, -- JSON array of multiples of entry_price
  scale_out      TEXT NOT NULL, -- JSON array of shares of what is left
  levels_taken   INTEGER NOT NULL,
  stop_loss      REAL NOT NULL,
  stop_distance  REAL NOT NULL,
  hard_stop      TEXT NOT NULL,
  trailing_stop  TEXT,
  breached_since INTEGER,
  peak           TEXT NOT NULL,
  pending_exit   TEXT,          -- JSON
  last_exit      TEXT,
  closed_at      INTEGER,
  close_reason   TEXT,
  dust           TEXT,
  CHECK ((state = 'closed') = (closed_at IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- one open position a market and mode, whoever tries
CREATE UNIQUE INDEX position_open ON position (mode, market) WHERE state = 'open';
CREATE INDEX position_closed ON position (mode, closed_at) WHERE state = 'closed';

CREATE TABLE trade_order (
  client_order_id   TEXT PRIMARY KEY,
  mode              TEXT NOT NULL CHECK (mode IN ('test', 'live')),
  market            TEXT NOT NULL,
  side              TEXT NOT NULL CHECK (side IN ('buy', 'sell')),
  type              TEXT NOT NULL,
  price             TEXT NOT NULL,
  quantity          TEXT NOT NULL,
  reason            TEXT NOT NULL,
  position_id       TEXT NOT NULL,
  state             TEXT NOT NULL,
  exchange_order_id TEXT,
  filled            TEXT NOT NULL,
  created_at        INTEGER NOT NULL,
  updated_at        INTEGER NOT NULL,
  created_wall_at   INTEGER NOT NULL,
  detail            TEXT,
  entry             TEXT -- JSON: what the position of a buy will be opened with
) STRICT, WITHOUT ROWID;

-- no second order for a position, and no second buy in a market, while one has no final answer
CREATE UNIQUE INDEX trade_order_unsettled ON trade_order (position_id) WHERE state IN ('intended', 'unknown', 'accepted');
CREATE UNIQUE INDEX trade_order_unsettled_buy ON trade_order (mode, market)
  WHERE side = 'buy' AND state IN ('intended', 'unknown', 'accepted');
CREATE INDEX trade_order_position ON trade_order (position_id);

CREATE TABLE fill (
  mode            TEXT NOT NULL,
  market          TEXT NOT NULL,
  trade_id        TEXT NOT NULL,
  client_order_id TEXT NOT NULL REFERENCES trade_order (client_order_id),
  side            TEXT NOT NULL,
  price           TEXT NOT NULL,
  quantity        TEXT NOT NULL,
  fee             TEXT NOT NULL,
  fee_asset       TEXT NOT NULL,
  at              INTEGER NOT NULL,
  PRIMARY KEY (mode, market, trade_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX fill_order ON fill (client_order_id);

CREATE TABLE scan (
  id           INTEGER PRIMARY KEY,
  mode         TEXT NOT NULL,
  at           INTEGER NOT NULL,
  wall_at      INTEGER NOT NULL,
  duration_ms  INTEGER NOT NULL, -- wall
  seen         INTEGER NOT NULL,
  hype         INTEGER NOT NULL,
  classified   INTEGER NOT NULL,
  bought       INTEGER NOT NULL,
  funnel       TEXT NOT NULL     -- JSON: reason code to count
) STRICT;

CREATE TABLE candidate (
  id         INTEGER PRIMARY KEY,
  scan_id    INTEGER NOT NULL REFERENCES scan (id),
  mode       TEXT NOT NULL,
  at         INTEGER NOT NULL,
  market     TEXT NOT NULL,
  price      REAL NOT NULL,
  strategy   TEXT,
  confidence REAL,
  measures   TEXT NOT NULL, -- JSON
  decision   TEXT NOT NULL CHECK (decision IN ('bought', 'rejected')),
  reason     TEXT NOT NULL
) STRICT;
CREATE INDEX candidate_market ON candidate (market, at);
CREATE INDEX candidate_at ON candidate (at);

CREATE TABLE activity (
  id          INTEGER PRIMARY KEY,
  mode        TEXT,
  at          INTEGER NOT NULL,
  wall_at     INTEGER NOT NULL,
  source      TEXT NOT NULL, -- the process
  kind        TEXT NOT NULL,
  market      TEXT,
  position_id TEXT,
  detail      TEXT NOT NULL  -- JSON
) STRICT;
CREATE INDEX activity_at ON activity (at);

CREATE TABLE heartbeat (
  process    TEXT PRIMARY KEY,
  pid        INTEGER NOT NULL,
  wall_at    INTEGER NOT NULL,
  market_at  INTEGER NOT NULL,
  cycles     INTEGER NOT NULL,
  failures   INTEGER NOT NULL, -- in a row
  last_error TEXT,
  memory_mb  REAL NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE paper_balance (
  asset    TEXT PRIMARY KEY,
  quantity TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE paper_order (
  client_order_id   TEXT NOT NULL,
  exchange_order_id TEXT NOT NULL UNIQUE,
  market            TEXT NOT NULL,
  side              TEXT NOT NULL,
  state             TEXT NOT NULL,
  quantity          TEXT NOT NULL,
  filled            TEXT NOT NULL,
  PRIMARY KEY (market, client_order_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE paper_trade (
  trade_id          TEXT NOT NULL,
  exchange_order_id TEXT NOT NULL REFERENCES paper_order (exchange_order_id),
  market            TEXT NOT NULL,
  side              TEXT NOT NULL,
  price             TEXT NOT NULL,
  quantity          TEXT NOT NULL,
  fee               TEXT NOT NULL,
  fee_asset         TEXT NOT NULL,
  at                INTEGER NOT NULL,
  PRIMARY KEY (market, trade_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX paper_trade_order ON paper_trade (exchange_order_id);
