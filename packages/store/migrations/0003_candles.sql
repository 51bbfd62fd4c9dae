-- One row a market and timeframe, so that a candle needs only a small number of it.
CREATE TABLE candle_series (
  id             INTEGER PRIMARY KEY,
  market         TEXT NOT NULL,
  timeframe      TEXT NOT NULL,
  -- minutes since 1970 UTC: every candle from here until there is stored, or in a gap
  checked_from   INTEGER NOT NULL,
  checked_until  INTEGER NOT NULL,
  UNIQUE (market, timeframe)
) STRICT;

-- Closed candles only. Minutes since 1970 UTC take two bytes less than milliseconds.
CREATE TABLE candle (
  series INTEGER NOT NULL,
  minute INTEGER NOT NULL, -- open time
  open   REAL NOT NULL,
  high   REAL NOT NULL,
  low    REAL NOT NULL,
  close  REAL NOT NULL,
  volume REAL NOT NULL,    -- base
  PRIMARY KEY (series, minute)
) STRICT, WITHOUT ROWID;

-- Candles that are not there. looks 0: nobody asked the exchange; 1: it had none, ask once more; 2: a hole of its own.
CREATE TABLE candle_gap (
  series       INTEGER NOT NULL,
  from_minute  INTEGER NOT NULL,
  until_minute INTEGER NOT NULL,
  looks        INTEGER NOT NULL,
  PRIMARY KEY (series, from_minute)
) STRICT, WITHOUT ROWID;
