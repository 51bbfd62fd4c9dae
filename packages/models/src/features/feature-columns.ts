import { type CandleColumns, TIMEFRAME_MS } from '@mexc-bot/core';
import { type ContextColumns, contextAtLast, type FeatureContext, NO_CONTEXT } from './context.ts';
import { FEATURES } from './feature-set.ts';
import { createSource } from './source.ts';

export interface FeatureOptions {
  /** length of the candles in ms; windows in hours follow it. 5 minutes, as the scanner has them, unless told otherwise */
  readonly candleMs?: number;
}

/**
 * The features of every closed candle of a series: row i uses the candles up to i only, and of the context what belongs to
 * them. The same definitions serve training, live trading and backtest.
 *
 * @param candles closed candles of one market, oldest first, prices > 0
 * @param context columns as long as the series
 * @returns a column for each of `FEATURE_SET.names`, as long as the series; NaN where undefined: too few candles before
 *   the row or holes among them, no range to divide by, or a context that is not known here
 * @throws {IndicatorInputError} columns of unequal length, or a value that is not finite
 * @throws {RangeError} a context column of another length
 */
export function featureColumns(
  candles: CandleColumns,
  context: ContextColumns = NO_CONTEXT,
  options: FeatureOptions = {},
): Float64Array[] {
  return columnsFrom(0, candles, context, options);
}

/**
 * The features of the last candle: to the bit the last row of {@link featureColumns}.
 *
 * @param candles closed candles of one market, oldest first, at least one; `FEATURE_CANDLES` of them fill every window
 * @returns one value for each of `FEATURE_SET.names`, NaN as in {@link featureColumns}
 * @throws {IndicatorInputError} columns of unequal length, or a value that is not finite
 * @throws {RangeError} no candle
 */
export function featureRow(
  candles: CandleColumns,
  context: FeatureContext = NO_CONTEXT,
  options: FeatureOptions = {},
): Float64Array {
  const { length } = candles.close;
  if (length === 0) throw new RangeError('features need at least one candle');
  const columns = columnsFrom(length - 1, candles, contextAtLast(context, length), options);
  return Float64Array.from(columns, (column) => column[length - 1]!);
}

function columnsFrom(
  from: number,
  candles: CandleColumns,
  context: ContextColumns,
  { candleMs = TIMEFRAME_MS['5m'] }: FeatureOptions,
): Float64Array[] {
  requireLength(context, candles.close.length);
  const source = createSource(candles, context, from, candleMs);
  const shared = new Set<Float64Array>();
  return FEATURES.map((feature) => {
    const made = feature.column(source);
    // a column that several features share is masked in a copy
    const column = shared.has(made) ? made.slice() : made;
    shared.add(made);
    return column;
  }).map((column, index) => {
    const back = FEATURES[index]!.reach(candleMs);
    for (let row = from; row < column.length; row++) {
      const isDefined = Number.isFinite(column[row]) && (back === 0 || source.isWhole(row, back));
      if (!isDefined) column[row] = Number.NaN;
    }
    return column;
  });
}

function requireLength(context: ContextColumns, length: number): void {
  for (const [name, column] of Object.entries(context)) {
    if (column instanceof Float64Array && column.length !== length) {
      throw new RangeError(`context ${name} has ${column.length} values, the series ${length}`);
    }
  }
}
