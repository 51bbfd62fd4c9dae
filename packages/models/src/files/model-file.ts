import type { Predictor } from '../engine.ts';
import { createGbdt, type GbdtParams } from '../engines/gbdt.ts';
import { createLogistic, type LogisticParams } from '../engines/logistic.ts';
import { createMlp, type MlpParams } from '../engines/mlp.ts';
import type { Scaler } from '../engines/scaler.ts';

/** A token's own part, on top of the pooled model. */
export interface CorrectionParams {
  /** version of the pooled model it corrects */
  readonly prior: string;
  /** what its rows are standardised by */
  readonly scaler: Scaler;
  /** null: the token has too little history, the pooled model stands alone */
  readonly correction: { readonly weights: Float64Array; readonly offset: number; readonly rows: number } | null;
}

/** What an engine learnt; each can be predicted from by itself. */
export type EngineContent =
  | { readonly kind: 'logistic'; readonly params: LogisticParams }
  | { readonly kind: 'gbdt'; readonly params: GbdtParams }
  | { readonly kind: 'mlp'; readonly params: MlpParams };

export type ModelContent = EngineContent | { readonly kind: 'correction'; readonly params: CorrectionParams };

/** probability = 1 / (1 + exp(−(slope × logit(score) + offset))) */
export interface ScoreCurve {
  readonly slope: number;
  readonly offset: number;
}

/** What a model's scores mean, learnt from out-of-fold scores. */
export interface ScoreReading {
  readonly calibration: ScoreCurve;
  /** chances of target, stop and neither */
  readonly outcomes: {
    readonly target: ScoreCurve;
    readonly stopOtherwise: ScoreCurve;
    /** fraction */
    readonly neitherReturn: number;
  };
  /** those scores, rising */
  readonly confidence: Float64Array;
}

/** A model folder: everything needed to score a row, and to say what the score means. */
export interface ModelFile {
  /** `feedback`, `pooled` or an exchange symbol */
  readonly scope: string;
  /** names this model among those of its scope */
  readonly version: string;
  readonly content: ModelContent;
  readonly features: { readonly hash: string; readonly names: readonly string[] };
  /** null where it was never judged */
  readonly reading: ScoreReading | null;
  /** how it did; JSON of the judge's making, in which NaN becomes null */
  readonly card: unknown;
}

export type ModelFileCode =
  /** there is no model of that scope */
  | 'MISSING'
  /** the disk refuses */
  | 'UNREADABLE'
  /** truncated, altered, or half of another model */
  | 'DAMAGED'
  /** not written by this suite */
  | 'FOREIGN'
  /** written by a newer version of this suite */
  | 'NEWER_FORMAT'
  /** learnt from another set of features */
  | 'OTHER_FEATURES'
  /** numbers that no model can have: NaN, wrong counts, trees that lead nowhere */
  | 'BAD_WEIGHTS';

/** Why a model cannot be used; the message is for the owner. */
export class ModelFileError extends Error {
  readonly code: ModelFileCode;

  constructor(code: ModelFileCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ModelFileError';
    this.code = code;
  }
}

/** Predicts from what was learnt, in plain arithmetic: no TensorFlow is loaded. */
export function predictorFor(content: EngineContent): Predictor {
  switch (content.kind) {
    case 'logistic':
      return createLogistic().predictor(content.params);
    case 'gbdt':
      return createGbdt().predictor(content.params);
    case 'mlp':
      return createMlp().predictor(content.params);
  }
}
