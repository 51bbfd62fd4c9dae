-- What was trained, what came of it, and which model of each scope is asked. The numbers themselves are in the models' folders.
CREATE TABLE model (
  id          INTEGER PRIMARY KEY,
  scope       TEXT NOT NULL,     -- 'feedback', 'pooled' or a market
  version     TEXT NOT NULL,
  engine      TEXT NOT NULL CHECK (engine IN ('logistic', 'gbdt', 'mlp')),
  feature_set TEXT NOT NULL,     -- hash of the names and definitions of its features
  exchange    TEXT NOT NULL,     -- whose candles it learnt from
  trained_at  INTEGER NOT NULL,  -- market time
  data_from   INTEGER,           -- of the rows; NULL: nothing could be learnt
  data_to     INTEGER,
  card        TEXT NOT NULL,     -- JSON: how it did out of sample, or why there is no model
  state       TEXT NOT NULL CHECK (state IN ('champion', 'previous', 'challenger', 'retired')),
  proven      INTEGER NOT NULL CHECK (proven IN (0, 1)),
  path        TEXT,              -- folder in `models`; NULL: there is no model
  reason      TEXT NOT NULL,     -- why it is in that state
  updated_at  INTEGER NOT NULL,  -- market time
  UNIQUE (scope, version)
) STRICT;
CREATE UNIQUE INDEX model_champion ON model (scope) WHERE state = 'champion';
CREATE UNIQUE INDEX model_previous ON model (scope) WHERE state = 'previous';
CREATE INDEX model_scope ON model (scope, id);

-- Tells a process that has models in memory to read them again.
CREATE TABLE model_revision (only INTEGER PRIMARY KEY CHECK (only = 1), revision INTEGER NOT NULL) STRICT;
INSERT INTO model_revision VALUES (1, 0);
CREATE TRIGGER model_inserted AFTER INSERT ON model BEGIN UPDATE model_revision SET revision = revision + 1; END;
CREATE TRIGGER model_updated AFTER UPDATE ON model BEGIN UPDATE model_revision SET revision = revision + 1; END;
CREATE TRIGGER model_deleted AFTER DELETE ON model BEGIN UPDATE model_revision SET revision = revision + 1; END;
