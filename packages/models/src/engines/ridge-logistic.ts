import { solveSymmetric } from '../symmetric.ts';

/** A fitted line in the space of the given rows: logit = intercept + weights · row. */
export interface Line {
  readonly weights: Float64Array;
  readonly intercept: number;
}

const MAX_STEPS = 50;
const MAX_HALVINGS = 30;
/** The Newton decrement (twice the loss still to be won) at which the fit is exact for every purpose. */
const DONE = 1e-12;

export const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));
/** log(1 + e^z) without overflow */
const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

/**
 * Logistic regression with an L2 penalty on the weights, not on the intercept, by Newton's method (iteratively reweighted least
 * squares) with step halving: minimises the sum of log losses + λ/2 · |weights|². scikit-learn's C is 1 / λ.
 *
 * @param z scaled rows, row-major, all finite
 * @param labels 0 or 1, both present
 * @param lambda > 0
 */
export function fitRidgeLogistic(z: Float32Array, width: number, labels: Uint8Array, lambda: number): Line {
  const size = width + 1; // the intercept comes last
  const share = labels.reduce((sum, label) => sum + label, 0) / labels.length;
  let beta = new Float64Array(size);
  beta[width] = Math.log(share / (1 - share));
  let loss = lossOf(z, width, labels, lambda, beta);

  for (let step = 0; step < MAX_STEPS; step++) {
    const { gradient, hessian } = derivatives(z, width, labels, lambda, beta);
    const direction = solveSymmetric(hessian, gradient);
    const decrement = direction.reduce((sum, value, i) => sum + value * gradient[i]!, 0);
    if (!(decrement > DONE)) break;
    const next = downhill(beta, direction, loss, (candidate) => lossOf(z, width, labels, lambda, candidate));
    if (next === undefined) break; // no better point within rounding
    [beta, loss] = [next.beta, next.loss];
  }
  return { weights: beta.slice(0, width), intercept: beta[width]! };
}

function downhill(
  beta: Float64Array,
  direction: Float64Array,
  loss: number,
  lossAt: (beta: Float64Array) => number,
): { beta: Float64Array<ArrayBuffer>; loss: number } | undefined {
  for (let halving = 0, length = 1; halving < MAX_HALVINGS; halving++, length /= 2) {
    const candidate = Float64Array.from(beta, (value, i) => value - length * direction[i]!);
    const reached = lossAt(candidate);
    if (reached < loss) return { beta: candidate, loss: reached };
  }
  return undefined;
}

function logitAt(z: Float32Array, from: number, beta: Float64Array, width: number): number {
  let logit = beta[width]!;
  for (let i = 0; i < width; i++) logit += beta[i]! * z[from + i]!;
  return logit;
}

function lossOf(z: Float32Array, width: number, labels: Uint8Array, lambda: number, beta: Float64Array): number {
  let loss = 0;
  for (let row = 0, from = 0; row < labels.length; row++, from += width) {
    const logit = logitAt(z, from, beta, width);
    loss += softplus(logit) - (labels[row] === 1 ? logit : 0);
  }
  let squares = 0;
  for (let i = 0; i < width; i++) squares += beta[i]! ** 2;
  return loss + (lambda / 2) * squares;
}

/** @returns gradient and the lower half of the Hessian, row-major */
function derivatives(z: Float32Array, width: number, labels: Uint8Array, lambda: number, beta: Float64Array) {
  const size = width + 1;
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  const row1 = new Float64Array(size).fill(1); // the row, then the intercept's 1
  for (let row = 0, from = 0; row < labels.length; row++, from += width) {
    for (let i = 0; i < width; i++) row1[i] = z[from + i]!;
    const p = sigmoid(logitAt(z, from, beta, width));
    const residual = p - labels[row]!;
    const curvature = p * (1 - p);
    for (let i = 0; i < size; i++) {
      gradient[i]! += residual * row1[i]!;
      const scaled = curvature * row1[i]!;
      for (let j = 0, at = i * size; j <= i; j++, at++) hessian[at]! += scaled * row1[j]!;
    }
  }
  for (let i = 0; i < width; i++) {
    gradient[i]! += lambda * beta[i]!;
    hessian[i * size + i]! += lambda;
  }
  return { gradient, hessian };
}
