-- The position an order of this candidate opens, known before the order leaves; NULL: none was sent.
ALTER TABLE candidate ADD COLUMN position_id TEXT;

-- those from before: a position was opened minutes after the scan that bought it
UPDATE candidate SET position_id = (
  SELECT id FROM position
  WHERE position.market = candidate.market AND position.mode = candidate.mode
    AND position.opened_at BETWEEN candidate.at - 1800000 AND candidate.at + 1800000
  ORDER BY abs(position.opened_at - candidate.at) LIMIT 1
) WHERE decision = 'bought';
CREATE INDEX candidate_position ON candidate (position_id) WHERE position_id IS NOT NULL;

-- a scan may be written more than once, each of its tokens is one row
DROP INDEX candidate_scan;
CREATE UNIQUE INDEX candidate_scan ON candidate (scan_id, market);
