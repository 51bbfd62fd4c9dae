import { gzipSync } from 'node:zlib';
import { Decimal } from '@mexc-bot/core';
import { afterEach, describe, expect, it } from 'vitest';
import { aBudget, aClock, NOW, recorded } from '../test/builders.ts';
import { type Reply, type ScriptedServer, type SeenRequest, startScriptedServer } from '../test/scripted-server.ts';
import type { SignedEndpoint } from './endpoints.ts';
import { createMexcMarketData, type MexcMarketDataOptions } from './mexc.ts';
import { createPublicClient, type MexcClient } from './mexc-client.ts';
import { type MarketData, QueryFailed } from './port.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

async function marketData(
  answer: (request: SeenRequest) => Reply,
  options: Partial<MexcMarketDataOptions> = {},
): Promise<{ server: ScriptedServer; data: MarketData }> {
  const server = await startScriptedServer(answer);
  const data = createMexcMarketData({
    restUrl: `${server.url}/`,
    clock: aClock({ speed: () => 600 }),
    timeoutMs: 250,
    budget: aBudget(),
    ...options,
  });
  opened.push(data, server);
  return { server, data };
}

const exchangeInfo = {
  timezone: 'CST',
  serverTime: NOW,
  rateLimits: [],
  exchangeFilters: [],
  symbols: recorded.exchangeInfo,
};

describe('serverTime', () => {
  it('has speed 1 where no header names another', async () => {
    const { data } = await marketData(() => ({ body: { serverTime: 1_645_539_742_000 } }));
    expect(await data.serverTime()).toEqual({ time: 1_645_539_742_000, speed: 1 });
  });

  it('reads the speed of the simulator', async () => {
    const { data } = await marketData(() => ({ body: { serverTime: NOW }, headers: { 'X-Market-Speed': '300' } }));
    expect(await data.serverTime()).toEqual({ time: NOW, speed: 300 });
  });

  it.each(['0', '-1', 'fast', 'NaN'])('refuses the speed %s', async (speed) => {
    const { data } = await marketData(() => ({ body: { serverTime: NOW }, headers: { 'x-market-speed': speed } }));
    await expect(data.serverTime()).rejects.toMatchObject({ kind: 'malformed' });
  });
});

describe('prices', () => {
  it.each([
    ['quotes', 3_000, (data: MarketData) => data.bookTickers()],
    ['a book', 3_000, (data: MarketData) => data.depth('BTCUSDT', 5)],
    ['candles', null, (data: MarketData) => data.closedCandles('BTCUSDT', '5m', 1)],
  ] as const)(
    '%s that do not come are given up after %s ms, long before the time-out of orders',
    async (_, limitMs, ask) => {
      const waits: number[] = [];
      const sleepWall = async (ms: number) => void waits.push(ms);
      const { data } = await marketData(() => 'hang', {
        clock: aClock({ sleepWall }),
        timeoutMs: limitMs === null ? 250 : 10_000,
      });
      await expect(ask(data)).rejects.toMatchObject({ name: 'QueryFailed', kind: 'network' });
      expect(waits).toEqual(limitMs === null ? [] : [limitMs]);
    },
  );
});

