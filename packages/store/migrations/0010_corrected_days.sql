-- A closed position is corrected when trades are listed late: the days that were counted with it are counted anew.
CREATE TRIGGER position_corrected AFTER UPDATE ON position
WHEN OLD.state = 'closed' AND (NEW.state, NEW.closed_at, NEW.strategy, NEW.proceeds, NEW.cost, NEW.fees)
  IS NOT (OLD.state, OLD.closed_at, OLD.strategy, OLD.proceeds, OLD.cost, OLD.fees)
BEGIN
  DELETE FROM daily_summary WHERE mode = NEW.mode;
  DELETE FROM daily_counted WHERE mode = NEW.mode;
END;
