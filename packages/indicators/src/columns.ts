/** Candles as columns, oldest first, all of one length. */
export interface HighLow {
  readonly high: Float64Array;
  readonly low: Float64Array;
}

export interface HighLowClose extends HighLow {
  readonly close: Float64Array;
}

export interface HighLowCloseVolume extends HighLowClose {
  /** base volume, ≥ 0 */
  readonly volume: Float64Array;
}

/** An argument of an indicator is not usable: a bug in the caller, or bad data that passed the edge. */
export class IndicatorInputError extends RangeError {
  override readonly name = 'IndicatorInputError';
}

/** @throws {IndicatorInputError} columns of unequal length */
export function requireEqualLengths(columns: HighLow & Partial<HighLowCloseVolume>): void {
  const { high, low, close, volume } = columns;
  const { length } = high;
  if (low.length === length && (close ?? high).length === length && (volume ?? high).length === length) return;
  const lengths = Object.entries({ high, low, close, volume }).flatMap(([name, column]) =>
    column === undefined ? [] : [`${name} ${column.length}`],
  );
  throw new IndicatorInputError(`columns differ in length: ${lengths.join(', ')}`);
}

/** Far above any use: keeps a slip from asking for gigabytes. */
const LONGEST = 10_000_000;

/** @throws {IndicatorInputError} a period that is not a whole number ≥ `least`, or beyond ten million */
export function requirePeriod(period: number, least = 1, name = 'period'): void {
  if (period > LONGEST && Number.isFinite(period))
    throw new IndicatorInputError(`${name} ${period} is above ${LONGEST}`);
  if (!Number.isInteger(period) || period < least) {
    throw new IndicatorInputError(`${name} ${period} is not a whole number of at least ${least}`);
  }
}

/** @throws {IndicatorInputError} a factor (band width, acceleration) that is not finite and > 0 */
export function requireFactor(factor: number, name: string): void {
  if (!(factor > 0 && factor < Number.POSITIVE_INFINITY)) {
    throw new IndicatorInputError(`${name} ${factor} is not a finite number above 0`);
  }
}

/** @throws {IndicatorInputError} NaN or an infinity in the column: names it and the index of the first */
export function requireFinite(values: Float64Array, name: string): void {
  // one bad value spoils a sum, which needs no branch; only then is it looked for. In eights, as each addition to a sum
  // waits for the one before.
  let sum = 0;
  const whole = values.length & ~7;
  for (let i = 0; i < whole; i += 8) {
    const first = values[i]! + values[i + 1]! + (values[i + 2]! + values[i + 3]!);
    const second = values[i + 4]! + values[i + 5]! + (values[i + 6]! + values[i + 7]!);
    sum += first + second;
  }
  for (let i = whole; i < values.length; i++) sum += values[i]!;
  if (Number.isFinite(sum)) return;
  const index = values.findIndex((value) => !Number.isFinite(value));
  if (index < 0) return;
  throw new IndicatorInputError(`${name}[${index}] is ${values[index]}, not a finite number`);
}

/** @throws {IndicatorInputError} columns of unequal length, or a value that is not finite */
export function requireCandles(columns: HighLow & Partial<HighLowCloseVolume>): void {
  requireEqualLengths(columns);
  requireFinite(columns.high, 'high');
  requireFinite(columns.low, 'low');
  if (columns.close !== undefined) requireFinite(columns.close, 'close');
  if (columns.volume !== undefined) requireFinite(columns.volume, 'volume');
}

/**
 * After a recursion in which one bad value spoils every later state: looks for the culprit only if the end is spoilt,
 * which spares a pass over good data.
 *
 * @throws {IndicatorInputError} a bad value in a column, or finite values so large that the arithmetic overflowed
 */
export function requireSoundEnd(end: number, columns: Readonly<Record<string, Float64Array>>): void {
  if (!Number.isFinite(end)) refuse(columns);
}

/** @throws {IndicatorInputError} always: names the first value that is not finite */
export function refuse(columns: Readonly<Record<string, Float64Array>>): never {
  for (const [name, values] of Object.entries(columns)) requireFinite(values, name);
  throw new IndicatorInputError('values are too large to add up');
}

/** Shorter columns are zeroed sooner than memory is asked for. */
const WORTH_ASKING = 1024;

/**
 * A column that holds anything, as every indicator writes all of its own: zeroing one costs a third of what SMA does.
 */
function newColumn(length: number): Float64Array {
  if (length < WORTH_ASKING) return new Float64Array(length);
  return new Float64Array(Buffer.allocUnsafeSlow(length * Float64Array.BYTES_PER_ELEMENT).buffer);
}

/**
 * The caller's column for the result, or a new one.
 *
 * @throws {IndicatorInputError} the caller's is of another length, or shares memory with an input
 */
export function outputColumn(out: Float64Array | undefined, ...inputs: readonly Float64Array[]): Float64Array {
  const { length } = inputs[0]!;
  if (out === undefined) return newColumn(length);
  if (out.length !== length) {
    throw new IndicatorInputError(`output has ${out.length} values, the series ${length}`);
  }
  for (const input of inputs) {
    const apart =
      out.buffer !== input.buffer ||
      out.byteOffset >= input.byteOffset + input.byteLength ||
      input.byteOffset >= out.byteOffset + out.byteLength;
    if (!apart && length > 0) throw new IndicatorInputError('output shares memory with an input');
  }
  return out;
}
