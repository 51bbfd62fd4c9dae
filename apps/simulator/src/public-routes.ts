import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Behaviour } from './behaviour.ts';
import { candleOver } from './candle-series.ts';
import { type ExchangeError, REFUSED } from './exchange-error.ts';
import { gridOf, KLINES_CAP, klines } from './klines.ts';
import type { MarketClock } from './market-clock.ts';
import { aggTradeOf, dealsBetween, latestDeals, tradeOf } from './market-trades.ts';
import { plain } from './plain-number.ts';
import type { QuotedMarket, Quotes } from './quotes.ts';
import { symbolInfo } from './symbol-info.ts';
import { bookTicker, depth, priceTicker, ticker24hr } from './wire.ts';

const DEFAULT_DEPTH = 100;
const MAX_DEPTH = 5_000;
const DEFAULT_TRADES = 500;
const MAX_TRADES = 1_000;
const AVERAGE_MINUTES = 5;

export interface PublicRoutesDeps {
  readonly quotes: Quotes;
  readonly clock: MarketClock;
  readonly behaviour: () => Behaviour;
}

type Query = Readonly<Record<string, string | undefined>>;

export function refuse(reply: FastifyReply, { status, code, msg }: ExchangeError): FastifyReply {
  return reply.code(status).send({ code, msg, _extend: null });
}

