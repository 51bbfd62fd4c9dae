import { breakEvenMultiple } from './levels.ts';
import type { MarketRules } from './market.ts';
import { Decimal } from './money.ts';
import type { OpenPosition, PositionRules } from './position.ts';
import { effectiveStop } from './stop.ts';
import { raisedTrailingStop } from './trailing.ts';

/** Bids strictly between `low` and `high`, before `until`, leave a position as it is. */
export interface QuietBand {
  /** quote per base */
  readonly low: number;
  readonly high: number;
  /** market time, ms UTC; infinite: any time */
  readonly until: number;
}

/** Doubles stand for the decimals of the books: a little narrower is safe. */
const MARGIN = 1e-12;

/**
 * Where {@link step} would change nothing: what a replay may pass over. It is no rule of its own, a test holds it against `step`.
 *
 * @returns null: any price may change something
 */
export function quietBand(position: OpenPosition, rules: PositionRules, market: MarketRules): QuietBand | null {
  const { pendingExit, breachedSince, peak, trailingStop, entryPrice, takeProfits, levelsTaken, hardStop } = position;
  if (pendingExit !== null || breachedSince !== null) return null;
  const raised = raisedTrailingStop(position, peak, rules, market);
  if (raised === null ? trailingStop !== null : trailingStop === null || !raised.eq(trailingStop)) return null;
  if (rules.breakEvenAfterFirstLevel && levelsTaken > 0) {
    if (hardStop.lt(entryPrice.mul(breakEvenMultiple(market.takerFeeRate)))) return null;
  }
  let low = effectiveStop(position).toNumber();
  let high = peak.toNumber();
  const level = takeProfits[levelsTaken];
  if (level === undefined) low = Math.max(low, peak.mul(new Decimal(1).minus(rules.peakDrop)).toNumber());
  else high = Math.min(high, entryPrice.mul(level).toNumber());
  const until = rules.timeStopMs === null ? Number.POSITIVE_INFINITY : position.openedAt + rules.timeStopMs;
  return { low: low * (1 + MARGIN), high: high * (1 - MARGIN), until };
}
