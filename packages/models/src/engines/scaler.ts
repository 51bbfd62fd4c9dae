import type { Rows } from '../engine.ts';
import { columnOf, createColumnSorter } from './sort-column.ts';

/** How raw features become what `logistic` and `mlp` learn from; one number a feature. */
export interface Scaler {
  /** 1st and 99th percentile: what lies outside counts as the bound */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** the median, where a row has no finite value; 0 for a feature without any */
  readonly fill: Float64Array;
  readonly mean: Float64Array;
  /** standard deviation after clipping and filling; 1 for a constant feature, which so becomes 0 */
  readonly deviation: Float64Array;
}

const WINSOR_SHARE = 0.01;
/** A deviation this small against its mean is rounding, not information. */
const CONSTANT = 1e-9;

/** @param sorted rising, at least one value; between two of them the quantile is interpolated */
function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (at - below);
}

/** Learns the scale of every feature from training rows; NaN and infinite values count as missing. */
export function fitScaler(rows: Rows): Scaler {
  const { width, count } = rows;
  const columns = (): Float64Array => new Float64Array(width);
  const scaler = { low: columns(), high: columns(), fill: columns(), mean: columns(), deviation: columns().fill(1) };
  const sort = createColumnSorter(count);
  for (let feature = 0; feature < width; feature++) {
    const column = columnOf(rows, feature);
    const { values } = sort(column);
    if (values.length === 0) continue;
    const low = quantile(values, WINSOR_SHARE);
    const high = quantile(values, 1 - WINSOR_SHARE);
    const fill = quantile(values, 0.5);
    scaler.low[feature] = low;
    scaler.high[feature] = high;
    scaler.fill[feature] = fill;

    const clean = (value: number): number => (Number.isFinite(value) ? Math.min(Math.max(value, low), high) : fill);
    let sum = 0;
    for (const value of column) sum += clean(value);
    const mean = sum / count;
    let squares = 0;
    for (const value of column) squares += (clean(value) - mean) ** 2;
    const deviation = Math.sqrt(squares / count);
    scaler.mean[feature] = mean;
    if (deviation > CONSTANT * Math.abs(mean)) scaler.deviation[feature] = deviation;
    else scaler.low[feature] = scaler.high[feature] = scaler.fill[feature] = mean;
  }
  return scaler;
}

/**
 * Scales one row into `out`.
 *
 * @param from where the row begins in `values`; read as 32-bit floats, so that a live row scores as the same row did in training
 */
export function scaleRow(
  scaler: Scaler,
  values: ArrayLike<number>,
  from: number,
  out: Float64Array | Float32Array,
): void {
  const { low, high, fill, mean, deviation } = scaler;
  for (let feature = 0; feature < mean.length; feature++) {
    const value = Math.fround(values[from + feature]!);
    const clean = Number.isFinite(value) ? Math.min(Math.max(value, low[feature]!), high[feature]!) : fill[feature]!;
    out[feature] = (clean - mean[feature]!) / deviation[feature]!;
  }
}

/** @returns scaled rows, row-major */
export function scaleRows(scaler: Scaler, rows: Rows): Float32Array {
  const out = new Float32Array(rows.count * rows.width);
  for (let row = 0; row < rows.count; row++) {
    scaleRow(scaler, rows.x, row * rows.width, out.subarray(row * rows.width, (row + 1) * rows.width));
  }
  return out;
}
