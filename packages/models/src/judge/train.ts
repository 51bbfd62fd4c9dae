import type { Engine } from '../engine.ts';
import { type Calibration, calibrate, fitPlatt } from '../metrics/calibration.ts';
import { confidenceTable } from '../metrics/confidence.ts';
import { purge } from '../splits/purge.ts';
import type { Card, CardHead } from './card.ts';
import { DEFAULT_JUDGE, type JudgeOptions, judge, type OutOfSample } from './judgement.ts';
import { fitOutcomes, type OutcomeModel } from './outcomes.ts';
import { sliceSet, type TrainingSet, trainingFault } from './training-set.ts';
import { DEFAULT_WALK, joined, shareOf, type WalkForwardRun, walkForwardScores } from './walk-forward-scores.ts';

/** What a model's scores are read by; all of it fitted on out-of-fold predictions. */
export interface Reading {
  /** of the label's probability */
  readonly calibration: Calibration;
  readonly outcomes: OutcomeModel;
  /** those predictions, for `confidenceOf` */
  readonly confidence: Float64Array;
}

/** A model and how to read it. */
export interface Trained<Params> {
  readonly params: Params;
  readonly reading: Reading;
}

export interface TrainOptions {
  readonly walk: WalkForwardRun;
  readonly judge: JudgeOptions;
}

export const DEFAULT_TRAIN: TrainOptions = { walk: DEFAULT_WALK, judge: DEFAULT_JUDGE };

export type Head = Omit<CardHead, 'engine'>;

/**
 * Judges an engine walk-forward on a set, then fits it on all of it.
 *
 * @returns no model, and a card that says why, where the set cannot be learnt from
 */
export async function trainAndJudge<Params>(
  engine: Engine<Params>,
  set: TrainingSet,
  head: Head,
  options: TrainOptions = DEFAULT_TRAIN,
): Promise<{ readonly model: Trained<Params> | null; readonly card: Card }> {
  const found = trainingFault(set) === null ? await walkForwardScores(engine, set, options.walk) : null;
  if (found === null) return { model: null, card: notTrained(engine, set, head) };
  const params = await engine.fit(set.rows, set.labels, { seed: options.walk.seed });
  const model = { params, reading: readingOf(set, found) };
  return { model, card: { ...judgedHead(engine, set, head), ...judge(set, found, options.judge) } };
}

/**
 * Fits an engine on one set and judges it on another one. Training rows whose labels reach into the test are left out, and as
 * many again; where the sets are of the same days that would be nearly all, so they stay, and the card warns.
 *
 * @returns a card that says why not, where the training set cannot be learnt from or there is nothing to test
 */
export async function evaluateOn<Params>(
  engine: Engine<Params>,
  train: TrainingSet,
  test: TrainingSet,
  head: Head,
  options: TrainOptions = DEFAULT_TRAIN,
): Promise<Card> {
  const { rows, overlap } = purge(train.times, test.times, options.walk);
  const known = sliceSet(train, { from: 0, to: rows });
  const { model, card } = await trainAndJudge(engine, known, head, options);
  if (model === null) return card;
  if (test.rows.count === 0) return { ...notTrained(engine, known, head), fault: 'no_rows' };
  const scores = engine.predictor(model.params).predictAll(test.rows);
  const judgement = judge(
    test,
    {
      scores,
      folds: [{ from: 0, to: test.rows.count }],
      probabilities: scores.map((score) => calibrate(model.reading.calibration, score)),
      baseRates: new Float64Array(test.rows.count).fill(shareOf(known.labels)),
    },
    options.judge,
  );
  const warnings = overlap === null ? judgement.warnings : [...judgement.warnings, overlap];
  return { ...judgedHead(engine, known, head), ...judgement, warnings };
}

/** How to read scores, from those that were made out of fold. */
export function readingOf(set: TrainingSet, { scores, folds }: OutOfSample): Reading {
  const outOfFold = joined(scores, folds);
  return {
    calibration: fitPlatt(outOfFold, joined(set.labels, folds)),
    outcomes: fitOutcomes(outOfFold, joined(set.moves, folds), joined(set.returns, folds)),
    confidence: confidenceTable(outOfFold),
  };
}

const judgedHead = (engine: Engine, set: TrainingSet, head: Head) =>
  ({
    ...head,
    engine: engine.name,
    state: 'judged',
    trainRows: set.rows.count,
    dataFrom: set.times[0]!,
    dataTo: set.times[set.times.length - 1]!,
  }) as const;

function notTrained(engine: Engine, set: TrainingSet, head: Head) {
  return {
    ...head,
    engine: engine.name,
    state: 'not_trained',
    // a set that passes as a whole may still have no block with enough before it
    fault: trainingFault(set) ?? 'too_few_rows',
    rows: set.rows.count,
    positives: set.labels.reduce((sum, label) => sum + label, 0),
  } as const;
}
