export type { Engine, EngineName, FitOptions, Predictor, Rows } from './engine.ts';
export { type ContextColumns, type FeatureContext, NO_CONTEXT } from './features/context.ts';
export type { FeatureGroup } from './features/definition.ts';
export { type FeatureOptions, featureColumns, featureRow } from './features/feature-columns.ts';
export { DEFAULT_GROUPS, FEATURE_CANDLES, FEATURE_SET, type FeatureSet, featuresOf } from './features/feature-set.ts';
export { assertNoLookahead, findLookahead, type Lookahead, LookaheadError } from './features/lookahead.ts';
export { LABEL_HORIZON_MS, type LabelRule, labelAt } from './labels/label.ts';
