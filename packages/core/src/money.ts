import { Decimal as DecimalJs } from 'decimal.js';

/**
 * The one decimal of the suite: 40 significant digits, rounding down, never exponent notation in text.
 * Orders, fills, fees, balances and P&L are Decimals; candles and statistics are plain numbers.
 */
export const Decimal = DecimalJs.clone({ precision: 40, rounding: DecimalJs.ROUND_DOWN, toExpNeg: -40, toExpPos: 40 });
export type Decimal = DecimalJs;

export const ZERO: Decimal = new Decimal(0);

export type Side = 'buy' | 'sell';

/** @returns the largest multiple of `step` that is ≤ `quantity` */
export function floorToStep(quantity: Decimal, step: Decimal): Decimal {
  return toGrid(quantity, step, DecimalJs.ROUND_FLOOR);
}

/**
 * A price on the tick grid that is never worse for us than asked: a buy limit rounds down, a sell limit up.
 * Rounding the other way would pay more, or sell for less, than the caller decided.
 */
export function roundToTick(price: Decimal | number, tick: Decimal, side: Side): Decimal {
  return toGrid(new Decimal(price), tick, side === 'buy' ? DecimalJs.ROUND_FLOOR : DecimalJs.ROUND_CEIL);
}

/** Nearly every step is a power of ten: then digits are dropped, where a division would cost ten times as much. */
function toGrid(value: Decimal, step: Decimal, rounding: typeof DecimalJs.ROUND_FLOOR | typeof DecimalJs.ROUND_CEIL) {
  const places = placesOf(step);
  if (places !== null) return value.toDecimalPlaces(places, rounding);
  const steps = value.div(step);
  return (rounding === DecimalJs.ROUND_FLOOR ? steps.floor() : steps.ceil()).mul(step);
}

/** A market's steps are asked about again and again. */
const knownPlaces = new WeakMap<Decimal, number | null>();

/** @returns k for a step of 10⁻ᵏ with k ≥ 0; null for any other */
function placesOf(step: Decimal): number | null {
  let places = knownPlaces.get(step);
  if (places === undefined) {
    places = step.e <= 0 && step.eq(new Decimal(10).pow(step.e)) ? -step.e : null;
    knownPlaces.set(step, places);
  }
  return places;
}

/** Decimal places of a step such as 0.001 → 3; what the exchange calls precision. */
export function decimalsOf(step: Decimal): number {
  return step.decimalPlaces();
}
