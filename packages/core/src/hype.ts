import { type Check, type Comparison, compares } from './check.ts';
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
  /** place of every token that passed the filters, those ranked out too; 1 is the strongest */
  readonly ranks: ReadonlyMap<ExchangeSymbol, number>;
  readonly rejected: ReadonlyMap<ExchangeSymbol, HypeRejection>;
}

/** (ask − bid) ÷ mid; infinite where a side is missing or the book is crossed. */
export function spreadOf(ticker: Pick<Ticker24h, 'bid' | 'ask'>): number {
  if (!(ticker.bid > 0 && ticker.ask >= ticker.bid)) return Number.POSITIVE_INFINITY;
  return (ticker.ask - ticker.bid) / ((ticker.ask + ticker.bid) / 2);
}

interface HypeRule {
  readonly check: string;
  readonly is: Comparison;
  /** null: the exchange gave none */
  value(ticker: Ticker24h): number | null;
  threshold(criteria: HypeCriteria): number;
  readonly missing: HypeRejection;
  readonly fails: HypeRejection;
}

const rule = (
  check: string,
  value: HypeRule['value'],
  is: Comparison,
  threshold: HypeRule['threshold'],
  fails: HypeRejection,
  missing: HypeRejection = fails,
): HypeRule => ({ check, value, is, threshold, fails, missing });

const RULES: readonly HypeRule[] = [
  rule(
    'price',
    (t) => t.last,
    '>',
    () => 0,
    'no_price',
  ),
  rule(
    'price',
    (t) => t.last,
    '>=',
    (c) => c.minPrice,
    'price_below_floor',
  ),
  rule(
    'quote_volume',
    (t) => t.quoteVolume,
    '>=',
    (c) => c.minQuoteVolume,
    'volume_below_floor',
    'no_volume',
  ),
  rule(
    'change_24h',
    (t) => t.change,
    '>=',
    (c) => c.minChange24h,
    'change_below_floor',
    'no_change',
  ),
  rule(
    'change_24h',
    (t) => t.change,
    '<=',
    (c) => c.maxChange24h,
    'change_above_ceiling',
    'no_change',
  ),
  rule('spread', spreadOf, '<=', (c) => c.maxSpread, 'spread_above_ceiling'),
];

/** The filters alone; makes no objects, so that a backtest may ask it of every candle. @returns null: it passed */
export function hypeRejection(ticker: Ticker24h, criteria: HypeCriteria): HypeRejection | null {
  for (const { value, is, threshold, missing, fails } of RULES) {
    const measured = value(ticker);
    if (measured === null) return missing;
    if (!compares(measured, is, threshold(criteria))) return fails;
  }
  return null;
}

/**
 * What the hype filters asked of a ticker, up to the one that rejected it.
 *
 * @param rank among those that passed; null: it was not ranked
 */
export function hypeChecks(ticker: Ticker24h, rank: number | null, criteria: HypeCriteria): Check[] {
  const checks: Check[] = [];
  for (const { check, value, is, threshold } of RULES) {
    const measured = value(ticker);
    const limit = threshold(criteria);
    const passed = measured !== null && compares(measured, is, limit);
    checks.push({ check, value: measured, is, threshold: limit, verdict: passed ? 'pass' : 'fail' });
    if (!passed) return checks;
  }
  const { maxCandidates } = criteria;
  const passed = rank !== null && rank <= maxCandidates;
  checks.push({ check: 'rank', value: rank, is: '<=', threshold: maxCandidates, verdict: passed ? 'pass' : 'fail' });
  return checks;
}

/** Orders tickers that passed the filters, strongest first: by 24 h change, ties by volume and then name, so that one input has one answer. */
export function rankHype(passed: Ticker24h[]): readonly Ticker24h[] {
  return passed.sort(
    (a, b) =>
      (b.change ?? 0) - (a.change ?? 0) ||
      (b.quoteVolume ?? 0) - (a.quoteVolume ?? 0) ||
      (a.market < b.market ? -1 : a.market > b.market ? 1 : 0),
  );
}

/** Filters and ranks. */
export function findHype(tickers: readonly Ticker24h[], criteria: HypeCriteria): HypeResult {
  const rejected = new Map<ExchangeSymbol, HypeRejection>();
  const passed: Ticker24h[] = [];
  for (const ticker of tickers) {
    const rejection = hypeRejection(ticker, criteria);
    if (rejection === null) passed.push(ticker);
    else rejected.set(ticker.market, rejection);
  }
  const ranked = rankHype(passed);
  for (const ticker of ranked.slice(criteria.maxCandidates)) rejected.set(ticker.market, 'ranked_out');

  const tokens = ranked
    .slice(0, criteria.maxCandidates)
    .map((ticker, index) => ({ ticker, spread: spreadOf(ticker), rank: index + 1 }));
  return { tokens, ranks: new Map(ranked.map(({ market }, index) => [market, index + 1])), rejected };
}
