import { DAY_MS } from '@mexc-bot/core';
import { bootstrap, type Clusters, everyCluster, type Interval, intervalOf } from '@mexc-bot/models';
import type { RecordedTrade } from '../record/trading-record.ts';

/** Fewer episodes say nothing about a strategy: the page says so instead of a verdict. */
export const LEAST_EPISODES = 30;
/** Of fewer, resampling cannot even tell how little is known: no interval is given. */
export const LEAST_FOR_INTERVAL = 10;
/** All tokens of a day share the market's mood: on fewer days even many episodes are narrow evidence. */
export const LEAST_DAYS = 20;

export interface ResampleOptions {
  readonly replicates: number;
  readonly seed: number;
}

/** Enough that the ends of an interval hold still to a percent of its width. */
export const DEFAULT_RESAMPLE: ResampleOptions = { replicates: 2_000, seed: 1 };

/** A mean over trades. */
export interface Expectancy {
  /** NaN without a trade */
  readonly value: number;
  /** 95 % interval, clustered by token-day; NaN below {@link LEAST_FOR_INTERVAL} episodes */
  readonly low: number;
  readonly high: number;
  /** token-days with a trade */
  readonly episodes: number;
}

/**
 * An episode is one token on one UTC day: trades of one pump are one piece of evidence, however many they are.
 *
 * @returns a key each trade of the episode shares
 */
const episodeOf = ({ market, openedAt }: RecordedTrade): string => `${market} ${Math.floor(openedAt / DAY_MS)}`;

export const daysOf = (trades: readonly RecordedTrade[]): number =>
  new Set(trades.map(({ openedAt }) => Math.floor(openedAt / DAY_MS))).size;

/** Mean of a figure over trades, with an interval from drawing whole episodes with replacement. */
export function expectancyOf(
  trades: readonly RecordedTrade[],
  figure: (trade: RecordedTrade) => number,
  options: ResampleOptions = DEFAULT_RESAMPLE,
): Expectancy {
  const { clusters, sums, counts } = summedByEpisode(trades, figure);
  const episodes = clusters.count;
  const mean = (weights: Float64Array): number => {
    let [sum, count] = [0, 0];
    for (let episode = 0; episode < episodes; episode++) {
      sum += weights[episode]! * sums[episode]!;
      count += weights[episode]! * counts[episode]!;
    }
    return count === 0 ? Number.NaN : sum / count;
  };
  const value = mean(everyCluster(clusters));
  if (episodes < LEAST_FOR_INTERVAL) return { value, low: Number.NaN, high: Number.NaN, episodes };
  const among = Int32Array.from({ length: episodes }, (_, episode) => episode);
  const [means] = bootstrap([mean], clusters, among, options) as [Float64Array];
  const { low, high }: Interval = intervalOf(value, means);
  return { value, low, high, episodes };
}

function summedByEpisode(trades: readonly RecordedTrade[], figure: (trade: RecordedTrade) => number) {
  const known = new Map<string, number>();
  const of = new Int32Array(trades.length);
  const [sums, counts]: [number[], number[]] = [[], []];
  for (const [row, trade] of trades.entries()) {
    const key = episodeOf(trade);
    const episode = known.get(key) ?? known.size;
    known.set(key, episode);
    of[row] = episode;
    sums[episode] = (sums[episode] ?? 0) + figure(trade);
    counts[episode] = (counts[episode] ?? 0) + 1;
  }
  const clusters: Clusters = { of, count: known.size };
  return { clusters, sums, counts };
}
