import type { MarketRules } from './market.ts';
import { Decimal } from './money.ts';
import type { OpenPosition, PositionRules, Tick } from './position.ts';
import { stopPrice } from './stop.ts';

/**
 * Raises the peak and the trailing ("wave") stop to a price, and notes since when the price is at or under that stop.
 *
 * @returns the same object when nothing changed
 */
export function followPeak(
  position: OpenPosition,
  tick: Tick,
  rules: PositionRules,
  market: MarketRules,
): OpenPosition {
  const peak = tick.price.gt(position.peak) ? tick.price : position.peak;
  const trailingStop = raisedTrailingStop(position, peak, rules, market);
  const breachedSince = breach(position.breachedSince, trailingStop, tick);

  const changed =
    peak !== position.peak || trailingStop !== position.trailingStop || breachedSince !== position.breachedSince;
  return changed ? { ...position, peak, trailingStop, breachedSince } : position;
}

export function raisedTrailingStop(
  position: OpenPosition,
  peak: Decimal,
  rules: PositionRules,
  market: MarketRules,
): Decimal | null {
  const { entryPrice, trailingStop, stopDistance } = position;
  const armed = trailingStop !== null || peak.gte(entryPrice.mul(new Decimal(1).plus(rules.trailFrom)));
  if (!armed) return null;
  const underPeak = stopPrice(peak, stopDistance, market.tickSize);
  return trailingStop === null || underPeak.gt(trailingStop) ? underPeak : trailingStop;
}

function breach(since: number | null, trailingStop: Decimal | null, tick: Tick): number | null {
  if (trailingStop === null || tick.price.gt(trailingStop)) return null;
  // a clock that was set back must not make the confirmation wait for it to catch up
  return since === null ? tick.at : Math.min(since, tick.at);
}

/** What a rising price moves, and the only part of a position that may change with every price. */
export type Rise = Pick<OpenPosition, 'peak' | 'trailingStop'>;

/** @returns whether `after` differs from `before` by a rise and by nothing else */
export function hasOnlyRisen(before: OpenPosition, after: OpenPosition): boolean {
  const keys = Object.keys(after) as (keyof OpenPosition)[];
  return keys.every((key) => key === 'peak' || key === 'trailingStop' || after[key] === before[key]);
}

/**
 * Takes over a rise that was seen but not written. What has risen further meanwhile stays.
 *
 * @returns the same object when nothing changed
 */
export function withRise(position: OpenPosition, rise: Rise): OpenPosition {
  const peak = rise.peak.gt(position.peak) ? rise.peak : position.peak;
  const trailingStop = higher(position.trailingStop, rise.trailingStop);
  const changed = peak !== position.peak || trailingStop !== position.trailingStop;
  return changed ? { ...position, peak, trailingStop } : position;
}

const higher = (a: Decimal | null, b: Decimal | null): Decimal | null => (b === null || a?.gte(b) === true ? a : b);

/** The price stayed at or under the trailing stop for `confirmMs`. */
export function trailingStopConfirmed(position: OpenPosition, tick: Tick, rules: PositionRules): boolean {
  return position.breachedSince !== null && tick.at - position.breachedSince >= rules.confirmMs;
}

/** All levels are taken and the price is `peakDrop` or more under the peak. */
export function fellFromPeak(position: OpenPosition, tick: Tick, rules: PositionRules): boolean {
  const allTaken = position.levelsTaken >= position.takeProfits.length;
  return allTaken && tick.price.lte(position.peak.mul(new Decimal(1).minus(rules.peakDrop)));
}
