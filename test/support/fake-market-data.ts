import {
  type BookTicker,
  type Candle,
  Decimal,
  type Depth,
  type ExchangeSymbol,
  type Market,
  type Ticker24h,
} from '@mexc-bot/core';
import { type MarketData, QueryFailed } from '@mexc-bot/exchange';

/** Public data in memory: change `market`, and every later read sees it. */
export function createFakeMarketData() {
  const market = {
    markets: [] as Market[],
    tickers: [] as Ticker24h[],
    candles: new Map<ExchangeSymbol, readonly Candle[]>(),
    bids: new Map<ExchangeSymbol, number>(),
    /** the book's own best bid where it differs from the ticker's */
    depthBids: new Map<ExchangeSymbol, number>(),
    failing: new Set<keyof MarketData>(),
  };
  const reads: (keyof MarketData)[] = [];

  const read = <T>(what: keyof MarketData, answer: () => T): Promise<T> => {
    reads.push(what);
    if (market.failing.has(what)) return Promise.reject(new QueryFailed('network', `${what} is scripted to fail`));
    return Promise.resolve(answer());
  };
  const plenty = new Decimal(1_000_000);
  const quote = (id: ExchangeSymbol, bid: number): BookTicker => ({
    market: id,
    bid: new Decimal(bid),
    bidQuantity: plenty,
    ask: new Decimal(bid).mul('1.001'),
    askQuantity: plenty,
  });

  const marketData: MarketData = {
    serverTime: () => read('serverTime', () => ({ time: 0, speed: 1 })),
    markets: () => read('markets', () => market.markets),
    tickers: () => read('tickers', () => market.tickers),
    bookTickers: () => read('bookTickers', () => new Map([...market.bids].map(([id, bid]) => [id, quote(id, bid)]))),
    depth: (id): Promise<Depth> =>
      read('depth', () => {
        const bid = new Decimal(market.depthBids.get(id) ?? market.bids.get(id) ?? 1);
        return { bids: [{ price: bid, quantity: plenty }], asks: [{ price: bid.mul('1.001'), quantity: plenty }] };
      }),
    closedCandles: (id, _timeframe, limit) => read('closedCandles', () => (market.candles.get(id) ?? []).slice(-limit)),
    candles: (id, _timeframe, { from, until }) =>
      read('candles', () =>
        (market.candles.get(id) ?? []).filter(({ openTime }) => openTime >= from && openTime < until),
      ),
  };
  return { marketData, market, reads };
}
