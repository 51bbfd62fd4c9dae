/** Turns a score into a probability: 1 / (1 + exp(−(slope × logit(score) + offset))). */
export interface Calibration {
  /** ≥ 0: a calibration never turns the order round */
  readonly slope: number;
  readonly offset: number;
}

const NEWTON_STEPS = 50;
const DONE = 1e-10;

/**
 * Platt's calibration (1999), with his smoothed targets, fitted by Newton's method as Lin, Lin and Weng (2007) do. To be
 * fitted on out-of-fold predictions: on its own training rows every model looks sure.
 *
 * @param scores 0..1
 * @param labels 0 or 1, one a score
 * @returns the base rate for every score where the scores rank the wrong way round or say nothing
 */
export function fitPlatt(scores: Float64Array, labels: Uint8Array): Calibration {
  const inputs = scores.map(logit);
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (labels.length - positives + 2);
  const targets = Float64Array.from(labels, (label) => (label === 1 ? high : low));
  const flat: Calibration = { slope: 0, offset: Math.log((positives + 1) / (labels.length - positives + 1)) };

  let fit = flat;
  let loss = lossOf(fit, inputs, targets);
  for (let step = 0; step < NEWTON_STEPS; step++) {
    const direction = newtonStep(fit, inputs, targets);
    let share = 1;
    let next = fit;
    let nextLoss = loss;
    for (; share > 1e-6; share /= 2) {
      next = { slope: fit.slope + share * direction.slope, offset: fit.offset + share * direction.offset };
      nextLoss = lossOf(next, inputs, targets);
      if (nextLoss <= loss) break;
    }
    if (!(nextLoss < loss - DONE)) break;
    fit = next;
    loss = nextLoss;
  }
  return fit.slope > 0 ? fit : flat;
}

export function calibrate({ slope, offset }: Calibration, score: number): number {
  return sigmoid(slope * logit(score) + offset);
}

function newtonStep({ slope, offset }: Calibration, inputs: Float64Array, targets: Float64Array): Calibration {
  // a trace on the diagonal keeps the step finite where all scores are equal
  let [h11, h12, h22] = [1e-9, 0, 1e-9];
  let [g1, g2] = [0, 0];
  for (let i = 0; i < inputs.length; i++) {
    const x = inputs[i]!;
    const p = sigmoid(slope * x + offset);
    const curve = p * (1 - p);
    const error = p - targets[i]!;
    h11 += curve * x * x;
    h12 += curve * x;
    h22 += curve;
    g1 += error * x;
    g2 += error;
  }
  const det = h11 * h22 - h12 * h12;
  if (!(det > 0)) return { slope: 0, offset: -g2 / h22 };
  return { slope: -(h22 * g1 - h12 * g2) / det, offset: -(h11 * g2 - h12 * g1) / det };
}

/** Cross entropy against the targets. */
function lossOf({ slope, offset }: Calibration, inputs: Float64Array, targets: Float64Array): number {
  let loss = 0;
  for (let i = 0; i < inputs.length; i++) {
    const z = slope * inputs[i]! + offset;
    // log(1 + e^z) without overflow
    loss += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - targets[i]! * z;
  }
  return loss;
}

const EDGE = 1e-6;

/** Log odds of a score; the ends are a millionth away from 0 and 1, so that none is infinite. */
export function logit(score: number): number {
  const inside = Math.min(Math.max(score, EDGE), 1 - EDGE);
  return Math.log(inside / (1 - inside));
}

export function sigmoid(z: number): number {
  return z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z));
}
