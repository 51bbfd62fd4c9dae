import type { Rows } from '../engine.ts';
import { logit, sigmoid } from '../metrics/calibration.ts';
import { sliceRows } from '../rows.ts';
import { addGram, factorise, solveFactored } from '../symmetric.ts';

/** Ridge penalty on a token's own weights: of 2,000 rows it lets through about a tenth of what they alone would say. */
export const DEFAULT_LAMBDA = 4000;
/** Rows with a prior that a token needs for a correction of its own. */
export const LEAST_ROWS = 300;

/** What a token differs by from the pooled prior: logit = logit(prior) + offset + weights · row. */
export interface Correction {
  /** one a standardised feature */
  readonly weights: Float64Array;
  readonly offset: number;
  /** rows it was fitted on */
  readonly rows: number;
}

export interface CorrectionOptions {
  /** {@link DEFAULT_LAMBDA} */
  readonly lambda?: number;
  /** {@link LEAST_ROWS} */
  readonly leastRows?: number;
}

export interface Corrector {
  /**
   * Fits the correction on the first rows; quickest when asked for ever more of them.
   *
   * @returns null where these are too few or all of one class: the prior stands alone
   */
  fitFirst(count: number): Correction | null;
}

const MAX_STEPS = 200;
const DONE = 1e-7;

/**
 * Fits corrections to the pooled prior by logistic regression with the prior as its offset and a ridge penalty, so that
 * little evidence moves it little.
 *
 * The Hessian is replaced by its bound XᵀX / 4 + λ (Böhning and Lindsay 1988): every step improves the fit, whatever λ, and
 * one Cholesky factor serves all of them.
 *
 * @param rows of one token in time order, standardised by the prior's scaler: no NaN
 * @param labels 0 or 1, one a row
 * @param prior the pooled model's score of each row, 0..1, made without that row: of its own training rows a model is too sure
 */
export function createCorrector(
  rows: Rows,
  labels: Uint8Array,
  prior: Float64Array,
  { lambda = DEFAULT_LAMBDA, leastRows = LEAST_ROWS }: CorrectionOptions = {},
): Corrector {
  const size = rows.width + 1;
  const offsets = prior.map(logit);
  const gram = new Float64Array(size * size);
  let counted = 0;

  return {
    fitFirst(count) {
      const positives = labels.subarray(0, count).reduce((sum, label) => sum + label, 0);
      if (count < leastRows || positives === 0 || positives === count) return null;
      if (count < counted) {
        gram.fill(0);
        counted = 0;
      }
      addGram(gram, rows, counted, count);
      counted = count;

      const bound = gram.map((value) => value / 4);
      for (let i = 0; i < size; i++) bound[i * size + i] = bound[i * size + i]! + lambda;
      const factor = factorise(bound, size);
      const first = sliceRows(rows, { from: 0, to: count });
      const fitted = ascend(factor, first, labels, offsets, lambda);
      return { weights: fitted.slice(0, rows.width), offset: fitted[rows.width]!, rows: count };
    },
  };
}

function ascend(factor: Float64Array, rows: Rows, labels: Uint8Array, offsets: Float64Array, lambda: number) {
  const size = rows.width + 1;
  const fitted = new Float64Array(size);
  const gradient = new Float64Array(size);
  for (let step = 0; step < MAX_STEPS; step++) {
    for (let i = 0; i < size; i++) gradient[i] = -lambda * fitted[i]!;
    addScoreGradient(gradient, fitted, rows, labels, offsets);
    solveFactored(factor, gradient);
    let largest = 0;
    for (let i = 0; i < size; i++) {
      fitted[i] = fitted[i]! + gradient[i]!;
      largest = Math.max(largest, Math.abs(gradient[i]!));
    }
    if (largest < DONE) break;
  }
  return fitted;
}

/** Adds Σ (label − probability) × row; the last weight is the offset's, whose feature is 1. */
function addScoreGradient(
  gradient: Float64Array,
  fitted: Float64Array,
  { x, width, count }: Rows,
  labels: Uint8Array,
  offsets: Float64Array,
): void {
  for (let row = 0; row < count; row++) {
    const start = row * width;
    let z = offsets[row]! + fitted[width]!;
    for (let i = 0; i < width; i++) z += fitted[i]! * x[start + i]!;
    const error = labels[row]! - sigmoid(z);
    for (let i = 0; i < width; i++) gradient[i] = gradient[i]! + error * x[start + i]!;
    gradient[width] = gradient[width]! + error;
  }
}

/**
 * The token's score of one row.
 *
 * @param prior the pooled model's score of it, 0..1
 * @param row standardised by the prior's scaler
 * @returns 0..1; the prior itself without a correction
 */
export function correctedScore(correction: Correction | null, prior: number, row: ArrayLike<number>): number {
  if (correction === null) return prior;
  const { weights, offset } = correction;
  let z = logit(prior) + offset;
  for (let i = 0; i < weights.length; i++) z += weights[i]! * row[i]!;
  return sigmoid(z);
}
