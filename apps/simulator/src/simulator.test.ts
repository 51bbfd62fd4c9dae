import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sign } from './auth.ts';
import { createSimulator, PortInUse, type Simulator, type SimulatorOptions } from './simulator.ts';

const KEY = 'mx0-test-key-1234';
const SECRET = 'test-secret';
let folder: string;
let wall: number;
const running: Simulator[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'simulator-'));
  wall = 0;
});
afterEach(async () => {
  for (const simulator of running.splice(0)) await simulator.close();
  rmSync(folder, { recursive: true });
});

async function start(changes: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const simulator = await createSimulator({
    port: 0,
    speed: 60,
    seed: 1,
    tokens: 20,
    dataFolder: null,
    stateFolder: folder,
    accounts: [{ apiKey: KEY, secret: SECRET, balances: { USDT: '1000' } }],
    wallNow: () => wall,
    ...changes,
  });
  running.push(simulator);
  return simulator;
}
async function stop(simulator: Simulator): Promise<void> {
  running.splice(running.indexOf(simulator), 1);
  await simulator.close();
}

const savedFile = (): string => join(folder, readdirSync(folder).find((name) => name.endsWith('.json'))!);

type Answer = { readonly status: number; readonly body: never; readonly headers: Headers };
async function get(simulator: Simulator, path: string): Promise<Answer> {
  const response = await fetch(simulator.url + path);
  return { status: response.status, body: (await response.json()) as never, headers: response.headers };
}
async function signed(
  simulator: Simulator,
  method: string,
  path: string,
  parameters: Record<string, string> = {},
  headers = {},
) {
  const query = new URLSearchParams({ ...parameters, timestamp: String(simulator.clock.now()) }).toString();
  const url = `${simulator.url}${path}?${query}&signature=${sign(SECRET, query)}`;
  const response = await fetch(url, {
    method,
    headers: { 'X-MEXC-APIKEY': KEY, 'Content-Type': 'application/json', ...headers },
  });
  return { status: response.status, body: (await response.json()) as Record<string, never> };
}
const buy = (simulator: Simulator, changes: Record<string, string> = {}) =>
  signed(simulator, 'POST', '/api/v3/order', {
    symbol: 'BTCUSDT',
    side: 'BUY',
    type: 'LIMIT',
    quantity: '0.001',
    price: '50000',
    ...changes,
  });

