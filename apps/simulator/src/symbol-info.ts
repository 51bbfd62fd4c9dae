import { MAKER_FEE, TAKER_FEE } from './fees.ts';
import type { Listing } from './market-source.ts';
import {
  ASK_MULTIPLIER_DOWN,
  BID_MULTIPLIER_UP,
  MAX_NOTIONAL,
  MAX_NOTIONAL_MARKET,
  MIN_NOTIONAL,
  minQuantityOf,
} from './order-rules.ts';

/**
 * One market as `exchangeInfo` lists it. Precisions are decimals, and numbers, although the documents show some as text;
 * `quoteAmountPrecision` is the smallest order in quote and `baseSizePrecision` the smallest quantity.
 *
 * @param onlineWord what stands for a market that is on line: `1`, or `ENABLED` as until August 2024
 */
export function symbolInfo(listing: Listing, onlineWord = '1') {
  return {
    symbol: listing.symbol,
    status: listing.status === '1' ? onlineWord : listing.status,
    baseAsset: listing.base,
    baseAssetPrecision: listing.quantityDecimals,
    quoteAsset: listing.quote,
    quotePrecision: listing.priceDecimals,
    quoteAssetPrecision: listing.priceDecimals,
    baseCommissionPrecision: listing.quantityDecimals,
    quoteCommissionPrecision: listing.priceDecimals,
    orderTypes: ['LIMIT', 'MARKET', 'LIMIT_MAKER'],
    isSpotTradingAllowed: listing.apiTradable,
    isMarginTradingAllowed: false,
    quoteAmountPrecision: MIN_NOTIONAL.toString(),
    baseSizePrecision: minQuantityOf(listing).toString(),
    permissions: ['SPOT'],
    filters: [
      {
        filterType: 'PERCENT_PRICE_BY_SIDE',
        bidMultiplierUp: BID_MULTIPLIER_UP.toString(),
        askMultiplierDown: ASK_MULTIPLIER_DOWN.toString(),
      },
    ],
    maxQuoteAmount: MAX_NOTIONAL.toString(),
    makerCommission: MAKER_FEE.toString(),
    takerCommission: TAKER_FEE.toString(),
    quoteAmountPrecisionMarket: MIN_NOTIONAL.toString(),
    maxQuoteAmountMarket: MAX_NOTIONAL_MARKET.toString(),
    fullName: listing.fullName,
    tradeSideType: listing.tradeSideType,
    contractAddress: '',
    st: listing.riskFlagged,
  };
}
