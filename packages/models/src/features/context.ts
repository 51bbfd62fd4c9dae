import type { CandleColumns } from '@mexc-bot/core';

/** What a feature row takes from elsewhere than the market's own candles. `null`: not known here. */
export interface FeatureContext {
  /** 24 h change as a fraction; from the candles where not known */
  readonly change24h: number | null;
  /** place by 24 h change among the hype tokens of the moment, 1 is the strongest */
  readonly rank: number | null;
  /** (ask − bid) ÷ mid; infinite (a side is missing) counts as not known */
  readonly spread: number | null;
  /** quote traded in 24 h; from the candles where not known */
  readonly quoteVolume24h: number | null;
  /** hours since the market was first seen */
  readonly ageHours: number | null;
  /** share of all markets that rose in 24 h, 0..1 */
  readonly breadth: number | null;
  /** candles of BTC/USDT of the same timeframe; only those up to a row's own are used for it */
  readonly btc: CandleColumns | null;
}

/** {@link FeatureContext} for a whole series: one value per candle, NaN where not known. */
export type ContextColumns = {
  readonly [Key in keyof Omit<FeatureContext, 'btc'>]: Float64Array | null;
} & Pick<FeatureContext, 'btc'>;

/** Nothing but the market's own candles is known: rank, spread, age, breadth and BTC's features are then NaN. */
export const NO_CONTEXT: ContextColumns & FeatureContext = {
  change24h: null,
  rank: null,
  spread: null,
  quoteVolume24h: null,
  ageHours: null,
  breadth: null,
  btc: null,
};

/** The context of the last candle as columns. */
export function contextAtLast(context: FeatureContext, length: number): ContextColumns {
  const column = (value: number | null): Float64Array | null => {
    if (value === null) return null;
    const values = new Float64Array(length).fill(Number.NaN);
    values[length - 1] = value;
    return values;
  };
  return {
    change24h: column(context.change24h),
    rank: column(context.rank),
    spread: column(context.spread),
    quoteVolume24h: column(context.quoteVolume24h),
    ageHours: column(context.ageHours),
    breadth: column(context.breadth),
    btc: context.btc,
  };
}
