import { firstAt } from '@mexc-bot/core';

/** As many as tell percents apart with room to spare, and still a small file. */
const TABLE_SIZE = 1000;

/**
 * What confidence is read from: a model's own out-of-fold predictions, sorted, thinned evenly to at most a thousand.
 *
 * @param predictions calibrated or not, but as those that will be asked about
 */
export function confidenceTable(predictions: Float64Array): Float64Array {
  const sorted = predictions.filter((prediction) => !Number.isNaN(prediction)).sort();
  if (sorted.length <= TABLE_SIZE) return sorted;
  return Float64Array.from(
    { length: TABLE_SIZE },
    (_, i) => sorted[Math.floor(((i + 0.5) * sorted.length) / TABLE_SIZE)]!,
  );
}

/**
 * Confidence: the share of the model's own out-of-fold predictions that lie below this one. It is no probability; 0.95 means
 * higher than 95 % of them.
 *
 * @param table of {@link confidenceTable}
 * @returns 0..1; NaN for an empty table or a prediction that is not a number
 */
export function confidenceOf(table: Float64Array, prediction: number): number {
  if (table.length === 0 || Number.isNaN(prediction)) return Number.NaN;
  return firstAt(table, prediction) / table.length;
}
