import { type HighLowClose, outputColumn, requireCandles, requireEqualLengths } from '../columns.ts';
import { createMemory } from '../rolling/memory.ts';
import { createStream, type HighLowCloseCandle, requireFiniteCandle, type Streaming } from '../streaming.ts';

/**
 * True range: max(high − low, |high − previous close|, |low − previous close|). Wilder 1978.
 *
 * @param out where to write, instead of a new column
 * @returns one value per candle in price units; NaN at the first, which has no previous close
 * @throws {IndicatorInputError} columns of unequal length, a bad output, or a value that is not finite
 */
export function trueRange(candles: HighLowClose, out?: Float64Array): Float64Array {
  requireEqualLengths(candles);
  const { high, low, close } = candles;
  const ranges = outputColumn(out, high, low, close);
  const { length } = close;
  if (length > 0) ranges[0] = Number.NaN;
  let spoilt = length > 0 ? high[0]! + low[0]! : 0;
  let before = length > 0 ? close[0]! : 0;
  for (let i = 1; i < length; i++) {
    const range = rangeOf(high[i]!, low[i]!, before);
    ranges[i] = range;
    spoilt += range;
    before = close[i]!;
  }
  if (!Number.isFinite(spoilt + before)) requireCandles(candles);
  return ranges;
}

/** {@link trueRange}, one candle at a time. */
export function createTrueRange(): Streaming<HighLowCloseCandle, number> {
  const part = new CloseBefore();
  return createStream('trueRange', [], [part], (candle, commit) => {
    requireFiniteCandle(candle);
    return part.rangeOf(candle, commit);
  });
}

/**
 * The true range of one candle: high − low, and what the previous close lies above the high or below the low. In this form
 * it needs no branch, and one value that is not finite spoils the sum instead of losing a comparison.
 */
export function rangeOf(high: number, low: number, closeBefore: number): number {
  const above = closeBefore - high;
  const below = low - closeBefore;
  return high - low + 0.5 * (above + Math.abs(above) + (below + Math.abs(below)));
}

/** Remembers the previous close. */
export class CloseBefore {
  /** whether there is one, and it */
  readonly memory = createMemory(2);

  /** True range of the candle; NaN at the first. */
  rangeOf({ high, low, close }: HighLowCloseCandle, commit: boolean): number {
    const memory = this.memory;
    const range = memory[0] === 1 ? rangeOf(high, low, memory[1]!) : Number.NaN;
    if (commit) {
      memory[0] = 1;
      memory[1] = close;
    }
    return range;
  }
}
