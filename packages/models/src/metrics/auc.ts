import type { RowRange } from '../splits/walk-forward.ts';
import type { Clusters, Statistic } from './clusters.ts';
import { rankedRows, rankOf } from './order.ts';

export interface AucRows {
  readonly scores: Float64Array;
  /** 0 or 1, one a row */
  readonly labels: Uint8Array;
  /** rows that are compared with each other, and not with those of other folds: their scores come from other models */
  readonly folds: readonly RowRange[];
  readonly clusters: Clusters;
  /** rows that count, 1 each; all unless given */
  readonly only?: Uint8Array;
}

/**
 * Area under the ROC curve inside folds, averaged with weights positives × negatives: the share of pairs, of a positive and a
 * negative row of one fold, in which the positive one has the higher score. Ties count half. An out-of-fold AUC over all folds
 * at once is biased, because the folds' base rates differ.
 *
 * @returns the AUC for given weights of the clusters, in one pass; NaN without such a pair
 */
export function foldAuc({ scores, labels, folds, clusters, only }: AucRows): Statistic {
  const rowsOf = (fold: RowRange): Int32Array => {
    const ranked = rankedRows(scores, fold.from, fold.to);
    return only === undefined ? ranked : ranked.filter((row) => only[row] === 1);
  };
  const ranked = folds.map((fold) => prepare(rowsOf(fold), scores, labels, clusters));

  return (weights) => {
    let wins = 0;
    let pairs = 0;
    for (const { cluster, kind } of ranked) {
      let positives = 0;
      let negatives = 0;
      let tiedPositives = 0;
      let tiedNegatives = 0;
      for (let i = 0; i < cluster.length; i++) {
        const weight = weights[cluster[i]!]!;
        if ((kind[i]! & POSITIVE) !== 0) tiedPositives += weight;
        else tiedNegatives += weight;
        if ((kind[i]! & END_OF_TIE) === 0) continue;
        wins += tiedPositives * (negatives + tiedNegatives / 2);
        positives += tiedPositives;
        negatives += tiedNegatives;
        tiedPositives = 0;
        tiedNegatives = 0;
      }
      pairs += positives * negatives;
    }
    return pairs > 0 ? wins / pairs : Number.NaN;
  };
}

const POSITIVE = 1;
const END_OF_TIE = 2;

interface RankedFold {
  readonly cluster: Int32Array;
  readonly kind: Uint8Array;
}

function prepare(rows: Int32Array, scores: Float64Array, labels: Uint8Array, clusters: Clusters): RankedFold {
  const cluster = new Int32Array(rows.length);
  const kind = new Uint8Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const isEnd = i + 1 === rows.length || rankOf(scores[rows[i + 1]!]!) !== rankOf(scores[row]!);
    cluster[i] = clusters.of[row]!;
    kind[i] = (labels[row] === 1 ? POSITIVE : 0) | (isEnd ? END_OF_TIE : 0);
  }
  return { cluster, kind };
}
