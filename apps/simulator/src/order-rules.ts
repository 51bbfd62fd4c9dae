import { Decimal, floorToStep, roundToTick, ZERO } from '@mexc-bot/core';
import type { Book } from './book.ts';
import { type ExchangeError, REFUSED } from './exchange-error.ts';
import type { Listing } from './market-source.ts';
import { ORDER_TYPES, type SimOrderType, type SimSide } from './order.ts';
import type { QuotedMarket } from './quotes.ts';

/** Smallest and largest orders in quote, and the PERCENT_PRICE_BY_SIDE filter: as `exchangeInfo` announces them. */
export const MIN_NOTIONAL = new Decimal(1);
export const MAX_NOTIONAL = new Decimal(2_000_000);
export const MAX_NOTIONAL_MARKET = new Decimal(100_000);
export const BID_MULTIPLIER_UP = new Decimal(5);
export const ASK_MULTIPLIER_DOWN = new Decimal('0.2');
/** A market order is an IOC limit this far from the last price. */
const MARKET_CAP = new Decimal('0.05');

/** Smallest quantity, one step worth of a hundredth of the minimum amount or more; `baseSizePrecision` on the wire. */
export function minQuantityOf({ quantityDecimals }: Listing): Decimal {
  return new Decimal(10).pow(-quantityDecimals);
}

/** Parameters of a new order as they arrive: text, any of them absent. */
export interface OrderRequest {
  readonly symbol?: string | undefined;
  readonly side?: string | undefined;
  readonly type?: string | undefined;
  readonly quantity?: string | undefined;
  readonly quoteOrderQty?: string | undefined;
  readonly price?: string | undefined;
  readonly newClientOrderId?: string | undefined;
}

/** What is left of a request that broke no rule of the market; balances are not looked at yet. */
export interface ValidOrder {
  readonly side: SimSide;
  readonly type: SimOrderType;
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly clientOrderId: string | null;
}

type Checked = { readonly order: ValidOrder } | { readonly error: ExchangeError };

const CLIENT_ORDER_ID = /^[A-Za-z0-9_-]{1,32}$/;
const NUMBER = /^\d{1,30}(\.\d{1,30})?$/;

/** @returns a number above 0, or null where the text is not one */
function positive(text: string | undefined): Decimal | null {
  if (text === undefined || !NUMBER.test(text)) return null;
  const value = new Decimal(text);
  return value.gt(0) ? value : null;
}

/**
 * Judges a request by the market's own rules, in the order MEXC would notice.
 *
 * @param exactBook market buys of so much quote spend it in this book to the last step; null: they are turned into base at the cap
 */
export function checkOrder(
  request: OrderRequest,
  market: QuotedMarket,
  last: Decimal,
  exactBook: Book | null = null,
): Checked {
  const { listing } = market;
  const { side, type } = request;
  if (side !== 'BUY' && side !== 'SELL') return { error: REFUSED.missing('side') };
  if (type === undefined || type === '') return { error: REFUSED.missing('type') };
  if (!(ORDER_TYPES as readonly string[]).includes(type)) return { error: REFUSED.orderTypeNotAllowed() };

  const closed = tradingRefusal(listing, side);
  if (closed) return { error: closed };
  const clientOrderId = request.newClientOrderId || null;
  if (clientOrderId !== null && !CLIENT_ORDER_ID.test(clientOrderId)) {
    return { error: REFUSED.illegalCharacters('newClientOrderId') };
  }
  const sized =
    type === 'MARKET'
      ? marketSize(request, side, market, last, exactBook)
      : limitSize(request, type as SimOrderType, side, market, last);
  return 'error' in sized ? sized : { order: { side, type: type as SimOrderType, clientOrderId, ...sized } };
}

function tradingRefusal({ status, apiTradable, tradeSideType }: Listing, side: SimSide): ExchangeError | null {
  if (status === '3') return REFUSED.offline();
  if (status === '2') return REFUSED.paused();
  if (!apiTradable) return REFUSED.noApiTrading();
  const allowed =
    tradeSideType === 1 || (tradeSideType === 2 && side === 'BUY') || (tradeSideType === 3 && side === 'SELL');
  return allowed ? null : REFUSED.directionNotAllowed();
}

