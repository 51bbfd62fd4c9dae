import type { Fill } from './order.ts';

/**
 * Which side of a market a fill's fee was taken from. `other` is a third coin (MEXC: MX, at a discount): it changes neither
 * the holding nor the quote, and stays with the fill.
 */
export function feeSide(fill: Fill, base: string): 'base' | 'quote' | 'other' {
  if (fill.feeAsset === base) return 'base';
  return fill.market.endsWith(fill.feeAsset) ? 'quote' : 'other';
}
