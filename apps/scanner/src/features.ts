import { type CandleColumns, HOUR_MS, type HypeToken } from '@mexc-bot/core';
import { FEATURE_SET, featureRow } from '@mexc-bot/models';
import type { TokenFeatures } from './decision.ts';
import type { Reading } from './reading.ts';

/** What a token's features take from elsewhere than its own candles. */
export interface FeatureMoment {
  /** market time, ms UTC */
  readonly at: number;
  /** market ms UTC; null: listed before this suite first looked */
  readonly firstSeenAt: number | null;
  readonly breadth: number | null;
  readonly btc: CandleColumns | null;
}

/** The exact vector that models are asked with and trained on; null without a candle. */
export function featuresOf(
  { candles, at }: Reading,
  { ticker, rank, spread }: HypeToken,
  moment: FeatureMoment,
): TokenFeatures | null {
  if (at < 0) return null;
  const { firstSeenAt, breadth, btc } = moment;
  const values = featureRow(candles, {
    change24h: ticker.change,
    quoteVolume24h: ticker.quoteVolume,
    rank,
    spread,
    ageHours: firstSeenAt === null ? null : (moment.at - firstSeenAt) / HOUR_MS,
    breadth,
    btc,
  });
  return { set: FEATURE_SET.hash, values };
}