type Sized = { readonly price: Decimal; readonly quantity: Decimal } | { readonly error: ExchangeError };

function limitSize(
  request: OrderRequest,
  type: SimOrderType,
  side: SimSide,
  { listing }: QuotedMarket,
  last: Decimal,
): Sized {
  const price = positive(request.price);
  const quantity = positive(request.quantity);
  if (price === null) return { error: REFUSED.missing('price') };
  if (quantity === null) return { error: REFUSED.missing('quantity') };
  if (price.decimalPlaces() > listing.priceDecimals) return { error: REFUSED.scale('price') };
  if (quantity.decimalPlaces() > listing.quantityDecimals) return { error: REFUSED.scale('quantity') };

  const notional = price.mul(quantity);
  if (notional.lt(MIN_NOTIONAL)) return { error: REFUSED.belowMinimum(`${MIN_NOTIONAL}USDT`) };
  if (notional.gt(MAX_NOTIONAL)) return { error: REFUSED.aboveMaximum(`${MAX_NOTIONAL}USDT`) };
  const outOfRange = side === 'BUY' ? price.gt(last.mul(BID_MULTIPLIER_UP)) : price.lt(last.mul(ASK_MULTIPLIER_DOWN));
  // the filter names limit, IOC and FOK; a post-only order out there would rest anyway
  if (outOfRange && type !== 'LIMIT_MAKER') return { error: REFUSED.priceOutOfRange() };
  return { price, quantity };
}

/** Buys by quote are turned into base at the cap, so they may spend about 5 % less than asked. */
function marketSize(
  request: OrderRequest,
  side: SimSide,
  market: QuotedMarket,
  last: Decimal,
  exactBook: Book | null,
): Sized {
  const { listing, tickSize, stepSize } = market;
  const price =
    side === 'BUY'
      ? Decimal.max(tickSize, roundToTick(last.mul(MARKET_CAP.plus(1)), tickSize, 'buy'))
      : roundToTick(last.mul(new Decimal(1).minus(MARKET_CAP)), tickSize, 'sell');
  const given = positive(request.quantity);
  const amount = positive(request.quoteOrderQty);
  if (given === null && (amount === null || side === 'SELL')) return { error: REFUSED.missing('quantity') };
  if (given !== null && given.decimalPlaces() > listing.quantityDecimals) return { error: REFUSED.scale('quantity') };
  if (given === null && amount!.decimalPlaces() > listing.priceDecimals) return { error: REFUSED.scale('amount') };

  const notional = given === null ? amount! : given.mul(last);
  if (notional.lt(MIN_NOTIONAL)) return { error: REFUSED.belowMinimum(`${MIN_NOTIONAL}USDT`) };
  if (notional.gt(MAX_NOTIONAL_MARKET)) return { error: REFUSED.aboveMaximum(`${MAX_NOTIONAL_MARKET}USDT`) };
  const atCap = (): Decimal => floorToStep(amount!.div(price), stepSize);
  const quantity = given ?? (exactBook === null ? atCap() : quantityFor(amount!, exactBook, price, market));
  if (quantity.lt(minQuantityOf(listing))) return { error: REFUSED.belowMinimum(`${MIN_NOTIONAL}USDT`) };
  return { price, quantity };
}

/** Base that so much quote buys level by level, at most at `cap`; what the book does not have is counted at the cap. */
function quantityFor(amount: Decimal, { asks }: Book, cap: Decimal, { tickSize, stepSize }: QuotedMarket): Decimal {
  let left = amount;
  let quantity = ZERO;
  for (const level of asks) {
    const price = tickSize.mul(level.ticks);
    if (price.gt(cap)) break;
    const taken = Decimal.min(stepSize.mul(level.steps), floorToStep(left.div(price), stepSize));
    quantity = quantity.plus(taken);
    left = left.minus(taken.mul(price));
    if (taken.lt(stepSize.mul(level.steps))) return quantity;
  }
  return quantity.plus(floorToStep(left.div(cap), stepSize));
}
