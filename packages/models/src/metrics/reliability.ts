/** Predictions of about the same size, and what came of them. */
export interface ReliabilityBin {
  readonly count: number;
  /** mean probability that was predicted */
  readonly predicted: number;
  /** share that really was positive */
  readonly observed: number;
}

/** Probabilities against what happened, in bins of equal count, rising. */
export function reliabilityCurve(probabilities: Float64Array, labels: Uint8Array, bins = 10): ReliabilityBin[] {
  const rows = Array.from(probabilities.keys()).sort((a, b) => probabilities[a]! - probabilities[b]! || a - b);
  const curve: ReliabilityBin[] = [];
  for (let bin = 0; bin < bins; bin++) {
    const inBin = rows.slice(Math.round((bin * rows.length) / bins), Math.round(((bin + 1) * rows.length) / bins));
    if (inBin.length === 0) continue;
    const mean = (of: ArrayLike<number>) => inBin.reduce((sum, row) => sum + of[row]!, 0) / inBin.length;
    curve.push({ count: inBin.length, predicted: mean(probabilities), observed: mean(labels) });
  }
  return curve;
}

/** Expected calibration error: mean distance of predicted and observed over the bins; NaN without any. */
export function expectedCalibrationError(curve: readonly ReliabilityBin[]): number {
  let distance = 0;
  let count = 0;
  for (const bin of curve) {
    distance += bin.count * Math.abs(bin.predicted - bin.observed);
    count += bin.count;
  }
  return distance / count;
}

/**
 * Brier skill: 1 − squared error ÷ squared error of saying the base rate that was known when the model was trained. 0 is no
 * better than that, below 0 is worse; NaN without rows, or where the base rate was never wrong.
 */
export function brierSkill(probabilities: Float64Array, labels: Uint8Array, baseRates: Float64Array): number {
  let error = 0;
  let baseError = 0;
  for (let row = 0; row < labels.length; row++) {
    error += (probabilities[row]! - labels[row]!) ** 2;
    baseError += (baseRates[row]! - labels[row]!) ** 2;
  }
  return baseError > 0 ? 1 - error / baseError : Number.NaN;
}
