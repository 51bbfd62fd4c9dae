import { DAY_MS } from '@mexc-bot/core';
import { foldAuc } from '../metrics/auc.ts';
import {
  type BootstrapOptions,
  bootstrap,
  clustersAmong,
  dayClusters,
  everyCluster,
  type Interval,
  intervalOf,
  pairedDifference,
} from '../metrics/clusters.ts';
import type { RowRange } from '../splits/walk-forward.ts';
import type { Card, CardHead, Judgement } from './card.ts';

/** Why a model may not be asked, though it is there. */
export type ModelFault = 'expired' | 'other_features';

/**
 * @param now what the gate works with
 * @returns null where the model may be asked
 */
export function modelFault(
  head: Pick<CardHead, 'trainedAt' | 'features'>,
  now: { readonly asOf: number; readonly maxAgeDays: number; readonly features: string },
): ModelFault | null {
  if (head.features !== now.features) return 'other_features';
  // an age that is not a number is no proof of youth
  return now.asOf - head.trainedAt <= now.maxAgeDays * DAY_MS ? null : 'expired';
}

/** Two models' AUC inside folds on the same rows, which neither has seen, and the paired difference a − b. */
export function compareScores(
  { labels, times }: { readonly labels: Uint8Array; readonly times: Float64Array },
  a: Float64Array,
  b: Float64Array,
  folds: readonly RowRange[],
  options: BootstrapOptions,
): { readonly a: Interval; readonly b: Interval; readonly difference: Interval } {
  const clusters = dayClusters(times);
  const statistics = [a, b].map((scores) => foldAuc({ scores, labels, folds, clusters }));
  const draws = bootstrap(statistics, clusters, clustersAmong(clusters, folds), options);
  const [ofA, ofB] = statistics.map((statistic, i) => intervalOf(statistic(everyCluster(clusters)), draws[i]!));
  return { a: ofA!, b: ofB!, difference: pairedDifference(ofA!, ofB!, [draws[0]!, draws[1]!]) };
}

export interface Champion {
  readonly card: Card;
  readonly fault: ModelFault | null;
  /** whether it is proven still: fresh labels may have taken it back */
  readonly proven: boolean;
}

export interface Challenge {
  readonly replaces: boolean;
  readonly reason:
    | 'not_trained'
    | 'no_champion'
    | 'champion_unusable'
    | 'proven_beats_unproven'
    | 'better_on_same_rows'
    | 'better_on_own_rows'
    | 'not_better';
}

/**
 * Whether a newly trained model replaces the one in use: only if it is better out of sample.
 *
 * @param onSameRows challenger less champion on rows that neither has seen; null where there are too few of them. Their cards are
 *   then of different rows, and of many that are tried one looks better by chance: the challenger's must surely be
 */
export function decideChallenge(challenger: Card, champion: Champion | null, onSameRows: Interval | null): Challenge {
  if (challenger.state === 'not_trained') return { replaces: false, reason: 'not_trained' };
  if (champion === null) return { replaces: true, reason: 'no_champion' };
  if (champion.fault !== null || champion.card.state === 'not_trained') {
    return { replaces: true, reason: 'champion_unusable' };
  }
  if (challenger.proven !== champion.proven) {
    return challenger.proven
      ? { replaces: true, reason: 'proven_beats_unproven' }
      : { replaces: false, reason: 'not_better' };
  }
  if (onSameRows !== null) {
    return onSameRows.value > 0
      ? { replaces: true, reason: 'better_on_same_rows' }
      : { replaces: false, reason: 'not_better' };
  }
  return challenger.auc.low > champion.card.auc.value
    ? { replaces: true, reason: 'better_on_own_rows' }
    : { replaces: false, reason: 'not_better' };
}

/** Fresh rows and days that a review needs to say anything. */
export const LEAST_FRESH = { rows: 200, days: 5 };

export interface Review {
  readonly verdict: 'keep' | 'roll_back';
  readonly reason: 'too_few_labels' | 'as_promised' | 'worse_than_promised' | 'previous_is_better';
  /** whether the model in use may still be called proven */
  readonly proven: boolean;
}

/**
 * Judges the model in use again, by labels that came after its training.
 *
 * @param promised its judgement when it was trained
 * @param fresh its judgement on rows after that
 * @param previousLess the model before it less this one, on the fresh rows; null where there is none that may be asked
 */
export function reviewChampion(promised: Judgement, fresh: Judgement, previousLess: Interval | null): Review {
  if (fresh.testRows < LEAST_FRESH.rows || fresh.days < LEAST_FRESH.days) {
    return { verdict: 'keep', reason: 'too_few_labels', proven: promised.proven };
  }
  if (previousLess !== null && previousLess.low > 0) {
    return { verdict: 'roll_back', reason: 'previous_is_better', proven: false };
  }
  const isWorse = fresh.auc.high < promised.auc.low;
  if (isWorse) {
    const previousHelps = previousLess !== null && previousLess.value > 0;
    return { verdict: previousHelps ? 'roll_back' : 'keep', reason: 'worse_than_promised', proven: false };
  }
  const isRefuted = fresh.minusAtr.high < 0 || fresh.netTop10.high < 0;
  return { verdict: 'keep', reason: 'as_promised', proven: promised.proven && !isRefuted };
}
