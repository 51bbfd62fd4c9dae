import type {
  ApprovedOrder,
  BookTicker,
  Candle,
  ClientOrderId,
  Decimal,
  Depth,
  ExchangeSymbol,
  KeyFault,
  Market,
  OrderReport,
  Ticker24h,
  Timeframe,
  TimeRange,
  TradeReport,
} from '@mexc-bot/core';

export type { OrderReport, PaperAccount, PaperBook, PaperSettlement, TradeReport } from '@mexc-bot/core';

/** Public data of the exchange. Every method throws {@link QueryFailed}; a failed query says nothing. */
export interface MarketData {
  /** The exchange's time, ms UTC, and how many of its milliseconds pass in one of ours (1 but on the simulator). */
  serverTime(): Promise<{ readonly time: number; readonly speed: number }>;
  /** Every spot market the exchange lists, tradable or not. */
  markets(): Promise<readonly Market[]>;
  /** All tickers in one request. Rows that make no sense are left out. */
  tickers(): Promise<readonly Ticker24h[]>;
  /** Best bid and ask of every market that somebody bids in, in one request. */
  bookTickers(): Promise<ReadonlyMap<ExchangeSymbol, BookTicker>>;
  /** @param limit levels a side, 1..5000 */
  depth(market: ExchangeSymbol, limit: number): Promise<Depth>;
  /** The last `limit` (1..499) closed candles, oldest first; the unfinished one is never among them. */
  closedCandles(market: ExchangeSymbol, timeframe: Timeframe, limit: number): Promise<readonly Candle[]>;
  /**
   * The closed candles that open in a range, oldest first: one request for every 500 of them. Those the exchange lacks are absent.
   *
   * @param range ms UTC, on the timeframe's grid
   */
  candles(market: ExchangeSymbol, timeframe: Timeframe, range: TimeRange): Promise<readonly Candle[]>;
}

/** What is known of an order after it was sent. */
export type PlaceOutcome =
  | { readonly outcome: 'accepted'; readonly exchangeOrderId: string }
  /**
   * a definite no: nothing exists at the exchange; `retryAfterMs`: wall ms nothing is sent for, where that is known; `keyFault`:
   * what is wrong with the key, with the code `key`
   */
  | {
      readonly outcome: 'rejected';
      readonly code: RejectCode;
      readonly detail: string;
      readonly retryAfterMs?: number;
      readonly keyFault?: KeyFault;
    }
  /** time-out, dropped connection, 5xx, unparsable body, duplicate id: it may exist, and must be looked up, never sent again */
  | { readonly outcome: 'unknown'; readonly detail: string };

/**
 * Why the exchange refused an order, in the suite's words. A duplicate client order id is not among them: an order with that id
 * exists, so the outcome is `unknown` and the order is looked up.
 */
export type RejectCode =
  | 'insufficient_funds'
  | 'below_minimum'
  | 'above_maximum'
  | 'price_out_of_range'
  | 'market_not_tradable'
  | 'order_type_not_allowed'
  | 'no_liquidity'
  | 'clock'
  | 'rate_limited'
  | 'key'
  /** the exchange does not understand how it was asked, or answers with a code nobody has met: only its owner can mend that */
  | 'unexpected'
  | 'other';

export interface Balance {
  readonly asset: string;
  readonly free: Decimal;
  readonly locked: Decimal;
}

/**
 * An account that trades: the exchange's, or one of paper. `placeOrder` never throws; the queries throw {@link QueryFailed},
 * and only an answered query that lacks the order returns null.
 */
export interface Trading {
  placeOrder(order: ApprovedOrder, clientOrderId: ClientOrderId): Promise<PlaceOutcome>;
  /** @returns null when the exchange answered that it knows no such order (which right after creation may still be wrong) */
  findOrder(market: ExchangeSymbol, clientOrderId: ClientOrderId): Promise<OrderReport | null>;
  /** Executions of one order, oldest first. */
  orderTrades(market: ExchangeSymbol, exchangeOrderId: string): Promise<readonly TradeReport[]>;
  openOrders(market: ExchangeSymbol): Promise<readonly OrderReport[]>;
  /** Orders of one market since `since` (market ms UTC), in any state, oldest first; the exchange may have lost client ids. */
  ordersSince(market: ExchangeSymbol, since: number): Promise<readonly OrderReport[]>;
  /** Executions in one market since `since` (market ms UTC), whoever ordered them, oldest first. */
  tradesSince(market: ExchangeSymbol, since: number): Promise<readonly TradeReport[]>;
  cancelOrder(market: ExchangeSymbol, clientOrderId: ClientOrderId): Promise<'canceled' | 'not_open' | 'unknown'>;
  /** Every asset with a balance, by asset. */
  balances(): Promise<ReadonlyMap<string, Balance>>;
}

/** A query without a usable answer: network, 5xx, rate limit, unparsable body. Its `cause` has the client's own error. */
export class QueryFailed extends Error {
  override readonly name = 'QueryFailed';
  readonly kind: 'network' | 'rate_limited' | 'clock' | 'key' | 'market' | 'malformed' | 'other';
  /** wall ms nothing is sent for; null where that is not known */
  readonly retryAfterMs: number | null;

  constructor(kind: QueryFailed['kind'], message: string, options: { cause?: unknown; retryAfterMs?: number } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}
