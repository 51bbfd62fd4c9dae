-- Market time from which the tracker guarded it; NULL: not yet. A purchase is told when it is set.
ALTER TABLE position ADD COLUMN armed_at INTEGER;
