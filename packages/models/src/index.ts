export type { Engine, EngineName, FitOptions, Predictor, Rows } from './engine.ts';
export { createGbdt, type GbdtParams, type GbdtRules } from './engines/gbdt.ts';
export { createLogistic, type LogisticParams } from './engines/logistic.ts';
export { createMlp, type MlpParams } from './engines/mlp.ts';
export { fitScaler, type Scaler, scaleRow, scaleRows } from './engines/scaler.ts';
export { type LoadedTensorFlow, loadTensorFlow, type TensorFlow } from './engines/tensorflow/load.ts';
export type { MlpRules } from './engines/tensorflow/train.ts';
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
