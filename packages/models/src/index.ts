export type { Engine, EngineName, FitOptions, Predictor, Rows } from './engine.ts';
export { createGbdt, type GbdtParams, type GbdtRules } from './engines/gbdt.ts';
export { createLogistic, type LogisticParams } from './engines/logistic.ts';
export { createMlp, type MlpParams } from './engines/mlp.ts';
export { ENGINES, engineNamed } from './engines/named.ts';
export { fitScaler, type Scaler, scaleRow, scaleRows } from './engines/scaler.ts';
export { type LoadedTensorFlow, loadTensorFlow, type TensorFlow } from './engines/tensorflow/load.ts';
export type { MlpRules } from './engines/tensorflow/train.ts';
export { type ContextColumns, type FeatureContext, NO_CONTEXT } from './features/context.ts';
export type { FeatureGroup } from './features/definition.ts';
export { type FeatureOptions, featureColumns, featureRow } from './features/feature-columns.ts';
export {
  DEFAULT_GROUPS,
  FEATURE_CANDLES,
  FEATURE_SET,
  type FeatureSet,
  featureIndex,
  featuresOf,
} from './features/feature-set.ts';
export { assertNoLookahead, findLookahead, type Lookahead, LookaheadError } from './features/lookahead.ts';
export {
  type CorrectionParams,
  type EngineContent,
  type ModelContent,
  type ModelFile,
  type ModelFileCode,
  ModelFileError,
  predictorFor,
  type ScoreReading,
} from './files/model-file.ts';
export { createModelFiles, type ModelFiles } from './files/model-files.ts';
export { type Card, type CardHead, type CardWarning, cardFigures, type Doubt, type Judgement } from './judge/card.ts';
export {
  type Challenge,
  type Champion,
  compareScores,
  decideChallenge,
  LEAST_FRESH,
  type ModelFault,
  modelFault,
  type Review,
  reviewChampion,
} from './judge/champion.ts';
export { type TradeCosts, tradeCost } from './judge/costs.ts';
export { DEFAULT_JUDGE, type JudgeOptions, judge, type OutOfSample } from './judge/judgement.ts';
export {
  expectedValue,
  fitOutcomes,
  type OutcomeModel,
  type Outcomes,
  outcomesOf,
  type TradeTerms,
} from './judge/outcomes.ts';
export { DEFAULT_TOKEN, TOKEN_JUDGE, type TokenModel, type TokenOptions, trainToken } from './judge/token.ts';
export {
  DEFAULT_TRAIN,
  evaluateOn,
  type Head,
  type Reading,
  readingOf,
  type Trained,
  type TrainOptions,
  trainAndJudge,
} from './judge/train.ts';
export {
  LEAST_EVIDENCE,
  type LeastEvidence,
  type RowOutcomes,
  sliceSet,
  type TrainingFault,
  type TrainingSet,
  trainingFault,
  trainingSetOf,
} from './judge/training-set.ts';
export { DEFAULT_WALK, type WalkForwardRun, walkForwardScores } from './judge/walk-forward-scores.ts';
export {
  type Barrier,
  FEEDBACK_MOVE,
  LABEL_HORIZON_MS,
  type Label,
  type LabelKnown,
  type LabelRule,
  labelAt,
  type Unlabelled,
} from './labels/label.ts';
export { type AnswerRules, type AskableOrNot, answerOf, leastConfidence } from './learn/answer.ts';
export { type Askable, type Asked, askableModel, askableToken, type Trade } from './learn/asking.ts';
export { createHypeFinder, type HypeMoment, rankContext } from './learn/hype-moments.ts';
export {
  joinRows,
  type LabelKind,
  type LabelledRows,
  labelRows,
  momentsOf,
  movesOf,
  outcomeOf,
  type RowRequest,
  setOf,
  tradedMoments,
  warmCandles,
} from './learn/labelled-rows.ts';
export { pickRows } from './learn/pick-rows.ts';
export {
  namesOf,
  type Prior,
  type PriorFold,
  priorScores,
  type ScopeRequest,
  type TrainedScope,
  trainScope,
} from './learn/prior.ts';
export { createPriorFiles } from './learn/prior-files.ts';
export { registryEntry } from './learn/registry-entry.ts';
export { isProven, type StoredCard, storedCardOf } from './learn/stored-card.ts';
export { type TokenRequest, trainTokenModel } from './learn/token-model.ts';
export { type Calibration, calibrate, fitPlatt } from './metrics/calibration.ts';
export {
  type BootstrapOptions,
  bootstrap,
  type Clusters,
  everyCluster,
  type Interval,
  intervalOf,
} from './metrics/clusters.ts';
export { confidenceOf, confidenceTable } from './metrics/confidence.ts';
export type { ReliabilityBin } from './metrics/reliability.ts';
export {
  type Correction,
  type CorrectionOptions,
  type Corrector,
  correctedScore,
  createCorrector,
  DEFAULT_LAMBDA,
  LEAST_ROWS,
} from './pooled/correction.ts';
export { createRandom } from './random.ts';
export { columnOfRows, selectColumns, sliceRows } from './rows.ts';
export { type Overlap, type Purge, purge } from './splits/purge.ts';
export { type Fold, type RowRange, type WalkForwardOptions, walkForward } from './splits/walk-forward.ts';
