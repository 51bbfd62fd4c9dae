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
  return quantity.div(step).floor().mul(step);
}

/**
 * A price on the tick grid that is never worse for us than asked: a buy limit rounds down, a sell limit up.
 * Rounding the other way would pay more, or sell for less, than the caller decided.
 */
export function roundToTick(price: Decimal | number, tick: Decimal, side: Side): Decimal {
  const ticks = new Decimal(price).div(tick);
  return (side === 'buy' ? ticks.floor() : ticks.ceil()).mul(tick);
}

/** Decimal places of a step such as 0.001 → 3; what the exchange calls precision. */
export function decimalsOf(step: Decimal): number {
  return step.decimalPlaces();
}
