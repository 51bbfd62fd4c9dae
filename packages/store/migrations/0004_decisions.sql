-- What many scans have in common, once: the rules they were decided by, the verdicts on the markets. By the hash of the content.
CREATE TABLE scan_common (
  hash TEXT PRIMARY KEY,
  body BLOB NOT NULL      -- JSON, deflated
) STRICT, WITHOUT ROWID;

ALTER TABLE scan ADD COLUMN regime TEXT;
ALTER TABLE scan ADD COLUMN covered INTEGER;   -- hype tokens whose candles reached up to the last closed one

-- What a scan was decided on, so that it can be decided again. Deleted long before the scan is.
CREATE TABLE scan_input (
  scan_id  INTEGER PRIMARY KEY REFERENCES scan (id),
  at       INTEGER NOT NULL,
  rules    TEXT NOT NULL REFERENCES scan_common (hash),
  universe TEXT NOT NULL REFERENCES scan_common (hash),
  body     BLOB NOT NULL  -- JSON, deflated
) STRICT;
CREATE INDEX scan_input_at ON scan_input (at);
CREATE INDEX scan_input_rules ON scan_input (rules);
CREATE INDEX scan_input_universe ON scan_input (universe);

ALTER TABLE candidate ADD COLUMN regime TEXT;
ALTER TABLE candidate ADD COLUMN candle_at INTEGER;   -- open time of the last closed candle it was judged on
ALTER TABLE candidate ADD COLUMN stages TEXT;         -- JSON: every check with value, threshold and verdict; NULL: too old
ALTER TABLE candidate ADD COLUMN feature_set TEXT;    -- hash of the names and definitions of
ALTER TABLE candidate ADD COLUMN features BLOB;       -- 64-bit floats, little-endian
ALTER TABLE candidate ADD COLUMN label_state TEXT NOT NULL DEFAULT 'pending'
  CHECK (label_state IN ('pending', 'labelled', 'vanished', 'gap'));
ALTER TABLE candidate ADD COLUMN label_due_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE candidate ADD COLUMN labelled_at INTEGER;
ALTER TABLE candidate ADD COLUMN label INTEGER;       -- 1: the close after 6 h was high enough
ALTER TABLE candidate ADD COLUMN close_return REAL;   -- fractions of the price it was seen at: after 6 h,
ALTER TABLE candidate ADD COLUMN best_return REAL;    -- at the highest and
ALTER TABLE candidate ADD COLUMN worst_return REAL;   -- at the lowest price on the way
ALTER TABLE candidate ADD COLUMN barrier TEXT CHECK (barrier IN ('up', 'down', 'neither'));

-- candidates from before are due when they would have been: the old ones at once, the young ones in time
UPDATE candidate SET label_due_at = at + 21600000;
CREATE INDEX candidate_scan ON candidate (scan_id);
CREATE INDEX candidate_due ON candidate (label_due_at) WHERE label_state = 'pending';
CREATE INDEX candidate_unlabelled ON candidate (market, at) WHERE label_state = 'pending';

CREATE TABLE volatility (
  market              TEXT NOT NULL,
  at                  INTEGER NOT NULL, -- close of the candle
  atr_fraction        REAL,
  bollinger_width     REAL,
  realised_volatility REAL,
  PRIMARY KEY (market, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE training_request (
  id         INTEGER PRIMARY KEY,
  market     TEXT NOT NULL,
  reason     TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('pending', 'running', 'done', 'failed')),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  detail     TEXT
) STRICT;
-- whoever asks again for what is already asked for adds nothing
CREATE UNIQUE INDEX training_request_pending ON training_request (market) WHERE state = 'pending';
CREATE INDEX training_request_state ON training_request (state, id);
