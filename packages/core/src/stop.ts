import type { MarketRules } from './market.ts';
import { Decimal, floorToStep } from './money.ts';
import type { OpenPosition } from './position.ts';

/** How volatility widens or tightens the stop, linear between calm and wild. ATR as a fraction of the close. */
export interface StopConfig {
  /** calm up to this ATR fraction: 0.015 */
  readonly calmFraction: number;
  /** wild from this ATR fraction on: 0.05 */
  readonly wildFraction: number;
  /** multiplies the stop distance in a calm market: 0.8 */
  readonly calmFactor: number;
  /** multiplies the stop distance in a wild market: 1.2 */
  readonly wildFactor: number;
}

/** No stop distance reaches the whole price, whatever the settings multiply to. */
const WIDEST_DISTANCE = 0.9;

/** @returns factor on the stop distance; 1 where the ATR is unknown (NaN) */
export function volatilityFactor(atrFraction: number, config: StopConfig): number {
  if (!Number.isFinite(atrFraction)) return 1;
  if (atrFraction <= config.calmFraction) return config.calmFactor;
  if (atrFraction >= config.wildFraction) return config.wildFactor;
  const share = (atrFraction - config.calmFraction) / (config.wildFraction - config.calmFraction);
  return config.calmFactor + share * (config.wildFactor - config.calmFactor);
}

/** @returns fraction under the price that the stop follows: `stopLoss` × f(ATR), in (0, 0.9] */
export function stopDistance(stopLoss: number, atrFraction: number, config: StopConfig): number {
  // 0.025 × 0.8 is 0.020000000000000004 in binary: the noise would cost a tick where the price meets the grid
  return Number(noisyDistance(stopLoss, atrFraction, config).toPrecision(12));
}

const noisyDistance = (stopLoss: number, atrFraction: number, config: StopConfig): number =>
  Math.min(stopLoss * volatilityFactor(atrFraction, config), WIDEST_DISTANCE);

/**
 * Price `distance` under `reference`, on the tick grid.
 *
 * Rounded down: bids lie on the grid, so the rounded stop is hit exactly when the unrounded one is. Rounded up, a coarse
 * grid could put the stop on the entry price itself. Where even one tick is too coarse, the unrounded price stays: a stop at
 * zero would never sell.
 */
export function stopPrice(reference: Decimal, distance: number, tickSize: Decimal): Decimal {
  const exact = reference.mul(new Decimal(1).minus(distance));
  const onGrid = floorToStep(exact, tickSize);
  return onGrid.gt(0) ? onGrid : exact;
}

/** The higher of the two stops: below it a position is being sold or about to be. */
export function effectiveStop(position: OpenPosition): Decimal {
  const { hardStop, trailingStop } = position;
  return trailingStop === null ? hardStop : Decimal.max(hardStop, trailingStop);
}

/**
 * Recomputes the stop from the ATR of a closed candle. It takes effect only upwards: a tighter distance raises the stop, a
 * wider one, or an unknown ATR, changes nothing.
 *
 * @returns the same object when nothing changed
 */
export function withVolatility(
  position: OpenPosition,
  atrFraction: number,
  config: StopConfig,
  market: MarketRules,
): OpenPosition {
  if (!Number.isFinite(atrFraction)) return position;
  // rounding never turns the order of two numbers: what is wide before it is wide after it
  if (noisyDistance(position.stopLoss, atrFraction, config) >= position.stopDistance) return position;
  const distance = stopDistance(position.stopLoss, atrFraction, config);
  if (distance >= position.stopDistance) return position;
  const recomputed = stopPrice(position.entryPrice, distance, market.tickSize);
  return { ...position, stopDistance: distance, hardStop: Decimal.max(position.hardStop, recomputed) };
}
