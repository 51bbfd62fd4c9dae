import { worstExitFraction } from './exit-ladder.ts';
import { exitQuantity, meetsMinimum } from './exit-quantity.ts';
import { breakEvenMultiple } from './levels.ts';
import type { MarketRules } from './market.ts';
import { Decimal, floorToStep, roundToTick, ZERO } from './money.ts';
import type { ExitReason, OpenPosition, PendingExit, PositionRules, Tick } from './position.ts';
import { shareOfLegs } from './scale-out.ts';
import { effectiveStop } from './stop.ts';
import { fellFromPeak, followPeak, trailingStopConfirmed } from './trailing.ts';

export interface StepResult {
  /** the same object as before when nothing changed */
  readonly position: OpenPosition;
  /** the sale this tick decided or changed; null: nothing new, though an earlier one may still be pending */
  readonly exit: PendingExit | null;
}

/**
 * What one price does to a position: raises peak and trailing stop, and decides sales. The hard stop is judged first, then the
 * confirmed trailing stop, the take-profit levels, the trail after the last level, the age.
 *
 * A decision lives in `pendingExit` until it is sold. Levels add to one that is pending, and whatever sells everything replaces
 * it; a decision to sell everything stays as it is.
 *
 * @throws {RangeError} a price that is not a number above 0, or no time: the caller must have filtered it
 */
export function step(position: OpenPosition, tick: Tick, rules: PositionRules, market: MarketRules): StepResult {
  refuseNonsense(tick);
  const watched = withoutSpentLeg(followPeak(position, tick, rules, market), rules, market);
  if (isSettled(watched, market)) return { position: watched, exit: null };

  const stop = stopHit(watched, tick, rules);
  if (stop !== null) return sellEverything(watched, stop, tick, market);

  const legs = takeLevels(watched, tick, rules, market);
  if (legs !== null) return { ...legs, position: withBreakEven(legs.position, tick, rules, market) };

  if (fellFromPeak(watched, tick, rules)) return sellEverything(watched, 'trailing_take_profit', tick, market);
  if (rules.timeStopMs !== null && tick.at - watched.openedAt >= rules.timeStopMs) {
    return sellEverything(watched, 'time_stop', tick, market);
  }
  return { position: withBreakEven(watched, tick, rules, market), exit: null };
}

/**
 * The owner's order to sell everything held.
 *
 * @param tick when it was given, and the bid then
 */
export function forceExit(position: OpenPosition, tick: Tick, market: MarketRules): StepResult {
  refuseNonsense(tick);
  return isSettled(position, market) ? { position, exit: null } : sellEverything(position, 'forced', tick, market);
}

function refuseNonsense(tick: Tick): void {
  if (!(tick.price.isFinite() && tick.price.gt(0))) throw new RangeError(`price ${tick.price} is not above 0`);
  if (!Number.isFinite(tick.at)) throw new RangeError(`time ${tick.at} of a tick is not a time`);
}

/** Nothing is left to decide: everything is being sold, or what is held is less than a quantity step. */
function isSettled({ pendingExit, quantity }: OpenPosition, market: MarketRules): boolean {
  return floorToStep(quantity, market.stepSize).lte(pendingExit?.quantity ?? ZERO);
}

function stopHit(position: OpenPosition, tick: Tick, rules: PositionRules): ExitReason | null {
  if (tick.price.lte(position.hardStop)) {
    // only a break-even lift brings the hard stop up to the entry price
    return position.hardStop.gte(position.entryPrice) ? 'break_even' : 'stop_loss';
  }
  return trailingStopConfirmed(position, tick, rules) ? 'trailing_stop' : null;
}

/** Decided even where the exchange's minimum forbids it now: the price may allow it later. */
function sellEverything(position: OpenPosition, reason: ExitReason, tick: Tick, market: MarketRules): StepResult {
  const quantity = floorToStep(position.quantity, market.stepSize);
  const exit: PendingExit = { reason, quantity, decidedAt: tick.at, triggerPrice: tick.price };
  return { position: { ...position, pendingExit: exit }, exit };
}

function takeLevels(position: OpenPosition, tick: Tick, rules: PositionRules, market: MarketRules): StepResult | null {
  const reached = levelsReached(position, tick.price);
  if (reached === position.levelsTaken) return null;

  const held = position.quantity;
  const pending = position.pendingExit?.quantity ?? ZERO;
  const share = shareOfLegs(position.scaleOut, position.levelsTaken, reached);
  const wanted = pending.plus(held.minus(pending).mul(share));

  // the rest must be sellable where it would be sold at worst: at the stop
  const atStop = Decimal.min(tick.price, effectiveStop(position));
  const quantity = exitQuantity(held, wanted, worstPrice(tick.price, rules), market, worstPrice(atStop, rules));
  if (!quantity.ok) return null;

  const exit: PendingExit = {
    reason: 'take_profit',
    quantity: quantity.value,
    decidedAt: tick.at,
    triggerPrice: tick.price,
  };
  return { position: { ...position, levelsTaken: reached, pendingExit: exit }, exit };
}

function levelsReached({ takeProfits, levelsTaken, entryPrice }: OpenPosition, price: Decimal): number {
  let reached = levelsTaken;
  while (reached < takeProfits.length && price.gte(entryPrice.mul(takeProfits[reached]!))) reached++;
  return reached;
}

const worstPrice = (bid: Decimal, rules: PositionRules): Decimal =>
  bid.mul(new Decimal(1).minus(worstExitFraction(rules.maxExitSlippage)));

/**
 * Drops what an order left of a leg when it is too small to be sold by itself. A leg is decided at or above the minimum, so
 * one under it has been sold in part; it counts as taken, and its rest trails. Selling everything instead would end a
 * winning position because a book was thin.
 */
function withoutSpentLeg(position: OpenPosition, rules: PositionRules, market: MarketRules): OpenPosition {
  const { pendingExit } = position;
  if (pendingExit === null || isSettled(position, market)) return position;
  const sellable = meetsMinimum(pendingExit.quantity, worstPrice(pendingExit.triggerPrice, rules), market);
  return sellable ? position : { ...position, pendingExit: null };
}

/** Lifts the hard stop to entry plus fees after the first level, once the price is above that: a lift never sells by itself. */
function withBreakEven(position: OpenPosition, tick: Tick, rules: PositionRules, market: MarketRules): OpenPosition {
  if (!rules.breakEvenAfterFirstLevel || position.levelsTaken === 0) return position;
  const exact = position.entryPrice.mul(breakEvenMultiple(market.takerFeeRate));
  const breakEven = roundToTick(exact, market.tickSize, 'sell');
  if (position.hardStop.gte(breakEven) || tick.price.lte(breakEven)) return position;
  return { ...position, hardStop: breakEven };
}
