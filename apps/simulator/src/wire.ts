import { type Account, balancesAt } from './account.ts';
import type { Book, BookLevel } from './book.ts';
import type { SimOrder, SimTrade } from './order.ts';
import { onTick, plain, scaleOf, tickText } from './plain-number.ts';
import type { QuotedMarket, Quotes } from './quotes.ts';

/** `ticker/24hr` names an opening time seconds, not a day, before its close: so it was recorded. */
const TICKER_SPAN_MS = 19_000;

interface WireLevel {
  readonly price: string;
  readonly quantity: string;
}

function wireLevel({ listing }: QuotedMarket, level: BookLevel | undefined): WireLevel {
  if (!level) return { price: '', quantity: '' };
  return {
    price: (level.ticks / scaleOf(listing.priceDecimals)).toFixed(listing.priceDecimals),
    quantity: plain(level.steps / scaleOf(listing.quantityDecimals), listing.quantityDecimals),
  };
}

/** The book as anyone sees it; markets that are not online have none. */
function visibleBook(quotes: Quotes, market: QuotedMarket, now: number): Book {
  return market.listing.status === '1' ? quotes.book(market, now) : NO_BOOK;
}
const NO_BOOK: Book = { bids: [], asks: [] };

/** `priceChangePercent` is a fraction, `count` null, and a market that is off line has no volume. */
export function ticker24hr(quotes: Quotes, market: QuotedMarket, now: number) {
  const { listing } = market;
  const { priceDecimals } = listing;
  const last = quotes.last(market, now);
  const day = quotes.day(market, now);
  const open = onTick(day.open, priceDecimals);
  const openPrice = open.toFixed(priceDecimals);
  const book = listing.status === '1' ? quotes.top(market, now) : NO_BOOK;
  const bid = wireLevel(market, book.bids[0]);
  const ask = wireLevel(market, book.asks[0]);
  return {
    symbol: listing.symbol,
    priceChange: (last - open).toFixed(priceDecimals),
    priceChangePercent: (last / day.open - 1).toFixed(4),
    prevClosePrice: openPrice,
    lastPrice: last.toFixed(priceDecimals),
    bidPrice: bid.price,
    bidQty: bid.quantity,
    askPrice: ask.price,
    askQty: ask.quantity,
    openPrice,
    highPrice: tickText(day.high, priceDecimals),
    lowPrice: tickText(day.low, priceDecimals),
    volume: plain(day.base, listing.quantityDecimals),
    quoteVolume: listing.status === '3' ? null : plain(day.quote, 4),
    openTime: now - TICKER_SPAN_MS,
    closeTime: now,
    count: null,
  };
}

export function bookTicker(quotes: Quotes, market: QuotedMarket, now: number) {
  const book = visibleBook(quotes, market, now);
  const bid = wireLevel(market, book.bids[0]);
  const ask = wireLevel(market, book.asks[0]);
  return {
    symbol: market.listing.symbol,
    bidPrice: bid.price,
    bidQty: bid.quantity,
    askPrice: ask.price,
    askQty: ask.quantity,
  };
}

export function priceTicker(quotes: Quotes, market: QuotedMarket, now: number) {
  return {
    symbol: market.listing.symbol,
    price: quotes.last(market, now).toFixed(market.listing.priceDecimals),
  };
}

export function depth(quotes: Quotes, market: QuotedMarket, limit: number, now: number) {
  const book = visibleBook(quotes, market, now);
  const side = (levels: readonly BookLevel[]): [string, string][] =>
    levels.slice(0, limit).map((level) => {
      const { price, quantity } = wireLevel(market, level);
      return [price, quantity];
    });
  return { lastUpdateId: now, bids: side(book.bids), asks: side(book.asks), timestamp: now };
}

/** The answer to a new order: no status, no fills, no client order id. */
export function createdOrder(order: SimOrder) {
  return {
    symbol: order.symbol,
    orderId: order.orderId,
    orderListId: -1,
    price: order.price.toString(),
    origQty: order.quantity.toString(),
    type: order.type,
    side: order.side,
    stpMode: '',
    transactTime: order.time,
  };
}

/** An order as queries, lists and cancellations show it. */
export function orderRow(order: SimOrder) {
  return {
    symbol: order.symbol,
    orderId: order.orderId,
    orderListId: -1,
    clientOrderId: order.lostClientId === undefined ? order.clientOrderId : order.lostClientId,
    price: order.price.toString(),
    origQty: order.quantity.toString(),
    executedQty: order.executed.toString(),
    cummulativeQuoteQty: order.quoteExecuted.toString(),
    status: order.status,
    timeInForce: null,
    type: order.type,
    side: order.side,
    stopPrice: null,
    icebergQty: null,
    time: order.time,
    updateTime: order.updateTime,
    isWorking: true,
    origQuoteOrderQty: order.price.mul(order.quantity).toString(),
    stpMode: '',
    cancelReason: null,
  };
}

/** Times are rounded down to whole seconds. */
export function tradeRow(trade: SimTrade) {
  return {
    symbol: trade.symbol,
    id: trade.id,
    orderId: trade.orderId,
    orderListId: -1,
    price: trade.price.toString(),
    qty: trade.qty.toString(),
    quoteQty: trade.price.mul(trade.qty).toString(),
    commission: trade.fee.toString(),
    commissionAsset: trade.feeAsset,
    time: Math.floor(trade.time / 1000) * 1000,
    isBuyer: trade.side === 'BUY',
    isMaker: trade.isMaker,
    isBestMatch: true,
    isSelfTrade: false,
    clientOrderId: null,
  };
}

/**
 * Assets without a balance are left out.
 *
 * @param asOf balances as they stood then, ms UTC; null: as they stand
 */
export function accountRow(account: Account, asOf: number | null = null) {
  const balances = [...(asOf === null ? account.balances : balancesAt(account, asOf))]
    .map(([asset, balance]) => ({ asset, ...balance }))
    .filter(({ free, locked }) => free.gt(0) || locked.gt(0))
    .map(({ asset, free, locked }) => ({
      asset,
      free: free.toString(),
      locked: locked.toString(),
      available: free.toString(),
    }));
  return {
    makerCommission: null,
    takerCommission: null,
    buyerCommission: null,
    sellerCommission: null,
    canTrade: true,
    canWithdraw: false,
    canDeposit: true,
    updateTime: null,
    accountType: 'SPOT',
    balances,
    permissions: ['SPOT'],
  };
}
