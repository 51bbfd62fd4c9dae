import type { ExchangeSymbol, Market } from './market.ts';

export interface UniverseCriteria {
  /** only markets quoted in this asset */
  readonly quote: string;
  /** base assets never traded: stable coins, wrapped coins, fiat */
  readonly excludedBases: readonly string[];
  /** markets the owner excludes, by exchange symbol */
  readonly blocklist: readonly ExchangeSymbol[];
  /** a market must have been listed this long */
  readonly minAgeMs: number;
}

/** Why a market is not traded. */
export type UniverseRejection =
  | 'other_quote'
  | 'not_online'
  | 'no_api_trading'
  | 'one_sided'
  | 'no_limit_orders'
  | 'risk_flagged'
  | 'excluded_base'
  | 'leveraged'
  | 'blocklisted'
  | 'too_new';

/** `BTC3L`, `DOGE5S`: tokens that track a multiple of another and decay. */
const LEVERAGED = /^[A-Z0-9]+?[2345][LS]$/;

/**
 * @param firstSeenAt when this suite first saw the market, ms UTC; null: it was there at the first look, so its age is unknown
 *   and not held against it
 * @returns null when the market may be traded
 */
export function universeRejection(
  market: Market,
  firstSeenAt: number | null,
  criteria: UniverseCriteria,
  asOf: number,
): UniverseRejection | null {
  if (market.quote !== criteria.quote) return 'other_quote';
  if (market.status !== 'online') return 'not_online';
  if (!market.apiTradable) return 'no_api_trading';
  if (market.sides !== 'both') return 'one_sided';
  if (!market.orderTypes.includes('limit')) return 'no_limit_orders';
  if (market.riskFlagged) return 'risk_flagged';
  if (criteria.excludedBases.includes(market.base)) return 'excluded_base';
  if (LEVERAGED.test(market.base)) return 'leveraged';
  if (criteria.blocklist.includes(market.id)) return 'blocklisted';
  if (firstSeenAt !== null && asOf - firstSeenAt < criteria.minAgeMs) return 'too_new';
  return null;
}

/**
 * An enum change at the exchange once emptied every bot's market list overnight. When the tradable markets halve between two
 * reads, the list is not believed and nothing is bought.
 */
export function universeCollapsed(tradableBefore: number, tradableNow: number): boolean {
  return tradableBefore > 0 && tradableNow * 2 < tradableBefore;
}