describe('the exchange over HTTP', () => {
  it('tells its time and, in a header, how fast it passes', async () => {
    const simulator = await start({ speed: 300 });
    wall += 1_000;
    const { body, headers } = await get(simulator, '/api/v3/time');
    expect(body).toEqual({ serverTime: Date.UTC(2026, 0, 1, 0, 5) });
    expect(headers.get('x-market-speed')).toBe('300');
    expect((await get(simulator, '/sim/clock')).body).toEqual({
      now: Date.UTC(2026, 0, 1, 0, 5),
      speed: 300,
      ended: false,
      market: 'synthetic/seed=1/tokens=20',
      virtual: false,
    });
  });

  it.each([
    ['/api/v3/nothing', 404, 404],
    ['/api/v3/depth', 400, 700004],
    ['/api/v3/depth?symbol=NOPEUSDT', 400, -1121],
    ['/api/v3/depth?symbol=BTCUSDT&limit=x', 400, 700004],
    ['/api/v3/klines?symbol=BTCUSDT&interval=1h', 400, -1121],
    ['/api/v3/klines?symbol=BTCUSDT&interval=5m&startTime=x', 400, 700004],
    ['/api/v3/ticker/24hr?symbol=NOPEUSDT', 400, -1121],
    ['/api/v3/exchangeInfo?symbols=BTCUSDT,NOPEUSDT', 400, -1121],
    ['/api/v3/account', 400, 400],
    ['/api/v3/exchangeInfo?symbols=BTCUSDT&symbols=NOPEUSDT', 400, -1121],
  ])('%s answers %i with code %i', async (path, status, code) => {
    const answer = await get(await start(), path);
    expect(answer).toMatchObject({ status, body: { code } });
  });

  it('quotes tickers with a fraction for the change, null counts, and no volume off line', async () => {
    const simulator = await start();
    const rows = (await get(simulator, '/api/v3/ticker/24hr')).body as Record<string, string | number | null>[];
    expect(rows).toHaveLength(simulator.source.listings.length);
    for (const row of rows) {
      const change = Number(row.lastPrice) / Number(row.openPrice) - 1;
      expect(Number(row.priceChangePercent)).toBeCloseTo(change, 3);
      expect(Number(row.highPrice)).toBeGreaterThanOrEqual(Number(row.lastPrice));
      expect(Number(row.lowPrice)).toBeLessThanOrEqual(Number(row.openPrice));
      expect(row.count).toBeNull();
      if (row.bidPrice !== '') expect(Number(row.bidPrice)).toBeLessThan(Number(row.askPrice));
    }
    expect(rows.find(({ symbol }) => symbol === 'OFFLINEUSDT')).toMatchObject({ quoteVolume: null, bidQty: '' });
  });

  it('lists who may trade by API, and hides no one from the symbols', async () => {
    const simulator = await start();
    const open = (await get(simulator, '/api/v3/defaultSymbols')).body as { data: string[] };
    const info = (await get(simulator, '/api/v3/exchangeInfo')).body as { symbols: Record<string, unknown>[] };
    expect(open.data).toContain('BTCUSDT');
    expect(open.data).not.toContain('NOAPI1USDT');
    const row = info.symbols.find(({ symbol }) => symbol === 'NOAPI1USDT')!;
    expect(row).toMatchObject({ isSpotTradingAllowed: false, status: '1', tradeSideType: 1, st: false });
    expect(['baseAssetPrecision', 'quotePrecision', 'tradeSideType'].map((name) => typeof row[name])).toEqual([
      'number',
      'number',
      'number',
    ]);
  });

  it('takes orders only as JSON, and only with a sound signature', async () => {
    const simulator = await start();
    const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', quantity: '0.001', price: '50000' };
    const asText = await signed(simulator, 'POST', '/api/v3/order', order, { 'Content-Type': 'text/plain' });
    expect(asText).toMatchObject({ status: 400, body: { code: 700013 } });
    const forged = await signed(simulator, 'POST', '/api/v3/order', { ...order, signature: 'x' });
    expect(forged.body.code).toBe(700002);
  });

  it('an order goes from creation through query and cancel, the answer to its creation thin', async () => {
    const simulator = await start();
    const created = await buy(simulator, { newClientOrderId: 'mine-1' });
    expect(Object.keys(created.body).sort()).toEqual(
      ['orderId', 'orderListId', 'origQty', 'price', 'side', 'stpMode', 'symbol', 'transactTime', 'type'].sort(),
    );
    expect(created.body.orderId).toMatch(/^C02__\d{21}$/);
    const key = { symbol: 'BTCUSDT', origClientOrderId: 'mine-1' };
    const queried = await signed(simulator, 'GET', '/api/v3/order', key);
    expect(queried.body).toMatchObject({ status: 'NEW', clientOrderId: 'mine-1', executedQty: '0', timeInForce: null });
    expect((await signed(simulator, 'GET', '/api/v3/openOrders')).body).toHaveLength(1);
    const canceled = await signed(simulator, 'DELETE', '/api/v3/order', key);
    expect(canceled.body).toMatchObject({ status: 'CANCELED' });
    expect((await signed(simulator, 'DELETE', '/api/v3/order', key)).body.code).toBe(-2011);
    expect((await signed(simulator, 'GET', '/api/v3/order', { ...key, origClientOrderId: 'other' })).body.code).toBe(
      -2013,
    );
    expect((await signed(simulator, 'GET', '/api/v3/allOrders', { symbol: 'BTCUSDT' })).body).toHaveLength(1);
  });

  it('shows the whole ledger, keys masked', async () => {
    const simulator = await start();
    await buy(simulator, { type: 'IMMEDIATE_OR_CANCEL', price: '120000', newClientOrderId: 'c1' });
    const text = JSON.stringify((await get(simulator, '/sim/ledger')).body);
    expect(text).not.toContain(KEY);
    const { accounts, orders, trades } = JSON.parse(text);
    expect(accounts).toMatchObject([
      { apiKey: '…1234', initial: { USDT: '1000' }, balances: { BTC: { free: '0.001' } } },
    ]);
    expect(orders).toMatchObject([{ apiKey: '…1234', status: 'FILLED', clientOrderId: 'c1', executed: '0.001' }]);
    expect(trades[0]).toMatchObject({ clientOrderId: 'c1', feeAsset: 'USDT', symbol: 'BTCUSDT' });
    const mine = await signed(simulator, 'GET', '/api/v3/myTrades', { symbol: 'BTCUSDT', orderId: orders[0].orderId });
    expect(mine.body).toHaveLength(trades.length);
  });
});

