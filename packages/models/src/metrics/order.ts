/** Row indices by rising score, equal ones in the order of rows; a score that is not a number ranks lowest. */
export function rankedRows(scores: Float64Array, from: number, to: number): Int32Array {
  const rows = new Int32Array(to - from);
  for (let i = 0; i < rows.length; i++) rows[i] = from + i;
  return rows.sort((a, b) => rankOf(scores[a]!) - rankOf(scores[b]!) || a - b);
}

/** As {@link rankedRows} sees a score: finite, so that differences are numbers. */
export function rankOf(score: number): number {
  if (Number.isNaN(score)) return -Number.MAX_VALUE / 2;
  return Math.min(Math.max(score, -Number.MAX_VALUE / 4), Number.MAX_VALUE / 4);
}
