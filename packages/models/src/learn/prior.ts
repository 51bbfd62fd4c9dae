import type { Engine, EngineName } from '../engine.ts';
import { fitScaler, type Scaler } from '../engines/scaler.ts';
import type { FeatureGroup } from '../features/definition.ts';
import { DEFAULT_GROUPS, FEATURE_SET, featuresOf } from '../features/feature-set.ts';
import { type EngineContent, type ModelFile, predictorFor } from '../files/model-file.ts';
import type { Card } from '../judge/card.ts';
import { DEFAULT_TRAIN, type Head, type TrainOptions, trainAndJudge } from '../judge/train.ts';
import { sliceSet, type TrainingSet, trainingFault } from '../judge/training-set.ts';
import { sliceRows } from '../rows.ts';
import { walkForward } from '../splits/walk-forward.ts';
import type { StoredCard } from './stored-card.ts';

/** A model of an earlier part of the pooled rows: what it says of the time after it was said without knowing it. */
export interface PriorFold {
  /** market ms UTC; up to the next fold's, the last one without an end */
  readonly from: number;
  readonly content: EngineContent;
}

/** The pooled model as tokens correct it. */
export interface Prior {
  readonly engine: EngineName;
  readonly version: string;
  readonly groups: readonly FeatureGroup[];
  /** what a token's rows are standardised by */
  readonly scaler: Scaler;
  /** in time order */
  readonly folds: readonly PriorFold[];
}

export interface TrainedScope {
  /** null: the rows cannot be learnt from, the card says why */
  readonly file: ModelFile | null;
  readonly card: Card;
  /** models of the walk-forward's folds */
  readonly prior: Prior | null;
}

export interface ScopeRequest {
  readonly engine: Engine<never> | Engine;
  readonly set: TrainingSet;
  readonly head: Head;
  readonly version: string;
  readonly moves: StoredCard['moves'];
  readonly groups?: readonly FeatureGroup[];
  readonly options?: TrainOptions;
}

/** Names, in order, of the features that some groups have. */
export const namesOf = (groups: readonly FeatureGroup[]): readonly string[] =>
  featuresOf(groups).map((index) => FEATURE_SET.names[index]!);

/** Trains and judges a model of all tokens: the feedback model, or the prior that tokens correct. */
export async function trainScope(request: ScopeRequest): Promise<TrainedScope> {
  const { set, head, version, moves, groups = DEFAULT_GROUPS, options = DEFAULT_TRAIN } = request;
  const engine = request.engine as Engine;
  const fitted: unknown[] = [];
  const recording: Engine = {
    ...engine,
    fit: async (...given) => {
      const params = await engine.fit(...given);
      fitted.push(params);
      return params;
    },
  };
  const { model, card } = await trainAndJudge(recording, set, head, options);
  if (model === null) return { file: null, card, prior: null };
  const content = (params: unknown) => ({ kind: engine.name, params }) as EngineContent;
  const file: ModelFile = {
    scope: head.scope,
    version,
    content: content(model.params),
    features: { hash: head.features, names: namesOf(groups) },
    reading: model.reading,
    card: { card, moves } satisfies StoredCard,
  };
  // one fit a fold that had enough before it, then the model itself
  const used = walkForward(set.times, options.walk).filter(
    ({ train }) => trainingFault(sliceSet(set, train), options.walk.least) === null,
  );
  const folds = used.map(({ test }, fold) => ({ from: set.times[test.from]!, content: content(fitted[fold]) }));
  const own = (model.params as { readonly scaler?: Scaler }).scaler;
  const prior: Prior = { engine: engine.name, version, groups, scaler: own ?? fitScaler(set.rows), folds };
  return { file, card, prior };
}

/** What the prior said of each row before it could have learnt from it; NaN for rows before its first fold. */
export function priorScores({ folds }: Prior, set: TrainingSet): Float64Array {
  const scores = new Float64Array(set.rows.count).fill(Number.NaN);
  for (const [index, { from, content }] of folds.entries()) {
    const until = folds[index + 1]?.from ?? Number.POSITIVE_INFINITY;
    const first = set.times.findIndex((time) => time >= from);
    const end = set.times.findIndex((time) => time >= until);
    const range = { from: first, to: end < 0 ? set.rows.count : end };
    if (first < 0 || range.to <= range.from) continue;
    scores.set(predictorFor(content).predictAll(sliceRows(set.rows, range)), range.from);
  }
  return scores;
}
