import { CANDLE_PAGE, type Candle, type ExchangeSymbol, type RequestPriority, TIMEFRAME_MS } from '@mexc-bot/core';
import { z } from 'zod';
import type { PublicEndpoint } from './endpoints.ts';
import { toQueryFailed } from './errors.ts';
import { createPublicClient, type MexcClientOptions } from './mexc-client.ts';
import { type MarketData, QueryFailed } from './port.ts';
import { malformed, millis, parseWire } from './wire.ts';
import { parseApiSymbols, parseMarkets } from './wire-markets.ts';
import {
  parseBookTickers,
  parseCandlePage,
  parseClosedCandles,
  parseDepth,
  parseTickers,
  WIRE_INTERVAL,
} from './wire-prices.ts';

export interface MexcMarketDataOptions extends MexcClientOptions {
  /** Markets this key may trade, where there is a key: narrows `apiTradable`. */
  readonly tradableSymbols?: () => Promise<ReadonlySet<ExchangeSymbol>>;
  readonly log?: { warn(message: string, details?: object): void };
}

export interface MexcMarketData extends MarketData {
  /** The same data, asked for with another priority; `data` unless told. The exchange's time always comes first. */
  for(priority: RequestPriority): MarketData;
  close(): void;
}

/** MEXC's public data. It is built without keys and cannot sign: nothing here can place an order. */
export function createMexcMarketData(options: MexcMarketDataOptions): MexcMarketData {
  const { clock, log, tradableSymbols } = options;
  const { call, close } = createPublicClient(options);

  const query = async (
    what: string,
    priority: RequestPriority,
    endpoint: PublicEndpoint,
    params?: Readonly<Record<string, unknown>>,
  ): Promise<unknown> => {
    try {
      return await call(endpoint, priority, params);
    } catch (error) {
      throw toQueryFailed(what, error);
    }
  };

  /** Markets open to API orders: for everyone, and for this key. */
  async function apiSymbols(priority: RequestPriority): Promise<ReadonlySet<ExchangeSymbol>> {
    const body = await query('defaultSymbols', priority, 'spotPublicGetDefaultSymbols');
    const forAll = parseApiSymbols('defaultSymbols', body);
    if (tradableSymbols === undefined) return forAll;
    const forKey = await ownSymbols(tradableSymbols);
    return forKey === null ? forAll : new Set([...forAll].filter((symbol) => forKey.has(symbol)));
  }

  /**
   * A refused key says nothing of markets: paper money trades on, rules are read, and positions of real money are guarded by them. Buys
   * with that key are stopped elsewhere.
   */
  async function ownSymbols(
    ask: () => Promise<ReadonlySet<ExchangeSymbol>>,
  ): Promise<ReadonlySet<ExchangeSymbol> | null> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof QueryFailed) || error.kind !== 'key') throw error;
      log?.warn(`which markets the API key may trade is not told, all are taken: ${error.message}`);
      return null;
    }
  }

  let warnedOf = '';
  function warnOnce(dropped: readonly { readonly symbol: string; readonly why: string }[]): void {
    const signature = dropped.map(({ symbol, why }) => `${symbol} ${why}`).join('\n');
    if (signature === warnedOf) return;
    warnedOf = signature;
    if (signature === '') return;
    log?.warn('exchangeInfo rows left out: these markets are not traded', {
      count: dropped.length,
      first: dropped.slice(0, 5),
    });
  }

  const view = (priority: RequestPriority): MarketData => ({
    async serverTime() {
      const body = await query('time', 'exit', 'spotPublicGetTime');
      const { serverTime, responseHeaders } = parseWire('time', timeBody, body);
      return { time: serverTime, speed: speedOf(responseHeaders) };
    },
    async markets() {
      const tradable = await apiSymbols(priority);
      const body = await query('exchangeInfo', priority, 'spotPublicGetExchangeInfo');
      const { markets, dropped } = parseMarkets(body, tradable);
      warnOnce(dropped);
      return markets;
    },
    async tickers() {
      return parseTickers(await query('ticker/24hr', priority, 'spotPublicGetTicker24hr'));
    },
    async bookTickers() {
      return parseBookTickers(await query('ticker/bookTicker', priority, 'spotPublicGetTickerBookTicker'));
    },
    async depth(market, limit) {
      requireRange('limit', limit, 1, 5000);
      const body = await query(`depth of ${market}`, priority, 'spotPublicGetDepth', { symbol: market, limit });
      return parseDepth(market, body);
    },
    async closedCandles(market, timeframe, limit) {
      requireRange('limit', limit, 1, 499);
      // one more than wanted: the last row is the unfinished candle
      const rows = limit + 1;
      const params = { symbol: market, interval: WIRE_INTERVAL[timeframe], limit: rows };
      const body = await query(`${timeframe} candles of ${market}`, priority, 'spotPublicGetKlines', params);
      return parseClosedCandles(market, timeframe, body, rows, clock.now()).slice(-limit);
    },
    async candles(market, timeframe, range) {
      const what = `${timeframe} candles of ${market}`;
      const pageMs = CANDLE_PAGE * TIMEFRAME_MS[timeframe];
      const candles: Candle[] = [];
      for (let { from } = range; from < range.until; from += pageMs) {
        const page = { from, until: Math.min(from + pageMs, range.until) };
        const body = await query(what, priority, 'spotPublicGetKlines', {
          symbol: market,
          interval: WIRE_INTERVAL[timeframe],
          startTime: page.from,
          // whether the end is meant inclusively is not documented: the millisecond before is right either way
          endTime: page.until - 1,
          limit: CANDLE_PAGE,
        });
        candles.push(...parseCandlePage(market, timeframe, body, page, clock.now()));
      }
      return candles;
    },
  });
  return { ...view('data'), for: view, close };
}

const timeBody = z.object({ serverTime: millis, responseHeaders: z.record(z.string(), z.unknown()) });

/** Only the simulator sends `X-Market-Speed`: market milliseconds per wall millisecond. */
function speedOf(headers: Readonly<Record<string, unknown>>): number {
  const entry = Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-market-speed');
  if (entry === undefined) return 1;
  const speed = Number(entry[1]);
  if (!(speed > 0 && Number.isFinite(speed))) throw malformed('time', `market speed ${entry[1]}`);
  return speed;
}

function requireRange(name: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} ${value} is outside ${min}..${max}`);
  }
}
