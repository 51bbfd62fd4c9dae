import type { Rows } from '../engine.ts';
import type { FeatureGroup } from '../features/definition.ts';
import { DEFAULT_GROUPS, featureIndex, featuresOf } from '../features/feature-set.ts';
import { columnOfRows, selectColumns, sliceRows } from '../rows.ts';
import type { RowRange } from '../splits/walk-forward.ts';

/** Labelled rows in time order, with what a judgement of them needs. */
export interface TrainingSet {
  /** what the engine reads */
  readonly rows: Rows;
  /** 0 or 1, one a row */
  readonly labels: Uint8Array;
  /** 1 the target, −1 its opposite, 0 neither: what the up-against-down AUC tells apart */
  readonly moves: Int8Array;
  /** what a trade of the row returns before costs, fraction */
  readonly returns: Float64Array;
  /** of the decision, ms UTC, rising */
  readonly times: Float64Array;
  /** which market each row is of, as any number */
  readonly markets: Int32Array;
  /** ATR % and 24 h change of each row: what a model has to beat */
  readonly atr: Float64Array;
  readonly change24h: Float64Array;
  /** (ask − bid) ÷ mid when it was decided, NaN where not known: candles do not tell */
  readonly spread: Float64Array;
}

/** What happened, row by row: everything of a {@link TrainingSet} but its features. */
export type RowOutcomes = Omit<TrainingSet, 'rows' | 'atr' | 'change24h' | 'spread'>;

/**
 * A set of stored feature rows. ATR % as what a model has to beat is taken over a day: on recorded markets it ranks better
 * than over 14 candles of 5 minutes.
 *
 * @param stored every feature of `FEATURE_SET`, in time order
 * @param groups what the engine may read
 */
export function trainingSetOf(
  stored: Rows,
  outcomes: RowOutcomes,
  groups: readonly FeatureGroup[] = DEFAULT_GROUPS,
): TrainingSet {
  return {
    ...outcomes,
    rows: selectColumns(stored, featuresOf(groups)),
    atr: columnOfRows(stored, featureIndex('atr_24h')),
    change24h: columnOfRows(stored, featureIndex('change_24h')),
    spread: columnOfRows(stored, featureIndex('spread')),
  };
}

/** A part of a set; shares its memory. */
export function sliceSet(set: TrainingSet, range: RowRange): TrainingSet {
  const { from, to } = range;
  return {
    rows: sliceRows(set.rows, range),
    labels: set.labels.subarray(from, to),
    moves: set.moves.subarray(from, to),
    returns: set.returns.subarray(from, to),
    times: set.times.subarray(from, to),
    markets: set.markets.subarray(from, to),
    atr: set.atr.subarray(from, to),
    change24h: set.change24h.subarray(from, to),
    spread: set.spread.subarray(from, to),
  };
}

/** Why there is no model. */
export type TrainingFault = 'no_rows' | 'too_few_rows' | 'one_class' | 'constant_features';

/** Rows, and rows of each class, that a model is fitted on at least. */
export interface LeastEvidence {
  readonly rows: number;
  readonly ofEachClass: number;
}

export const LEAST_EVIDENCE: LeastEvidence = { rows: 300, ofEachClass: 20 };

/** @returns what keeps a set from being learnt from, null if nothing does */
export function trainingFault(set: TrainingSet, least: LeastEvidence = LEAST_EVIDENCE): TrainingFault | null {
  const { rows, labels } = set;
  if (rows.count === 0) return 'no_rows';
  if (rows.count < least.rows) return 'too_few_rows';
  const positives = labels.reduce((sum, label) => sum + label, 0);
  if (Math.min(positives, rows.count - positives) < least.ofEachClass) return 'one_class';
  return anyVaries(rows) ? null : 'constant_features';
}

/** Whether a feature has two different finite values. */
function anyVaries({ x, width, count }: Rows): boolean {
  for (let column = 0; column < width; column++) {
    let first = Number.NaN;
    for (let row = 0; row < count; row++) {
      const value = x[row * width + column]!;
      if (!Number.isFinite(value)) continue;
      if (Number.isNaN(first)) first = value;
      else if (value !== first) return true;
    }
  }
  return false;
}
