import type { EngineName } from '../engine.ts';
import { type Correction, type CorrectionOptions, correctedScore, createCorrector } from '../pooled/correction.ts';
import { type RowRange, type WalkForwardOptions, walkForward } from '../splits/walk-forward.ts';
import type { Card } from './card.ts';
import { DEFAULT_JUDGE, type JudgeOptions, judge } from './judgement.ts';
import { type Head, type Reading, readingOf } from './train.ts';
import { sliceSet, type TrainingSet, trainingFault } from './training-set.ts';
import { calibrateForward, DEFAULT_WALK, shareOf } from './walk-forward-scores.ts';

/** Fewer draws than for a model of all tokens: there are thousands of these. */
export const TOKEN_JUDGE: JudgeOptions = { ...DEFAULT_JUDGE, replicates: 200 };

export interface TokenOptions {
  readonly walk: WalkForwardOptions;
  readonly judge: JudgeOptions;
  readonly correction: CorrectionOptions;
}

export const DEFAULT_TOKEN: TokenOptions = { walk: DEFAULT_WALK, judge: TOKEN_JUDGE, correction: {} };

/** A token's own part of its model; the pooled prior is the other. */
export interface TokenModel {
  /** null: the prior alone */
  readonly correction: Correction | null;
  /** of corrected scores; null where the token has too little history: the prior's own is to be used */
  readonly reading: Reading | null;
}

/**
 * Fits and judges a token's correction to the pooled prior, in milliseconds.
 *
 * @param set of one token; its rows standardised by the prior's scaler, without NaN
 * @param prior the pooled model's out-of-fold score of each row, NaN where it has none (what came first in time): such rows
 *   are left out
 * @param engine of the prior
 */
export function trainToken(
  set: TrainingSet,
  prior: Float64Array,
  head: Head,
  engine: EngineName,
  options: TokenOptions = DEFAULT_TOKEN,
): { readonly model: TokenModel; readonly card: Card } {
  const from = prior.findLastIndex(Number.isNaN) + 1;
  const known = sliceSet(set, { from, to: set.rows.count });
  const priors = prior.subarray(from);
  const fault = trainingFault(known);
  const found = fault === null ? tokenWalkForward(known, priors, options) : null;
  if (found === null) {
    const positives = known.labels.reduce((sum, label) => sum + label, 0);
    const card: Card = {
      ...head,
      engine,
      state: 'not_trained',
      fault: fault ?? 'too_few_rows',
      rows: known.rows.count,
      positives,
    };
    return { model: { correction: null, reading: null }, card };
  }

  return {
    model: { correction: found.correction, reading: readingOf(known, found) },
    card: {
      ...head,
      engine,
      state: 'judged',
      trainRows: known.rows.count,
      dataFrom: known.times[0]!,
      dataTo: known.times[known.times.length - 1]!,
      ...judge(known, found, options.judge),
    },
  };
}

function tokenWalkForward(set: TrainingSet, prior: Float64Array, options: TokenOptions) {
  const { rows, labels } = set;
  const { x, width, count } = rows;
  const corrector = createCorrector(rows, labels, prior, options.correction);
  const scores = new Float64Array(count).fill(Number.NaN);
  const baseRates = new Float64Array(count).fill(Number.NaN);
  const folds: RowRange[] = [];
  for (const { train, test } of walkForward(set.times, options.walk)) {
    // nothing of its own to learn from yet: the prior stands, but there is no base rate to compare with
    if (train.to === 0) continue;
    const correction = corrector.fitFirst(train.to);
    for (let row = test.from; row < test.to; row++) {
      scores[row] = correctedScore(correction, prior[row]!, x.subarray(row * width, (row + 1) * width));
    }
    baseRates.fill(shareOf(labels.subarray(0, train.to)), test.from, test.to);
    folds.push(test);
  }
  if (folds.length === 0) return null;
  const correction = corrector.fitFirst(count);
  return { scores, folds, probabilities: calibrateForward(scores, labels, folds), baseRates, prior, correction };
}
