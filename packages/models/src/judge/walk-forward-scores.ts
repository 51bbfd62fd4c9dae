import { HOUR_MS } from '@mexc-bot/core';
import type { Engine } from '../engine.ts';
import { LABEL_HORIZON_MS } from '../labels/label.ts';
import { calibrate, fitPlatt } from '../metrics/calibration.ts';
import { type RowRange, type WalkForwardOptions, walkForward } from '../splits/walk-forward.ts';
import type { OutOfSample } from './judgement.ts';
import { LEAST_EVIDENCE, type LeastEvidence, sliceSet, type TrainingSet, trainingFault } from './training-set.ts';

export interface WalkForwardRun extends WalkForwardOptions {
  readonly seed: number;
  /** what a fold's training rows must have at least, or it is not tested */
  readonly least: LeastEvidence;
}

export const DEFAULT_WALK: WalkForwardRun = {
  blocks: 6,
  horizonMs: LABEL_HORIZON_MS,
  embargoMs: 6 * HOUR_MS,
  seed: 1,
  least: { rows: LEAST_EVIDENCE.rows / 3, ofEachClass: LEAST_EVIDENCE.ofEachClass / 2 },
};

/**
 * Predicts each block by a model of what came before it.
 *
 * @returns null where no block has enough before it
 */
export async function walkForwardScores(
  engine: Engine,
  set: TrainingSet,
  options: WalkForwardRun = DEFAULT_WALK,
): Promise<OutOfSample | null> {
  const scores = new Float64Array(set.rows.count).fill(Number.NaN);
  const baseRates = new Float64Array(set.rows.count).fill(Number.NaN);
  const folds: RowRange[] = [];
  for (const { train, test } of walkForward(set.times, options)) {
    const known = sliceSet(set, train);
    if (trainingFault(known, options.least) !== null) continue;
    const params = await engine.fit(known.rows, known.labels, { seed: options.seed });
    scores.set(engine.predictor(params).predictAll(sliceSet(set, test).rows), test.from);
    baseRates.fill(shareOf(known.labels), test.from, test.to);
    folds.push(test);
  }
  if (folds.length === 0) return null;
  return { scores, folds, probabilities: calibrateForward(scores, set.labels, folds), baseRates };
}

/** Calibrates each fold by the folds before it; the first has none and stays NaN. */
export function calibrateForward(scores: Float64Array, labels: Uint8Array, folds: readonly RowRange[]): Float64Array {
  const probabilities = new Float64Array(scores.length).fill(Number.NaN);
  for (const [index, { from, to }] of folds.entries()) {
    const before = folds.slice(0, index);
    if (before.length === 0) continue;
    const calibration = fitPlatt(joined(scores, before), joined(labels, before));
    for (let row = from; row < to; row++) probabilities[row] = calibrate(calibration, scores[row]!);
  }
  return probabilities;
}

/** The values of several ranges of rows behind each other. */
export function joined<Column extends Float64Array | Uint8Array | Int8Array>(
  column: Column,
  ranges: readonly RowRange[],
): Column {
  const rows = ranges.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i));
  const all = column.slice(0, rows.length) as Column;
  for (const [at, row] of rows.entries()) all[at] = column[row]!;
  return all;
}

export function shareOf(labels: Uint8Array): number {
  return labels.reduce((sum, label) => sum + label, 0) / labels.length;
}
