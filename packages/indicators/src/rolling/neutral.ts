/*
 * Ratios of Wilder's sums. A sum shrinks by 1 − 1/period a candle while nothing moves, and after some thousand flat candles
 * it would leave the range of binary64, taking the ratio with it.
 */

/** Far below any movement of a price: added to a denominator it decides only 0/0. */
export const VANISHING = 1e-300;

/** Sums below this are multiplied by `RAISE`: their ratios stay, and beside any real movement they still vanish. */
export const FAINT = 1e-200;
export const RAISE = 2 ** 300;

/** Candles between two looks at the sums in batch: even a sum that halves each time stays a normal number so long. */
export const LOOK_EVERY = 256;
