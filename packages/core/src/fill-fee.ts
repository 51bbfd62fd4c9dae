import type { MarketRules } from './market.ts';
import { type Decimal, ZERO } from './money.ts';
import type { Fill } from './order.ts';

/**
 * Which side of a market a fill's fee was taken from. `other` is a third coin (MEXC: MX, at a discount): it changes neither
 * the holding nor the quote.
 */
export function feeSide(fill: Fill, base: string): 'base' | 'quote' | 'other' {
  if (fill.feeAsset === base) return 'base';
  return fill.market.endsWith(fill.feeAsset) ? 'quote' : 'other';
}

/**
 * What a fill's fee takes from a result in quote. One in a third coin counts as what the market takes without it: the coin's price is
 * not known here, and its discount only makes that less. One in base is in the quantity.
 */
export function feeInQuote(fill: Fill, base: string, { takerFeeRate }: Pick<MarketRules, 'takerFeeRate'>): Decimal {
  const side = feeSide(fill, base);
  if (side === 'quote') return fill.fee;
  return side === 'base' ? ZERO : fill.price.mul(fill.quantity).mul(takerFeeRate);
}
