import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { API_KEY, SECRET, type SimulatedExchange, startExchange } from '../support/simulated-exchange.ts';

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../apps/simulator/fixtures/${name}`, import.meta.url), 'utf8'));
const { requests } = fixture('ccxt-spot-requests.json') as {
  requests: readonly { method: string; description: string; input: unknown[]; path: string; query: string }[];
};
const recorded = fixture('recorded-bodies.json') as {
  bodies: readonly { method: string; body: unknown }[];
  symbols: readonly { source: string; numbersAsText: boolean; symbol: Shape }[];
};
type Shape = Readonly<Record<string, unknown>>;

const require = createRequire(import.meta.url);
const mexcFile = join(dirname(dirname(require.resolve('ccxt'))), 'js/src/mexc.js');

/** Markets the recordings are about, with prices of the synthetic market's own. */
const SYMBOLS = { LTCUSDT: 'ETHUSDT', ADAUSDT: 'ETHUSDT', ATLASUSDT: 'RISKY1USDT', PYTHUSDT: 'RISKY1USDT' };
let exchange: SimulatedExchange;
let client: Readonly<Record<string, (...parameters: unknown[]) => Promise<unknown>>>;
const seen: { url: URL; status: number }[] = [];

beforeAll(async () => {
  exchange = await startExchange({
    accounts: [{ apiKey: API_KEY, secret: SECRET, balances: { USDT: '100000', ATLAS: '5000', PYTH: '5000' } }],
    faultPlan: { market: Object.entries(SYMBOLS).map(([symbol, like]) => ({ at: 0, kind: 'list', symbol, like })) },
  });
  const base = exchange.simulator.url;
  const Mexc = ((await import(pathToFileURL(mexcFile).href)) as { default: new (options: object) => object }).default;
  const made = new Mexc({
    apiKey: API_KEY,
    secret: SECRET,
    enableRateLimit: false,
    options: { defaultType: 'spot', adjustForTimeDifference: true },
    urls: {
      api: {
        spot: { public: base, private: base },
        spot2: { public: base, private: base },
        contract: { public: `${base}/api/v1/contract`, private: `${base}/api/v1/private` },
        broker: { private: `${base}/api/v3/broker` },
      },
    },
    fetchImplementation: async (url: string, options: RequestInit) => {
      const response = await fetch(url, options);
      seen.push({ url: new URL(url), status: response.status });
      return response;
    },
  }) as typeof client & { loadTimeDifference(): Promise<number>; nonce(): number };
  await made.loadTimeDifference();
  await made.loadMarkets!();
  // the exchange's clock is virtual: it stands still
  made.nonce = () => exchange.simulator.clock.now();
  client = made;
});
afterAll(() => exchange.simulator.close());

describe('every spot request that ccxt builds', () => {
  it.each(requests)('$method ($description) is served: $path', async ({ method, input, path, query }) => {
    seen.length = 0;
    // what it answers is another matter: many of these orders and coins do not exist here
    await client[method]!(...input.map((value) => value ?? undefined)).catch((error: Error) => error);
    const sent = seen.filter(({ url }) => url.pathname === path);
    expect(sent.length).toBeGreaterThan(0);
    for (const { status } of sent) expect([200, 400]).toContain(status);
    for (const [name, value] of new URLSearchParams(query)) {
      // times are the clock's, and network names come from a wallet that is not here
      if (!['startTime', 'endTime', 'network'].includes(name)) expect(sent[0]!.url.searchParams.get(name)).toBe(value);
    }
  });
});

/**
 * What a value is on the wire. Of a copy whose numbers were turned into texts, a text that reads as a number may have been
 * either.
 */
function kindOf(value: unknown, numbersAsText: boolean): string {
  if (value === null) return 'null';
  if (Array.isArray(value))
    return `list of ${[...new Set(value.map((item) => kindOf(item, numbersAsText)))].join(', ')}`;
  if (typeof value === 'object') return 'object';
  if (numbersAsText && (typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)))) {
    return 'number or its text';
  }
  return typeof value;
}

/** Field for field and type for type; fields that came later are named by the caller. */
function expectShape(actual: Shape, expected: Shape, numbersAsText: boolean, later: readonly string[] = []): void {
  const names = Object.keys(actual).filter((name) => !later.includes(name));
  expect(names.sort()).toEqual(Object.keys(expected).sort());
  const kinds = (row: Shape) =>
    Object.fromEntries(
      Object.entries(row)
        .filter(([name]) => name in expected)
        .map(([name, value]) => [name, kindOf(value, numbersAsText)]),
    );
  expect(kinds(actual)).toEqual(kinds(expected));
}

describe('the simulator’s answers have the shape of those recorded at MEXC', () => {
  const body = (method: string): never => recorded.bodies.find((one) => one.method === method)!.body as never;
  const parsed = async (path: string, parameters: Record<string, string>): Promise<never> =>
    JSON.parse((await exchange.get(path, parameters)).text) as never;

  it('exchangeInfo, one symbol', async () => {
    const { row } = await exchange.get('/api/v3/exchangeInfo', { symbol: 'BTCUSDT' });
    expect(Object.keys(row)).toEqual(['timezone', 'serverTime', 'rateLimits', 'exchangeFilters', 'symbols']);
    const [own] = row.symbols as Shape[];
    for (const { source, numbersAsText, symbol } of recorded.symbols) {
      const later = ['contractAddress', 'st'].filter((name) => !(name in symbol));
      const { filters: _, ...rest } = symbol;
      const { filters, ...ownRest } = own!;
      // the documents write tradeSideType as a text, the wire has a number
      const documented = source.includes('docs') ? { ...rest, tradeSideType: 1 } : rest;
      expectShape(ownRest, documented, numbersAsText, later);
      const [filter] = symbol.filters as Shape[];
      if (filter) expectShape((filters as Shape[])[0]!, filter, numbersAsText);
    }
  });

  it('ticker/24hr', async () => {
    expectShape(await parsed('/api/v3/ticker/24hr', { symbol: 'BTCUSDT' }), body('fetchTicker'), true);
  });

  it('depth', async () => {
    const { bids, asks, ...rest } = (await parsed('/api/v3/depth', { symbol: 'BTCUSDT' })) as Record<
      string,
      unknown[][]
    >;
    const { bids: _bids, asks: _asks, ...expected } = body('fetchOrderBook') as Shape;
    expectShape(rest, expected, true);
    for (const level of [...bids!, ...asks!]) expect(level.map((value) => typeof value)).toEqual(['string', 'string']);
  });

  it('klines', async () => {
    const rows = (await parsed('/api/v3/klines', { symbol: 'BTCUSDT', interval: '60m' })) as unknown[][];
    const [row] = body('fetchOHLCV') as unknown[][];
    expect(rows.at(-1)!.map((value) => typeof value)).toEqual(row!.map((value) => typeof value));
    expect(Number(rows[0]![6]) - Number(rows[0]![0])).toBe(Number(row![6]) - Number(row![0]));
  });

  it('aggTrades, times in whole seconds', async () => {
    const rows = (await parsed('/api/v3/aggTrades', { symbol: 'BTCUSDT' })) as Shape[];
    const [expected] = body('fetchTrades') as Shape[];
    expect(rows).toHaveLength(500);
    expectShape(rows[0]!, expected!, true);
    expect(Number(rows[0]!.T) % 1_000).toBe(0);
  });

  it('allOrders and myTrades', async () => {
    const order = { symbol: 'ATLASUSDT', side: 'SELL', type: 'MARKET', quantity: '4000' };
    expect((await exchange.signed('POST', '/api/v3/order', order)).status).toBe(200);
    const orders = await exchange.signed('GET', '/api/v3/allOrders', { symbol: 'ATLASUSDT' });
    const [expectedOrder] = body('fetchOrders') as Shape[];
    // both came with the documents of 2026
    expectShape(orders.rows[0]!, expectedOrder!, true, ['stpMode', 'cancelReason']);
    const trades = await exchange.signed('GET', '/api/v3/myTrades', { symbol: 'ATLASUSDT' });
    const [expectedTrade] = body('fetchMyTrades') as Shape[];
    expectShape(trades.rows[0]!, expectedTrade!, true);
    expect(Number(trades.rows[0]!.time) % 1_000).toBe(0);
  });
});

describe('endpoints without a recording answer as documented', () => {
  it.each([
    ['/api/v3/avgPrice', { symbol: 'BTCUSDT' }, ['mins', 'price']],
    ['/api/v3/symbol/offline', {}, ['code', 'data', 'msg']],
    ['/api/v3/defaultSymbols', {}, ['code', 'data', 'msg']],
  ])('GET %s', async (path, parameters, names) => {
    expect(Object.keys((await exchange.get(path, parameters as Record<string, string>)).row)).toEqual(names);
  });

  it('GET trades: no ids, a side each', async () => {
    const { rows } = await exchange.get('/api/v3/trades', { symbol: 'BTCUSDT', limit: '20' });
    expect(rows).toHaveLength(20);
    const names = ['id', 'price', 'qty', 'quoteQty', 'time', 'isBuyerMaker', 'isBestMatch', 'tradeType'];
    expect(Object.keys(rows[0]!)).toEqual(names);
    expect(rows.every(({ id, tradeType }) => id === null && (tradeType === 'BID' || tradeType === 'ASK'))).toBe(true);
  });

  it('GET aggTrades of a stretch needs both its ends', async () => {
    const now = exchange.simulator.clock.now();
    const [startTime, endTime] = [String(now - 60_000), String(now)];
    const asked = (parameters: object) => exchange.get('/api/v3/aggTrades', { symbol: 'BTCUSDT', ...parameters });
    expect((await asked({ startTime })).row.code).toBe(700004);
    expect((await asked({ endTime })).row.code).toBe(700004);
    const { rows } = await asked({ startTime, endTime });
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.every(({ T }) => Number(T) >= now - 61_000 && Number(T) <= now)).toBe(true);
  });

  it('GET tradeFee', async () => {
    const { row } = await exchange.signed('GET', '/api/v3/tradeFee', { symbol: 'BTCUSDT' });
    expect(row).toMatchObject({ data: { makerCommission: 0, takerCommission: 0.0005 }, code: 0, msg: 'success' });
  });

  it('POST order/test judges, and places nothing', async () => {
    const before = exchange.simulator.engine.ledger.orders().length;
    const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quoteOrderQty: '10' };
    expect((await exchange.signed('POST', '/api/v3/order/test', order)).text).toBe('{}');
    const tooLittle = await exchange.signed('POST', '/api/v3/order/test', { ...order, quoteOrderQty: '0.5' });
    expect(tooLittle.row.code).toBe(30002);
    expect(exchange.simulator.engine.ledger.orders()).toHaveLength(before);
  });

  it('POST batchOrders: each item for itself, and at most 20 of one symbol', async () => {
    const item = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', price: '50000', quantity: '0.001' };
    const batch = (items: readonly object[]) =>
      exchange.signed('POST', '/api/v3/batchOrders', { batchOrders: JSON.stringify(items) });
    const { rows } = await batch([
      { ...item, newClientOrderId: 'a' },
      { ...item, newClientOrderId: 'b', quantity: '0.000001' },
    ]);
    expect(rows[0]).toMatchObject({ symbol: 'BTCUSDT', orderListId: -1 });
    expect(rows[1]).toMatchObject({ newClientOrderId: 'b', code: 30002 });
    expect((await batch(Array(21).fill(item))).status).toBe(400);
    expect((await batch([item, { ...item, symbol: 'ETHUSDT' }])).status).toBe(400);
    expect((await batch([])).status).toBe(400);
    expect((await exchange.signed('POST', '/api/v3/batchOrders', { batchOrders: '[1' })).status).toBe(400);

    expect((await exchange.signed('DELETE', '/api/v3/openOrders', { symbol: 'BTCUSDT,ETHUSDT' })).rows).toMatchObject([
      { clientOrderId: 'a', status: 'CANCELED' },
    ]);
  });

  it('DELETE order/all ends every open order', async () => {
    const order = { side: 'BUY', type: 'LIMIT', quantity: '0.01' };
    for (const [symbol, price] of [
      ['BTCUSDT', '50000'],
      ['ETHUSDT', '2000'],
    ] as const) {
      await exchange.signed('POST', '/api/v3/order', { ...order, symbol, price });
    }
    expect((await exchange.signed('DELETE', '/api/v3/order/all')).row).toMatchObject({ code: 200, msg: 'success' });
    expect((await exchange.signed('GET', '/api/v3/openOrders')).rows).toEqual([]);
  });

  it('refuses the 501st open order', async () => {
    const { engine, clock } = exchange.simulator;
    const [account] = engine.ledger.accounts();
    const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', quantity: '0.001', price: '20000' };
    for (let n = 0; n < 500; n++) expect(engine.place(clock.now(), account!, order).ok).toBe(true);
    expect((await exchange.signed('POST', '/api/v3/order', order)).row.code).toBe(30029);
    await exchange.signed('DELETE', '/api/v3/order/all');
  });

  it('shows orders of a day unless told otherwise, and of a week at most', async () => {
    await exchange.signed('POST', '/api/v3/order', {
      symbol: 'PYTHUSDT',
      side: 'SELL',
      type: 'MARKET',
      quantity: '4000',
    });
    const count = async (parameters = {}) =>
      (await exchange.signed('GET', '/api/v3/allOrders', { symbol: 'PYTHUSDT', ...parameters })).rows.length;
    const startTime = String(exchange.simulator.clock.now() - 1);
    expect(await count()).toBe(1);
    exchange.simulator.advance(25 * 3_600_000);
    expect([await count(), await count({ startTime })]).toEqual([0, 1]);
    exchange.simulator.advance(6 * 86_400_000);
    expect(await count({ startTime })).toBe(0);
    expect((await exchange.signed('GET', '/api/v3/myTrades', { symbol: 'PYTHUSDT' })).rows).toHaveLength(1);
    exchange.simulator.advance(24 * 86_400_000);
    expect((await exchange.signed('GET', '/api/v3/myTrades', { symbol: 'PYTHUSDT' })).rows).toHaveLength(0);
  });
});
