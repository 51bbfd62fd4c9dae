import { DAY_MS } from '@mexc-bot/core';
import { createRandom } from '../random.ts';

/** Which rows belong together: those of one day share its market and are no independent evidence. */
export interface Clusters {
  /** cluster of each row, 0..count − 1 */
  readonly of: Int32Array;
  readonly count: number;
}

/** A figure for given weights of the clusters (how often each was drawn); NaN where it is not defined. */
export type Statistic = (weights: Float64Array) => number;

export interface Interval {
  readonly value: number;
  /** 95 % interval, clustered; NaN where there are fewer than two clusters */
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  readonly replicates: number;
  readonly seed: number;
}

/**
 * Clusters of UTC days.
 *
 * @param times one a row, ms UTC
 */
export function dayClusters(times: Float64Array): Clusters {
  const known = new Map<number, number>();
  const of = new Int32Array(times.length);
  for (const [row, time] of times.entries()) {
    const day = Math.floor(time / DAY_MS);
    let cluster = known.get(day);
    if (cluster === undefined) {
      cluster = known.size;
      known.set(day, cluster);
    }
    of[row] = cluster;
  }
  return { of, count: known.size };
}

/** Every cluster once: the figure on the rows as they are. */
export const everyCluster = ({ count }: Clusters): Float64Array => new Float64Array(count).fill(1);

/**
 * Cluster bootstrap: clusters are drawn with replacement, as many as there are, and every figure is computed of the same
 * draws, so that figures may be compared replicate by replicate.
 *
 * @param among clusters that have rows in the figures; the others are not drawn
 * @returns a column of `replicates` values for each figure
 */
export function bootstrap(
  statistics: readonly Statistic[],
  clusters: Clusters,
  among: Int32Array,
  { replicates, seed }: BootstrapOptions,
): Float64Array[] {
  const random = createRandom(seed);
  const columns = statistics.map(() => new Float64Array(replicates));
  const weights = new Float64Array(clusters.count);
  for (let replicate = 0; replicate < replicates; replicate++) {
    weights.fill(0);
    for (let draw = 0; draw < among.length; draw++) {
      const cluster = among[Math.floor(random() * among.length)]!;
      weights[cluster] = weights[cluster]! + 1;
    }
    for (const [index, statistic] of statistics.entries()) columns[index]![replicate] = statistic(weights);
  }
  return columns;
}

/** The clusters of some rows, each once, in the order of rows. */
export function clustersAmong(clusters: Clusters, ranges: readonly { readonly from: number; readonly to: number }[]) {
  const seen = new Set<number>();
  for (const { from, to } of ranges) for (let row = from; row < to; row++) seen.add(clusters.of[row]!);
  return Int32Array.from(seen);
}

/** The middle 95 % of the replicates around a value; those that are not defined are left out. */
export function intervalOf(value: number, replicates: Float64Array): Interval {
  const sorted = replicates.filter((replicate) => !Number.isNaN(replicate)).sort();
  // where half of the draws cannot even be computed, an interval of the rest would be a selection
  if (sorted.length * 2 <= replicates.length) return { value, low: Number.NaN, high: Number.NaN };
  return { value, low: quantileOf(sorted, 0.025), high: quantileOf(sorted, 0.975) };
}

/** The difference of two figures of the same draws. */
export function pairedDifference(a: Interval, b: Interval, draws: readonly [Float64Array, Float64Array]): Interval {
  return intervalOf(
    a.value - b.value,
    draws[0].map((replicate, index) => replicate - draws[1][index]!),
  );
}

/** @param sorted rising, at least one value; between two of them the quantile is interpolated */
function quantileOf(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (at - below);
}