/** Answers a whole number, the fallback where there is none, or null where the text is no whole number. */
function whole(text: string | undefined, fallback: number): number | null {
  if (text === undefined || text === '') return fallback;
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** Symbols that orders by API may be sent for. */
export const apiSymbols = (quotes: Quotes, now: number): string[] =>
  quotes
    .listed(now)
    .filter(({ listing }) => listing.apiTradable && listing.status === '1')
    .map(({ listing }) => listing.symbol);

/** What anyone may ask. */
export function publicRoutes(app: FastifyInstance, { quotes, clock, behaviour }: PublicRoutesDeps): void {
  /** @returns null: the request is refused already */
  const marketAsked = ({ symbol }: Query, reply: FastifyReply, now: number): QuotedMarket | null => {
    const market = symbol ? quotes.find(symbol, now) : undefined;
    if (market) return market;
    refuse(reply, symbol ? REFUSED.unknownSymbol() : REFUSED.missing('symbol'));
    return null;
  };

  app.get('/api/v3/ping', () => ({}));

  app.get('/api/v3/time', (_request, reply) => {
    // a client's clock follows: MEXC has no such header, and time there passes as everywhere
    reply.header('x-market-speed', String(clock.speed));
    return { serverTime: clock.now() };
  });

  app.get<{ Querystring: Query }>('/api/v3/exchangeInfo', (request, reply) => {
    const now = clock.now();
    const { symbol, symbols } = request.query;
    const names = symbols ? symbols.split(',') : symbol ? [symbol] : null;
    const markets = names === null ? quotes.listed(now) : names.flatMap((name) => quotes.find(name, now) ?? []);
    if (names !== null && markets.length < names.length) return refuse(reply, REFUSED.unknownSymbol());
    return {
      timezone: 'CST',
      serverTime: now,
      rateLimits: [],
      exchangeFilters: [],
      symbols: markets.map(({ listing }) => symbolInfo(listing, quotes.markets.onlineWord())),
    };
  });

  app.get('/api/v3/defaultSymbols', () => ({ code: 200, data: apiSymbols(quotes, clock.now()), msg: null }));

  app.get('/api/v3/symbol/offline', () => {
    const now = clock.now();
    const offline = quotes.listed(now).filter(({ listing }) => listing.status !== '1');
    return { code: 200, data: offline.map(({ listing }) => listing.symbol), msg: null };
  });

  /** One row where a symbol is named, else all. */
  const tickerRoute = <Row>(path: string, row: (quotes: Quotes, market: QuotedMarket, now: number) => Row): void => {
    app.get<{ Querystring: Query }>(path, (request, reply) => {
      const now = clock.now();
      const { symbol } = request.query;
      if (!symbol) return quotes.listed(now).map((market) => row(quotes, market, now));
      const market = quotes.find(symbol, now);
      return market ? row(quotes, market, now) : refuse(reply, REFUSED.unknownSymbol());
    });
  };
  tickerRoute('/api/v3/ticker/24hr', ticker24hr);
  tickerRoute('/api/v3/ticker/price', priceTicker);
  tickerRoute('/api/v3/ticker/bookTicker', bookTicker);

  app.get<{ Querystring: Query }>('/api/v3/depth', (request, reply) => {
    const now = clock.now();
    const { symbol } = request.query;
    if (!symbol) return refuse(reply, REFUSED.missing('symbol'));
    const market = quotes.find(symbol, now);
    if (!market) return refuse(reply, REFUSED.unknownSymbol());
    const limit = whole(request.query.limit, DEFAULT_DEPTH);
    if (!limit) return refuse(reply, REFUSED.missing('limit'));
    return depth(quotes, market, Math.min(limit, MAX_DEPTH), now);
  });

  /** The latest trades; `rows` are newest first, as lists of one's own orders are. */
  const tradesRoute = (path: string): void => {
    app.get<{ Querystring: Query }>(path, (request, reply) => {
      const now = clock.now();
      const market = marketAsked(request.query, reply, now);
      if (market === null) return reply;
      const limit = whole(request.query.limit, DEFAULT_TRADES);
      if (!limit) return refuse(reply, REFUSED.missing('limit'));
      return latestDeals(market, Math.min(limit, MAX_TRADES), now)
        .map((deal) => tradeOf(market, deal))
        .reverse();
    });
  };
  tradesRoute('/api/v3/trades');
  tradesRoute('/api/v3/historicalTrades');

  app.get<{ Querystring: Query }>('/api/v3/aggTrades', (request, reply) => {
    const now = clock.now();
    const market = marketAsked(request.query, reply, now);
    if (market === null) return reply;
    const limit = whole(request.query.limit, DEFAULT_TRADES);
    if (!limit) return refuse(reply, REFUSED.missing('limit'));
    const { startTime, endTime } = request.query;
    const [from, to] = [whole(startTime, -1), whole(endTime, -1)];
    // one without the other is refused
    if (from === null || (from < 0 && to !== -1)) return refuse(reply, REFUSED.missing('startTime'));
    if (to === null || (to < 0 && from !== -1)) return refuse(reply, REFUSED.missing('endTime'));
    const most = Math.min(limit, MAX_TRADES);
    const deals = from < 0 ? latestDeals(market, most, now) : dealsBetween(market, from, Math.min(to, now), most);
    return deals.map((deal) => aggTradeOf(market, deal)).reverse();
  });

  app.get<{ Querystring: Query }>('/api/v3/avgPrice', (request, reply) => {
    const now = clock.now();
    const market = marketAsked(request.query, reply, now);
    if (market === null) return reply;
    const { base, quote, close } = candleOver(market.series, now - AVERAGE_MINUTES * 60_000, now);
    const price = base > 0 ? quote / base : close;
    return { mins: AVERAGE_MINUTES, price: plain(price, market.listing.priceDecimals + 2) };
  });

  app.get<{ Querystring: Query }>('/api/v3/klines', (request, reply) => {
    const now = clock.now();
    const { symbol, interval, startTime, endTime } = request.query;
    if (!symbol) return refuse(reply, REFUSED.missing('symbol'));
    const market = quotes.find(symbol, now);
    if (!market) return refuse(reply, REFUSED.unknownSymbol());
    const grid = interval ? gridOf(interval) : null;
    if (!grid) return refuse(reply, REFUSED.invalidInterval());
    const [start, end, limit] = [whole(startTime, -1), whole(endTime, -1), whole(request.query.limit, KLINES_CAP)];
    if (start === null) return refuse(reply, REFUSED.missing('startTime'));
    if (end === null) return refuse(reply, REFUSED.missing('endTime'));
    if (!limit) return refuse(reply, REFUSED.missing('limit'));
    const window = { startTime: start < 0 ? null : start, endTime: end < 0 ? null : end, limit };
    const rows = klines(market, grid, window, now);
    return behaviour().emptyCandles === 'omit' ? rows.filter(([, , , , , volume]) => Number(volume) > 0) : rows;
  });

  // futures and wallet: clients ask for them while they load markets; there is nothing of either here
  app.get('/api/v1/contract/detail', () => ({ success: true, code: 0, data: [] }));
}