describe('markets', () => {
  const answer =
    (defaultSymbols: readonly string[]) =>
    ({ path }: SeenRequest): Reply => ({
      body: path.endsWith('/defaultSymbols') ? { code: 200, data: defaultSymbols, msg: null } : exchangeInfo,
    });

  it('are tradable by API when the row and the default symbols say so', async () => {
    const { server, data } = await marketData(answer(['BTCUSDT', 'BROCKUSDT']));
    const tradable = (await data.markets()).map(({ id, apiTradable }) => [id, apiTradable]);
    expect(tradable).toEqual([
      ['BTCUSDT', false],
      ['ATLASUSDT', false],
      ['BROCKUSDT', true],
      ['METALUSDT', false],
    ]);
    expect(server.requests.map(({ path }) => path)).toEqual(['/api/v3/defaultSymbols', '/api/v3/exchangeInfo']);
  });

  it('are tradable only where the key may trade them too', async () => {
    const { data } = await marketData(answer(['BROCKUSDT', 'METALUSDT']), {
      tradableSymbols: async () => new Set(['METALUSDT']),
    });
    expect((await data.markets()).filter(({ apiTradable }) => apiTradable).map(({ id }) => id)).toEqual(['METALUSDT']);
  });

  it('are those of everyone where the key is refused, and fail where its markets cannot be read', async () => {
    const refusing = (kind: 'key' | 'network') =>
      marketData(answer(['BROCKUSDT', 'METALUSDT']), {
        tradableSymbols: async () => {
          throw new QueryFailed(kind, 'selfSymbols');
        },
      });
    const { data } = await refusing('key');
    const tradable = (await data.markets()).filter(({ apiTradable }) => apiTradable).map(({ id }) => id);
    expect(tradable).toEqual(['BROCKUSDT', 'METALUSDT']);
    await expect((await refusing('network')).data.markets()).rejects.toMatchObject({ kind: 'network' });
  });

  it('names rows left out once, not at every read', async () => {
    const warnings: string[] = [];
    const symbols = [...recorded.exchangeInfo, { symbol: 'BADUSDT' }];
    const { data } = await marketData(
      ({ path }) => ({ body: path.endsWith('/defaultSymbols') ? { data: [] } : { ...exchangeInfo, symbols } }),
      { log: { warn: (message) => warnings.push(message) } },
    );
    await data.markets();
    await data.markets();
    expect(warnings).toHaveLength(1);
  });

  it('fail, and are not an empty list, when the default symbols cannot be read', async () => {
    const { data } = await marketData(({ path }) =>
      path.endsWith('/defaultSymbols') ? { status: 500, body: {} } : { body: exchangeInfo },
    );
    await expect(data.markets()).rejects.toMatchObject({ name: 'QueryFailed', kind: 'network' });
  });
});

