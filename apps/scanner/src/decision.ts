import {
  decideToken,
  explainToken,
  type RegimeState,
  type ScanTerms,
  type Stage,
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

/** What was decided about a token, as it is kept. @throws {Error} the token was left half-way: a bug */
export function decisionRow(
  { facts, reading, features }: Looked,
  bid: Bid | null,
  terms: ScanTerms,
  regime: RegimeState,
): CandidateRow {
  const final = bid?.facts ?? facts;
  const { token, classification, verdict } = final;
  const { ticker } = token;
  const reason = reasonOf(facts, bid, terms);
  if (reason === UNDECIDED) throw new Error(`a scan ended with ${ticker.market} undecided`);
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
    decision: isBought(bid) ? 'bought' : 'rejected',
    reason,
    candleAt: reading?.candles.openTime[reading.at] ?? null,
    stages: [...explainToken(final, terms, regime), ...orderStages(bid)],
    features: features?.values ?? null,
    featureSet: features?.set ?? null,
    positionId: bid?.order?.positionId ?? null,
  };
}

/** The account was not asked about it yet. */
const UNDECIDED = 'undecided';

/** Why a token was, or was not, bought, as far as that is known by now. */
export function reasonOf(facts: TokenFacts, bid: Bid | null, terms: ScanTerms): string {
  if (isBought(bid)) return 'bought';
  const decision = decideToken(bid?.facts ?? facts, terms);
  if (decision.state === 'rejected') return decision.reason;
  if (decision.state !== 'approved') return UNDECIDED;
  return bid?.order ? `order_${bid.order.state}` : 'dry_run';
}

const isBought = (bid: Bid | null): boolean => bid?.order?.filled.gt(0) === true;

function orderStages(bid: Bid | null): Stage[] {
  if (bid === null || bid.approved === null) return [];
  const { price, quantity } = bid.approved;
  const passed = isBought(bid) || bid.order?.state === 'intended';
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
  if (state === 'intended') return [sent, row('order', state)];
  return [sent, row('order', detail === null ? state : `${state}: ${detail}`), row('filled', filled.toString())];
}

/** JSON has neither NaN nor Infinity: what is not a number is kept as null. */
function finite(measures: Record<string, number | null>): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(measures).map(([name, value]) => [name, Number.isFinite(value) ? value : null]),
  );
}
