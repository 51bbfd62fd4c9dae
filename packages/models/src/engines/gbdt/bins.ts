import type { Rows } from '../../engine.ts';
import { columnOf, createColumnSorter } from '../sort-column.ts';

/** Bins 0..254 hold values, rising; the last one holds what is missing. */
export const MISSING_BIN = 255;
const VALUE_BINS = 255;
/** Features are binned four to a word: one read of a row then serves four histograms. */
export const LANES = 4;

/** Rows whose features are replaced by the bin they fall into; features without two different bins are left out. */
export interface BinnedRows {
  readonly count: number;
  /** for each feature kept: its column in the rows */
  readonly features: Int32Array;
  /** for each feature kept: a value ≤ `thresholds[k]` falls into bin k or a lower one */
  readonly thresholds: readonly Float64Array[];
  readonly hasMissing: readonly boolean[];
  /** for each four features, all rows: feature `lane` of the four is byte `lane` */
  readonly words: readonly Uint32Array[];
}

/**
 * Bins of about equal row counts, or one bin a value where there are few. Only the order of values decides, so a monotone
 * transform of a feature changes no bin.
 *
 * @param values rising, at least one
 * @returns the thresholds between bins, rising: quantiles, or the middle between neighbours where there are few
 */
function thresholdsOf(values: Float32Array): Float64Array {
  const distinct: number[] = [];
  for (let i = 1; i < values.length && distinct.length < VALUE_BINS; i++) {
    if (values[i]! !== values[i - 1]!) distinct.push((values[i]! + values[i - 1]!) / 2);
  }
  if (distinct.length < VALUE_BINS) return Float64Array.from(distinct);
  const cuts: number[] = [];
  for (let bin = 1; bin < VALUE_BINS; bin++) {
    const at = (bin * values.length) / VALUE_BINS;
    const cut = (values[Math.ceil(at) - 1]! + values[Math.floor(at)]!) / 2;
    // a cut at the very top would leave an empty bin above it
    if (cut !== cuts.at(-1) && cut < values.at(-1)!) cuts.push(cut);
  }
  return Float64Array.from(cuts);
}

/** The bin of every row of one feature. */
function binColumn(
  bins: Uint8Array,
  sorted: { values: Float32Array; order: Uint32Array },
  thresholds: Float64Array,
): void {
  bins.fill(MISSING_BIN);
  let bin = 0;
  for (let i = 0; i < sorted.order.length; i++) {
    const value = sorted.values[i]!;
    while (bin < thresholds.length && value > thresholds[bin]!) bin++;
    bins[sorted.order[i]!] = bin;
  }
}

export function binRows(rows: Rows): BinnedRows {
  const { width, count } = rows;
  const sort = createColumnSorter(count);
  const features: number[] = [];
  const thresholds: Float64Array[] = [];
  const hasMissing: boolean[] = [];
  const words: Uint32Array[] = [];
  const bins = new Uint8Array(count);
  for (let feature = 0; feature < width; feature++) {
    const sorted = sort(columnOf(rows, feature));
    const missing = sorted.values.length < count;
    const cuts = sorted.values.length === 0 ? new Float64Array(0) : thresholdsOf(sorted.values);
    if (cuts.length === 0 && !(missing && sorted.values.length > 0)) continue;
    binColumn(bins, sorted, cuts);
    const lane = features.length % LANES;
    if (lane === 0) words.push(new Uint32Array(count));
    const word = words.at(-1)!;
    for (let row = 0; row < count; row++) word[row]! |= bins[row]! << (8 * lane);
    features.push(feature);
    thresholds.push(cuts);
    hasMissing.push(missing);
  }
  return { count, features: Int32Array.from(features), thresholds, hasMissing, words };
}
