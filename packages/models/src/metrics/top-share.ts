import type { RowRange } from '../splits/walk-forward.ts';
import type { Clusters, Statistic } from './clusters.ts';
import { rankedRows, rankOf } from './order.ts';

/** The rows that a trader who only takes the best would have taken. */
export interface TopRows {
  readonly rows: Int32Array;
  /** how much of each row belongs to it, (0, 1]: rows of equal score at its edge share what room is left */
  readonly shares: Float64Array;
}

/** The share of each fold's rows that has the highest scores, at least one row a fold. */
export function topRows(scores: Float64Array, folds: readonly RowRange[], share = 0.1): TopRows {
  const rows: number[] = [];
  const shares: number[] = [];
  for (const { from, to } of folds) {
    const ranked = rankedRows(scores, from, to);
    const wanted = Math.min(ranked.length, Math.max(1, Math.round(ranked.length * share)));
    if (ranked.length === 0) continue;
    const edge = rankOf(scores[ranked[ranked.length - wanted]!]!);
    const above = ranked.filter((row) => rankOf(scores[row]!) > edge);
    const tied = ranked.filter((row) => rankOf(scores[row]!) === edge);
    const room = (wanted - above.length) / tied.length;
    for (const row of above) {
      rows.push(row);
      shares.push(1);
    }
    for (const row of tied) {
      rows.push(row);
      shares.push(room);
    }
  }
  return { rows: Int32Array.from(rows), shares: Float64Array.from(shares) };
}

/** Mean of a value over the top rows, weighted. */
export function topMean({ rows, shares }: TopRows, values: ArrayLike<number>, clusters: Clusters): Statistic {
  return (weights) => {
    let sum = 0;
    let total = 0;
    for (let i = 0; i < rows.length; i++) {
      const weight = weights[clusters.of[rows[i]!]!]! * shares[i]!;
      sum += weight * values[rows[i]!]!;
      total += weight;
    }
    return total > 0 ? sum / total : Number.NaN;
  };
}

/** Mean of a value over all rows of the folds, weighted. */
export function foldMean(values: ArrayLike<number>, folds: readonly RowRange[], clusters: Clusters): Statistic {
  // rows of one cluster weigh alike: their sums are all that is needed
  const sums = new Float64Array(clusters.count);
  const counts = new Float64Array(clusters.count);
  for (const { from, to } of folds) {
    for (let row = from; row < to; row++) {
      const cluster = clusters.of[row]!;
      sums[cluster] = sums[cluster]! + values[row]!;
      counts[cluster] = counts[cluster]! + 1;
    }
  }
  return (weights) => {
    let sum = 0;
    let total = 0;
    for (let cluster = 0; cluster < sums.length; cluster++) {
      sum += weights[cluster]! * sums[cluster]!;
      total += weights[cluster]! * counts[cluster]!;
    }
    return total > 0 ? sum / total : Number.NaN;
  };
}