describe('a market', () => {
  it('goes on after a restart where it stopped: time, balances, orders, ids', async () => {
    const first = await start();
    await buy(first);
    wall += 60_000;
    const time = first.clock.now();
    const ledger = (await get(first, '/sim/ledger')).body;
    await stop(first);
    const second = await start();
    expect(second.clock.now()).toBe(time);
    expect((await get(second, '/sim/ledger')).body).toEqual(ledger);
    await buy(second);
    const ids = second.engine.ledger.orders().map(({ orderId }) => orderId);
    expect(new Set(ids).size).toBe(2);
  });

  it('knows after a kill what it answered a moment before', async () => {
    const killed = await start();
    await buy(killed, { type: 'IMMEDIATE_OR_CANCEL', price: '120000', newClientOrderId: 'c1' });
    const told = (await get(killed, '/sim/ledger')).body as { orders: unknown; trades: unknown };
    // nothing of the first is closed: all the second has is what was saved by then
    const second = await start();
    expect((await get(second, '/sim/ledger')).body).toMatchObject({ orders: told.orders, trades: told.trades });
  });

  it('knows after a kill that fees are to be taken in MX', async () => {
    const killed = await start();
    await signed(killed, 'POST', '/api/v3/mxDeduct/enable', { mxDeductEnable: 'true' });
    const second = await start();
    expect((await signed(second, 'GET', '/api/v3/mxDeduct/enable')).body.data).toEqual({ mxDeductEnable: true });
  });

  it('reads the state of the version before, which had no journal', async () => {
    const first = await start();
    await buy(first);
    const ledger = (await get(first, '/sim/ledger')).body;
    await stop(first);
    const { journal, ...saved } = JSON.parse(readFileSync(savedFile(), 'utf8'));
    expect(journal).toBeTypeOf('string');
    writeFileSync(savedFile(), JSON.stringify({ ...saved, version: 2 }));
    expect((await get(await start(), '/sim/ledger')).body).toEqual(ledger);
  });

  it('that is resumed lets its orders fill on', async () => {
    const first = await start({ speed: 600 });
    const last = first.quotes.last(first.quotes.find('BTCUSDT', first.clock.now())!, first.clock.now());
    await buy(first, { price: (last * 0.999).toFixed(2) });
    await stop(first);
    const second = await start({ speed: 600 });
    wall += 12 * 60_000;
    const orders = (await signed(second, 'GET', '/api/v3/allOrders', { symbol: 'BTCUSDT', startTime: '1' }))
      .body as unknown as {
      status: string;
    }[];
    expect(orders.map(({ status }) => status)).toEqual(['FILLED']);
  });

  it('that is a recording stands still at its end, says so once, and still answers', async () => {
    const candles = join(folder, 'candles');
    mkdirSync(candles);
    const rows = Array.from({ length: 300 }, (_, n) => `${Date.UTC(2026, 0, 1) + n * 300_000},1,1.1,0.9,1,1000`);
    writeFileSync(join(candles, 'AUSDT.csv'), ['timestamp,open,high,low,close,volume', ...rows].join('\n'));
    const warnings: string[] = [];
    const log = { info: () => undefined, error: () => undefined, warn: (message: string) => warnings.push(message) };
    const simulator = await start({ dataFolder: candles, stateFolder: null, log });
    wall += 3_600_000;
    await vi.waitFor(() => expect(warnings).toHaveLength(1), { timeout: 10_000 });
    const end = Date.UTC(2026, 0, 1) + 300 * 300_000;
    expect((await get(simulator, '/sim/clock')).body).toMatchObject({ now: end, ended: true });
    expect((await signed(simulator, 'GET', '/api/v3/account')).status).toBe(200);
    expect((await get(simulator, '/api/v3/ticker/24hr?symbol=AUSDT')).body).toMatchObject({ lastPrice: '1.0' });
    expect(warnings).toEqual(['the recording has ended: the market clock stands still']);
  });

  it('leaves the state of another alone', async () => {
    await stop(await start());
    await stop(await start({ seed: 2 }));
    expect(readdirSync(folder).filter((name) => name.endsWith('.json'))).toHaveLength(2);
  });

  it('keeps no key in its state, and lets only the owner read it', async () => {
    await stop(await start());
    const file = savedFile();
    expect(readFileSync(file, 'utf8')).not.toContain(KEY);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o077).toBe(0);
  });

  it.each([
    ['cut off', (text: string) => text.slice(0, 200)],
    ['of another version', (text: string) => text.replace('"version":3', '"version":9')],
    ['of another market', (text: string) => text.replace('seed=1', 'seed=3')],
    ['with a negative balance', (text: string) => text.replace('"free":"1000"', '"free":"-1"')],
    ['with money locked for nothing', (text: string) => text.replace('"locked":"0"', '"locked":"5"')],
  ])('refuses state %s, and does not overwrite it', async (_, damage) => {
    await stop(await start());
    const file = savedFile();
    const damaged = damage(readFileSync(file, 'utf8'));
    writeFileSync(file, damaged);
    await expect(start()).rejects.toThrow(/saved market .* cannot be used/);
    expect(readFileSync(file, 'utf8')).toBe(damaged);
  });

  it('says which port is taken and which setting changes it', async () => {
    const first = await start();
    const second = start({ port: first.port, stateFolder: null });
    await expect(second).rejects.toBeInstanceOf(PortInUse);
    await expect(second).rejects.toMatchObject({ port: first.port, hint: expect.stringContaining('SIM_PORT') });
  });
});