describe('prices', () => {
  it('tickers and book tickers come in one request each', async () => {
    const book = { symbol: 'BTCUSDT', bidPrice: '1.1', bidQty: '5', askPrice: '1.2', askQty: '6' };
    const { server, data } = await marketData(({ path }) => ({
      body: [path.endsWith('24hr') ? recorded.ticker : book],
    }));
    expect(await data.tickers()).toHaveLength(1);
    expect((await data.bookTickers()).get('BTCUSDT')?.ask).toEqual(new Decimal('1.2'));
    expect(server.requests.map(({ path, search }) => path + search)).toEqual([
      '/api/v3/ticker/24hr',
      '/api/v3/ticker/bookTicker',
    ]);
  });

  it('depth of one market, with the recorded body', async () => {
    const { server, data } = await marketData(() => ({ body: recorded.depth }));
    expect((await data.depth('BTCUSDT', 20)).asks).toEqual([
      { price: new Decimal('45995.48'), quantity: new Decimal('13.457322') },
    ]);
    expect(server.requests[0]?.search).toBe('?symbol=BTCUSDT&limit=20');
    await expect(data.depth('BTCUSDT', 5001)).rejects.toThrow(RangeError);
  });

  it('closed candles: one row more is asked for, the unfinished one is left out', async () => {
    const openTime = 1_710_327_600_000;
    let now = openTime + 10 * 60_000;
    const { server, data } = await marketData(() => ({ body: recorded.klines }), {
      clock: aClock({ now: () => now, speed: () => 600 }),
    });
    expect(await data.closedCandles('BTCUSDT', '1h', 1)).toEqual([]);
    now = openTime + 3_600_000;
    expect(await data.closedCandles('BTCUSDT', '1h', 1)).toEqual([
      { openTime, open: 73260, high: 73442.95, low: 73238.69, close: 73414.21, volume: 49.560236 },
    ]);
    expect(server.requests[0]?.search).toBe('?symbol=BTCUSDT&interval=60m&limit=2');
    await expect(data.closedCandles('BTCUSDT', '1h', 500)).rejects.toThrow(RangeError);
  });

  it('candles of a range come in pages of 500, each asked for by its first and last millisecond', async () => {
    const M5 = 300_000;
    const from = 1_700_000_100_000;
    const { server, data } = await marketData(
      ({ search }) => {
        const query = new URLSearchParams(search);
        const [start, end] = [Number(query.get('startTime')), Number(query.get('endTime'))];
        const rows: unknown[] = [];
        for (let time = start; time <= end; time += M5) rows.push([time, '1', '1', '1', '1', '0', time + M5, '0']);
        return { body: rows };
      },
      { clock: aClock({ now: () => from + 10_000 * M5, speed: () => 600 }) },
    );
    const candles = await data.candles('AUSDT', '5m', { from, until: from + 700 * M5 });
    expect(candles.map(({ openTime }) => openTime)).toEqual(Array.from({ length: 700 }, (_, i) => from + i * M5));
    expect(server.requests.map(({ search }) => search)).toEqual([
      `?symbol=AUSDT&interval=5m&startTime=${from}&endTime=${from + 500 * M5 - 1}&limit=500`,
      `?symbol=AUSDT&interval=5m&startTime=${from + 500 * M5}&endTime=${from + 700 * M5 - 1}&limit=500`,
    ]);
  });

  it('a gzip body is read, a damaged one fails', async () => {
    const whole = gzipSync(JSON.stringify([recorded.ticker]));
    let body = whole;
    const { data } = await marketData(() => ({ body, headers: { 'content-encoding': 'gzip' } }));
    expect(await data.tickers()).toHaveLength(1);
    body = whole.subarray(0, whole.length - 20);
    await expect(data.tickers()).rejects.toMatchObject({ kind: 'network' });
  });

  it.each<[string, Reply, string]>([
    ['a drop', 'drop', 'network'],
    ['silence', 'hang', 'network'],
    ['HTTP 503 HTML', { status: 503, body: '<html>' }, 'network'],
    ['HTTP 403 HTML', { status: 403, body: '<html>Access Denied' }, 'network'],
    ['HTTP 429', { status: 429, body: { code: 429, msg: 'Too Many Requests' } }, 'rate_limited'],
    ['HTTP 418', { status: 418, body: '' }, 'rate_limited'],
    ['an unknown market', { status: 400, body: { code: -1121, msg: 'Invalid symbol.' } }, 'market'],
    ['HTML', { body: '<html>' }, 'malformed'],
    ['broken JSON', { body: '[{"a":' }, 'malformed'],
  ])('fail after %s', async (_, reply, kind) => {
    const { server, data } = await marketData(() => reply);
    await expect(data.depth('BTCUSDT', 5)).rejects.toMatchObject({ name: 'QueryFailed', kind });
    await expect(data.tickers()).rejects.toMatchObject({ name: 'QueryFailed', kind });
    expect(server.requests).toHaveLength(2);
  });
});

it('the client of public data cannot sign: signed calls of ccxt fail before sending', async () => {
  const server = await startScriptedServer(() => ({ body: {} }));
  const client = createPublicClient({ restUrl: server.url, clock: aClock(), timeoutMs: 250, budget: aBudget() });
  opened.push(client, server);
  const forced = client as unknown as MexcClient<SignedEndpoint>;
  await expect(forced.call('spotPrivatePostOrder', 'exit', { symbol: 'BTCUSDT' })).rejects.toMatchObject({
    name: 'AuthenticationError',
  });
  await expect(forced.call('spotPrivateGetAccount', 'exit')).rejects.toMatchObject({ name: 'AuthenticationError' });
  expect(server.requests).toHaveLength(0);
});
