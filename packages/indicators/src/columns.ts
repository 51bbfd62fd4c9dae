/** Candles as columns, oldest first, all of one length. */
export interface HighLowClose {
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

/** The arguments of an indicator do not fit together: a bug in the caller. */
export class IndicatorInputError extends RangeError {
  override readonly name = 'IndicatorInputError';
}

/** @throws {IndicatorInputError} columns of unequal length */
export function requireEqualLengths({ high, low, close }: HighLowClose): void {
  if (high.length !== close.length || low.length !== close.length) {
    throw new IndicatorInputError(
      `columns differ in length: high ${high.length}, low ${low.length}, close ${close.length}`,
    );
  }
}

/** @throws {IndicatorInputError} a period that is not a whole number ≥ `least` */
export function requirePeriod(period: number, least = 1): void {
  if (!Number.isInteger(period) || period < least) {
    throw new IndicatorInputError(`period ${period} is not a whole number of at least ${least}`);
  }
}
