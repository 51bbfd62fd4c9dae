import type { ExchangeSymbol, Ticker24h } from './market.ts';

export interface HypeCriteria {
  /** quote traded in 24 h, at least */
  readonly minQuoteVolume: number;
  /** 24 h change as a fraction, at least */
  readonly minChange24h: number;
  /** and at most: what ran further fell, on average, in the next hours */
  readonly maxChange24h: number;
  /** quote per base, at least */
  readonly minPrice: number;
  /** (ask − bid) ÷ mid, at most */
  readonly maxSpread: number;
  /** how many go on to classification */
  readonly maxCandidates: number;
}

export type HypeRejection =
  | 'no_price'
  | 'price_below_floor'
  | 'no_volume'
  | 'volume_below_floor'
  | 'no_change'
  | 'change_below_floor'
  | 'change_above_ceiling'
  | 'spread_above_ceiling'
  | 'ranked_out';

export interface HypeToken {
  readonly ticker: Ticker24h;
  /** (ask − bid) ÷ mid */
  readonly spread: number;
  /** 1 is the strongest 24 h change */
  readonly rank: number;
}

export interface HypeResult {
  readonly tokens: readonly HypeToken[];
  readonly rejected: ReadonlyMap<ExchangeSymbol, HypeRejection>;
}

/** (ask − bid) ÷ mid; infinite where a side is missing or the book is crossed. */
export function spreadOf(ticker: Pick<Ticker24h, 'bid' | 'ask'>): number {
  if (!(ticker.bid > 0 && ticker.ask >= ticker.bid)) return Number.POSITIVE_INFINITY;
  return (ticker.ask - ticker.bid) / ((ticker.ask + ticker.bid) / 2);
}

function hypeRejection(ticker: Ticker24h, criteria: HypeCriteria): Exclude<HypeRejection, 'ranked_out'> | null {
  if (!(ticker.last > 0)) return 'no_price';
  if (ticker.last < criteria.minPrice) return 'price_below_floor';
  if (ticker.quoteVolume === null) return 'no_volume';
  if (ticker.quoteVolume < criteria.minQuoteVolume) return 'volume_below_floor';
  if (ticker.change === null) return 'no_change';
  if (ticker.change < criteria.minChange24h) return 'change_below_floor';
  if (ticker.change > criteria.maxChange24h) return 'change_above_ceiling';
  if (spreadOf(ticker) > criteria.maxSpread) return 'spread_above_ceiling';
  return null;
}

/** Ranks by 24 h change, ties by volume and then name, so that one input has one answer. */
export function findHype(tickers: readonly Ticker24h[], criteria: HypeCriteria): HypeResult {
  const rejected = new Map<ExchangeSymbol, HypeRejection>();
  const passed: Ticker24h[] = [];
  for (const ticker of tickers) {
    const rejection = hypeRejection(ticker, criteria);
    if (rejection === null) passed.push(ticker);
    else rejected.set(ticker.market, rejection);
  }

  passed.sort(
    (a, b) =>
      (b.change ?? 0) - (a.change ?? 0) ||
      (b.quoteVolume ?? 0) - (a.quoteVolume ?? 0) ||
      (a.market < b.market ? -1 : a.market > b.market ? 1 : 0),
  );
  for (const ticker of passed.slice(criteria.maxCandidates)) rejected.set(ticker.market, 'ranked_out');

  const tokens = passed
    .slice(0, criteria.maxCandidates)
    .map((ticker, index) => ({ ticker, spread: spreadOf(ticker), rank: index + 1 }));
  return { tokens, rejected };
}
