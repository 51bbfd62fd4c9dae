import type { CandleColumns } from '@mexc-bot/core';

export interface Lookahead {
  /** index of the column that knew the future */
  readonly column: number;
  /** index of the candle whose value changed */
  readonly row: number;
  /** the value with nothing after the row, and with what came later */
  readonly value: number;
  readonly withFuture: number;
}

/**
 * Looks for lookahead: whatever is computed for a candle must be the same to the bit with and without the candles after it.
 *
 * @param columnsOf computes columns, one value per candle, of the candles it is handed; called for the whole series and for
 *   its beginnings. What it takes from elsewhere it must cut itself, by `openTime`
 * @param cuts lengths of the beginnings to compare; 40 spread over the series unless given
 * @returns the first value that changed, null where none did
 */
export function findLookahead(
  columnsOf: (candles: CandleColumns) => readonly Float64Array[],
  candles: CandleColumns,
  cuts: readonly number[] = spreadCuts(candles.close.length),
): Lookahead | null {
  const whole = columnsOf(candles);
  for (const cut of cuts) {
    const columns = columnsOf(firstCandles(candles, cut));
    for (const [column, values] of columns.entries()) {
      for (let row = 0; row < cut; row++) {
        const [value, withFuture] = [values[row]!, whole[column]![row]!];
        if (!Object.is(value, withFuture)) return { column, row, value, withFuture };
      }
    }
  }
  return null;
}

/**
 * {@link findLookahead}, as a check.
 *
 * @throws {LookaheadError} a value changed
 */
export function assertNoLookahead(
  columnsOf: (candles: CandleColumns) => readonly Float64Array[],
  candles: CandleColumns,
  cuts?: readonly number[],
): void {
  const found = findLookahead(columnsOf, candles, cuts);
  if (found !== null) throw new LookaheadError(found);
}

/** Something computed for a candle used what came after it. */
export class LookaheadError extends Error {
  override readonly name = 'LookaheadError';
  readonly found: Lookahead;

  constructor(found: Lookahead) {
    const { column, row, value, withFuture } = found;
    super(
      `column ${column} knows the future: candle ${row} has ${value}, and ${withFuture} once later candles are known`,
    );
    this.found = found;
  }
}

/** The first candles of a series. */
export function firstCandles(candles: CandleColumns, length: number): CandleColumns {
  return {
    openTime: candles.openTime.subarray(0, length),
    open: candles.open.subarray(0, length),
    high: candles.high.subarray(0, length),
    low: candles.low.subarray(0, length),
    close: candles.close.subarray(0, length),
    volume: candles.volume.subarray(0, length),
  };
}

function spreadCuts(length: number): number[] {
  const count = Math.min(40, length);
  return Array.from({ length: count }, (_, i) => Math.ceil(((i + 1) * length) / (count + 1))).filter((cut) => cut > 0);
}
