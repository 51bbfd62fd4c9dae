import {
  decideToken,
  explainToken,
  type RegimeState,
  type ScanTerms,
  type Stage,
  type TokenDecision,
  type TokenFacts,
} from '@mexc-bot/core';
import type { CandidateRow } from '@mexc-bot/store';
import type { Bid } from './buyer.ts';
import type { Reading } from './reading.ts';

/** The features a token was judged on. */
export interface TokenFeatures {
  readonly set: string;
  readonly values: Float64Array;
}

/** A hype token on its way through a scan. */
export interface Looked {
  readonly facts: TokenFacts;
  /** null: its candles could not be read */
  readonly reading: Reading | null;
  /** null: it showed no pattern, or they could not be computed */
  readonly features: TokenFeatures | null;
}

/** What was decided about a token, as it is kept. */
export function decisionRow(
  { facts, reading, features }: Looked,
  bid: Bid | null,
  terms: ScanTerms,
  regime: RegimeState,
): CandidateRow {
  const final = bid?.facts ?? facts;
  const { token, classification, verdict } = final;
  const { ticker } = token;
  const bought = bid?.order?.filled.gt(0) === true;
  return {
    market: ticker.market,
    price: ticker.last,
    strategy: classification.strategy,
    confidence: verdict?.confidence ?? null,
    measures: finite({
      change24h: ticker.change,
      quoteVolume24h: ticker.quoteVolume,
      spread: token.spread,
      rank: token.rank,
      ...classification.measures,
    }),
    decision: bought ? 'bought' : 'rejected',
    reason: bought ? 'bought' : reasonOf(decideToken(final, terms), bid),
    candleAt: reading?.candles.openTime[reading.at] ?? null,
    stages: [...explainToken(final, terms, regime), ...orderStages(bid)],
    features: features?.values ?? null,
    featureSet: features?.set ?? null,
  };
}

/** @throws {Error} the token was left half-way: a bug */
function reasonOf(decision: TokenDecision, bid: Bid | null): string {
  if (decision.state === 'rejected') return decision.reason;
  if (decision.state === 'approved') return bid?.order ? `order_${bid.order.state}` : 'dry_run';
  throw new Error(`a scan ended with a token that waits (${decision.state})`);
}

function orderStages(bid: Bid | null): Stage[] {
  if (bid === null || bid.approved === null) return [];
  const { price, quantity } = bid.approved;
  const passed = bid.order?.filled.gt(0) === true;
  const row = (check: string, value: string): Stage => ({
    stage: 'order',
    check,
    value,
    is: null,
    threshold: null,
    verdict: passed ? 'pass' : 'fail',
  });
  const sent = row('limit', `${quantity} at ${price}`);
  if (bid.order === null) return [sent, row('order', 'dry run')];
  const { state, filled, detail } = bid.order;
  return [sent, row('order', detail === null ? state : `${state}: ${detail}`), row('filled', filled.toString())];
}

/** JSON has neither NaN nor Infinity: what is not a number is kept as null. */
function finite(measures: Record<string, number | null>): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(measures).map(([name, value]) => [name, Number.isFinite(value) ? value : null]),
  );
}
