import type { Classification, GateVerdict, HypeToken, Market } from '@mexc-bot/core';
import type { CandidateRow } from '@mexc-bot/store';
import type { Reading } from './reading.ts';

/** A classified token that passed the gate, on its way to the protections. */
export interface Contender {
  readonly token: HypeToken;
  readonly market: Market;
  readonly reading: Reading;
  readonly classification: Classification & { strategy: NonNullable<Classification['strategy']> };
  readonly verdict: GateVerdict;
}

/** What was decided about a token, as it is kept; rejected, unless the caller says otherwise. */
export function decided(
  token: HypeToken,
  classification: Classification,
  verdict: GateVerdict | null,
  reason: string,
): CandidateRow {
  const { ticker } = token;
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
    decision: 'rejected',
    reason,
    candleAt: null,
    stages: null,
    features: null,
    featureSet: null,
  };
}

/** JSON has neither NaN nor Infinity: what is not a number is kept as null. */
function finite(measures: Record<string, number | null>): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(measures).map(([name, value]) => [name, Number.isFinite(value) ? value : null]),
  );
}
