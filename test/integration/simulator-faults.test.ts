import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FaultPlanInput } from '../../apps/simulator/src/faults/plan.ts';
import { type SimulatedExchange, startExchange } from '../support/simulated-exchange.ts';

const SYMBOL = 'BTCUSDT';
const POST = 'POST /api/v3/order';
const BUY = { symbol: SYMBOL, side: 'BUY', type: 'MARKET', quoteOrderQty: '50' };
let exchange: SimulatedExchange;

const open = async (plan: FaultPlanInput): Promise<void> => {
  exchange = await startExchange({ faultPlan: plan });
};
const buy = (parameters = {}, signal?: AbortSignal) =>
  exchange.signed('POST', '/api/v3/order', { ...BUY, ...parameters }, signal);
const find = (parameters: Record<string, string>) =>
  exchange.signed('GET', '/api/v3/order', { symbol: SYMBOL, ...parameters });
const orders = () => exchange.simulator.engine.ledger.orders();

afterEach(() => exchange.simulator.close());

describe('an answer that is lost', () => {
  it.each([
    [{ kind: 'accept-then-drop' }, 1],
    [{ kind: 'drop' }, 0],
    [{ kind: 'hang' }, 0],
    [{ kind: 'accept-then-hang' }, 1],
    [{ kind: 'hang', wallMs: 20 }, 0],
  ] as const)('%j leaves the client without a word, and %i orders at the exchange', async (action, count) => {
    await open({ faults: [{ request: POST, times: 1, do: action }] });
    const impatience = new AbortController();
    const lost = expect(buy({ newClientOrderId: 'one' }, impatience.signal)).rejects.toThrow();
    await vi.waitFor(async () => expect(await exchange.ledger('?requests=1')).toMatch(/"outcome":"(dropped|hung)"/));
    // only silence without an end needs a client that gives up
    if (!('wallMs' in action) && action.kind.endsWith('hang')) impatience.abort();
    await lost;
    expect(orders()).toHaveLength(count);
    expect((await find({ origClientOrderId: 'one' })).status).toBe(count === 1 ? 200 : 400);
    expect((await buy()).status).toBe(200);
  });

  it.each([
    [500, 'json'],
    [502, 'html'],
    [503, 'html'],
    [504, 'json'],
  ] as const)('HTTP %i (%s) after the order was accepted, and exactly one order is there', async (status, body) => {
    await open({ faults: [{ request: POST, nth: 1, do: { kind: 'accept-then-answer', status, body } }] });
    const answer = await buy({ newClientOrderId: 'one' });
    expect([answer.status, answer.text.startsWith('<html>')]).toEqual([status, body === 'html']);
    if (body === 'json') expect(answer.row.code).toBe(status);
    expect(orders()).toHaveLength(1);
    expect((await find({ origClientOrderId: 'one' })).row.status).toBe('FILLED');
  });

  it('does the same on DELETE: the order is cancelled though nobody said so', async () => {
    await open({ faults: [{ request: 'DELETE /api/v3/order', nth: 1, do: { kind: 'accept-then-drop' } }] });
    const price = await exchange.price(SYMBOL, 0.8);
    const { orderId } = await exchange.order({ symbol: SYMBOL, side: 'BUY', type: 'LIMIT', quantity: '0.001', price });
    const key = { symbol: SYMBOL, orderId: String(orderId) };
    await expect(exchange.signed('DELETE', '/api/v3/order', key)).rejects.toThrow();
    expect((await find(key)).row.status).toBe('CANCELED');
  });
});

describe('a rule about a symbol', () => {
  it('is about a batch of its orders, and about a list that names it', async () => {
    const fault = { kind: 'answer', status: 503 } as const;
    const request = ['POST /api/v3/batchOrders', 'DELETE /api/v3/openOrders', 'GET /api/v3/exchangeInfo'];
    await open({ faults: [{ id: 'btc', request, symbol: SYMBOL, do: fault }] });
    const batch = (symbol: string) =>
      exchange.signed('POST', '/api/v3/batchOrders', { batchOrders: JSON.stringify([{ ...BUY, symbol }]) });
    const cancelAll = (symbol: string) => exchange.signed('DELETE', '/api/v3/openOrders', { symbol });
    expect((await batch(SYMBOL)).status).toBe(503);
    expect((await batch('ETHUSDT')).status).toBe(200);
    expect((await cancelAll(`ETHUSDT,${SYMBOL}`)).status).toBe(503);
    expect((await cancelAll('ETHUSDT')).status).toBe(200);
    expect((await exchange.get('/api/v3/exchangeInfo', { symbols: `ETHUSDT,${SYMBOL}` })).status).toBe(503);
    for (const batchOrders of ['[1', '[null, 1]', '{}']) {
      expect((await exchange.signed('POST', '/api/v3/batchOrders', { batchOrders })).status).toBe(400);
    }
    expect(await exchange.ledger('?requests=1')).toContain(`"symbol":"ETHUSDT,${SYMBOL}"`);
  });
});

describe('refusals', () => {
  it.each([
    [{ kind: 'answer', status: 429, retryAfterSeconds: 7 }, 429, 429, '7'],
    [{ kind: 'answer', status: 429 }, 429, 429, null],
    [{ kind: 'answer', status: 429, body: 'html' }, 429, undefined, null],
    [{ kind: 'answer', status: 418, retryAfterSeconds: 120 }, 418, 418, '120'],
    [{ kind: 'answer', status: 403, body: 'html' }, 403, undefined, null],
    [{ kind: 'error', code: 700002 }, 400, 700002, null],
    [{ kind: 'error', code: 700006 }, 400, 700006, null],
    [{ kind: 'error', code: 30019 }, 400, 30019, null],
    [{ kind: 'error', code: 30087 }, 400, 30087, null],
    [{ kind: 'error', code: 400 }, 400, 400, null],
    [{ kind: 'clock-skew', ms: -8_000 }, 400, 700003, null],
    [{ kind: 'clock-skew', ms: 8_000 }, 400, 700003, null],
  ] as const)('%j', async (action, status, code, retryAfter) => {
    await open({ faults: [{ request: 'signed', do: action }] });
    const answer = await buy();
    expect([answer.status, answer.row.code, answer.headers.get('retry-after')]).toEqual([status, code, retryAfter]);
    expect(orders()).toHaveLength(0);
    expect((await exchange.get('/api/v3/ping')).status).toBe(200);
  });
});

it('a rule for signed requests leaves alone what anyone may ask, futures among it; one for futures leaves spot alone', async () => {
  await open({
    faults: [
      { request: 'signed', do: { kind: 'error', code: 700002 } },
      { request: 'GET /api/v1/contract/detail', nth: 2, do: { kind: 'drop' } },
    ],
  });
  const futures = () => exchange.get('/api/v1/contract/detail');
  expect((await futures()).row).toEqual({ success: true, code: 0, data: [] });
  await expect(futures()).rejects.toThrow();
  expect((await exchange.get('/api/v3/exchangeInfo')).status).toBe(200);
  expect((await buy()).row.code).toBe(700002);
});

describe('orders that go wrong', () => {
  it('fills in part, and cancels the rest', async () => {
    await open({ faults: [{ request: POST, do: { kind: 'partial-fill', share: 0.4 } }] });
    const limit = { symbol: SYMBOL, side: 'BUY', type: 'LIMIT', quantity: '0.001' };
    const row = await exchange.order({ ...limit, price: await exchange.price(SYMBOL, 1.01) });
    expect(row).toMatchObject({ status: 'PARTIALLY_CANCELED', executedQty: '0.0004' });
  });

  it('finds no liquidity', async () => {
    await open({ faults: [{ request: POST, do: { kind: 'no-liquidity' } }] });
    expect(await exchange.order(BUY)).toMatchObject({ status: 'CANCELED', executedQty: '0' });
  });

  it('fills only after a while', async () => {
    await open({ faults: [{ request: POST, do: { kind: 'slow-fill', seconds: 8 } }] });
    const { orderId, status } = await exchange.order(BUY);
    expect(status).toBe('NEW');
    exchange.simulator.advance(7_900);
    expect((await find({ orderId: String(orderId) })).row.status).toBe('NEW');
    exchange.simulator.advance(200);
    expect((await find({ orderId: String(orderId) })).row.status).toBe('FILLED');
  });

  it('is not found for some seconds, nor listed, nor cancelled', async () => {
    await open({ faults: [{ request: POST, do: { kind: 'late-visibility', seconds: 5 } }] });
    const price = await exchange.price(SYMBOL, 0.8);
    await buy({ type: 'LIMIT', price, quantity: '0.001', newClientOrderId: 'late' });
    expect((await find({ origClientOrderId: 'late' })).row.code).toBe(-2013);
    expect((await exchange.signed('GET', '/api/v3/openOrders', { symbol: SYMBOL })).rows).toEqual([]);
    const key = { symbol: SYMBOL, origClientOrderId: 'late' };
    expect((await exchange.signed('DELETE', '/api/v3/order', key)).row.code).toBe(-2011);
    exchange.simulator.advance(5_000);
    expect((await find({ origClientOrderId: 'late' })).row.status).toBe('NEW');
  });

  it('fills while its cancellation is under way', async () => {
    await open({ faults: [{ request: 'DELETE /api/v3/order', do: { kind: 'fill-before-cancel' } }] });
    const price = await exchange.price(SYMBOL, 0.9);
    const { orderId } = await exchange.order({ symbol: SYMBOL, side: 'BUY', type: 'LIMIT', quantity: '0.001', price });
    const key = { symbol: SYMBOL, orderId: String(orderId) };
    expect((await exchange.signed('DELETE', '/api/v3/order', key)).row.code).toBe(-2011);
    expect((await find(key)).row.status).toBe('FILLED');
  });

  it.each([
    ['null', null],
    ['empty', ''],
  ] as const)('loses its client order id (%s), which then finds nothing', async (as, shown) => {
    await open({ faults: [{ request: POST, do: { kind: 'lost-client-id', as } }] });
    expect(await exchange.order({ ...BUY, newClientOrderId: 'mine' })).toMatchObject({ clientOrderId: shown });
    expect((await find({ origClientOrderId: 'mine' })).row.code).toBe(-2013);
    expect(orders()[0]!.clientOrderId).toBe('mine');
  });

  it.each([
    ['hex', /^[0-9a-f]{32}$/],
    ['C01', /^C01__\d+$/],
    ['number', /^\d+$/],
  ] as const)('has an order id of another form: %s', async (as, form) => {
    await open({ faults: [{ request: POST, do: { kind: 'odd-order-id', as } }] });
    expect((await exchange.order(BUY)).orderId).toMatch(form);
  });
});

describe('account data that is behind', () => {
  it('shows balances, and trades, as they were some seconds ago', async () => {
    await open({
      faults: [
        { request: 'GET /api/v3/account', do: { kind: 'stale-balance', seconds: 10 } },
        { request: 'GET /api/v3/myTrades', do: { kind: 'missing-trades', seconds: 10 } },
      ],
    });
    const held = async () => {
      const { row } = await exchange.signed('GET', '/api/v3/account');
      return (row.balances as { asset: string; free: string }[]).map(({ asset }) => asset);
    };
    const trades = async () => (await exchange.signed('GET', '/api/v3/myTrades', { symbol: SYMBOL })).rows.length;
    exchange.simulator.advance(1_000);
    await buy();
    expect([await held(), await trades()]).toEqual([['USDT'], 0]);
    exchange.simulator.advance(10_000);
    expect([await held(), await trades()]).toEqual([['USDT', 'BTC'], 1]);
  });
});

describe('market data that is wrong', () => {
  const klines = async (): Promise<unknown[][]> =>
    JSON.parse((await exchange.get('/api/v3/klines', { symbol: SYMBOL, interval: '5m', limit: '100' })).text);

  it.each([
    ['missing', (rows: unknown[][]) => rows.length < 100 && rows.length > 60],
    ['flat', (rows: unknown[][]) => rows.length === 100 && rows.some((row) => row[5] === '0' && row[1] === row[4])],
    ['zero', (rows: unknown[][]) => rows.some((row) => row[4] === '0')],
    ['unsorted', (rows: unknown[][]) => rows.some((row, n) => n > 0 && Number(row[0]) < Number(rows[n - 1]![0]))],
    ['duplicate-edge', (rows: unknown[][]) => rows.length === 102 && rows[0]![0] === rows[1]![0]],
    ['short', (rows: unknown[][]) => rows.length === 80],
    ['empty', (rows: unknown[][]) => rows.length === 0],
  ] as const)('candles that are %s, the same at every reading', async (how, holds) => {
    await open({ faults: [{ request: 'GET /api/v3/klines', do: { kind: 'candles', how, share: 0.2 } }] });
    const rows = await klines();
    expect(holds(rows)).toBe(true);
    expect(await klines()).toEqual(rows);
  });

  it('an empty book, a ticker without volume, a price of nothing, a symbol no one knows', async () => {
    await open({
      faults: [
        { request: 'GET /api/v3/depth', do: { kind: 'empty-book' } },
        { request: 'GET /api/v3/ticker/24hr', symbol: SYMBOL, do: { kind: 'null-volume' } },
        { request: 'GET /api/v3/ticker/24hr', do: { kind: 'unknown-symbol', symbol: 'NEWUSDT' } },
        { request: 'GET /api/v3/ticker/price', nth: 1, do: { kind: 'bad-price', as: 'zero' } },
      ],
    });
    expect((await exchange.get('/api/v3/depth', { symbol: SYMBOL })).row).toMatchObject({ bids: [], asks: [] });
    expect((await exchange.get('/api/v3/ticker/24hr', { symbol: SYMBOL })).row.quoteVolume).toBeNull();
    const symbols = (await exchange.get('/api/v3/ticker/24hr')).rows.map(({ symbol }) => symbol);
    expect(symbols).toContain('NEWUSDT');
    expect((await exchange.get('/api/v3/ticker/price', { symbol: SYMBOL })).row.price).toBe('0');
    expect(Number((await exchange.get('/api/v3/ticker/price', { symbol: SYMBOL })).row.price)).toBeGreaterThan(0);
  });
});

describe('the side door', () => {
  it('takes a plan, says how often each rule fired, and forgets it again', async () => {
    await open({});
    const plan = { faults: [{ id: 'down', request: 'public', from: '+10s', do: { kind: 'answer', status: 503 } }] };
    expect((await exchange.post('/sim/faults', plan)).status).toBe(200);
    expect((await exchange.get('/api/v3/ping')).status).toBe(200);
    exchange.simulator.advance(10_000);
    expect((await exchange.get('/api/v3/ping')).status).toBe(503);
    const { row } = await exchange.get('/sim/faults');
    expect(row.faults).toMatchObject([{ id: 'down', matched: 1, fired: 1 }]);
    const url = `${exchange.simulator.url}/sim/faults?id=down`;
    expect(await (await fetch(url, { method: 'DELETE' })).json()).toEqual({ faults: 1, market: 0 });
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(404);
    expect((await exchange.get('/api/v3/ping')).status).toBe(200);
  });

  it.each([
    ['{"faults": [', 'it is not valid JSON at line 1'],
    [{ faults: [{ request: POST, do: { kind: 'explode' } }] }, 'faults[0].do.kind'],
    [{ faults: [{ request: POST, probability: 2, do: { kind: 'drop' } }] }, 'faults[0].probability'],
    [{ faults: [{ do: { kind: 'drop' } }] }, 'faults[0]: must have either `request` or `stream`'],
    [{ faults: [{ request: POST, from: 'soon', do: { kind: 'drop' } }] }, 'faults[0].from: must be a time'],
    [
      { market: [{ at: 0, kind: 'delist', symbol: 'NOPEUSDT', as: 'status-3' }] },
      'market[0].symbol: there is no market',
    ],
    [{ market: [{ at: 0, kind: 'shock', symbol: SYMBOL, factor: 0 }] }, 'market[0].factor'],
    [{ wrong: 1 }, 'wrong: is not a field here'],
    [[], 'plan: '],
  ])('refuses %j by its field, and goes on', async (body, message) => {
    await open({});
    const answer = await exchange.post('/sim/faults', body);
    expect(answer.status).toBe(400);
    expect(answer.row.msg).toContain(message);
    expect((await exchange.get('/sim/faults')).row).toMatchObject({ faults: [], market: [] });
    expect((await buy()).status).toBe(200);
  });

  it.each([
    ['{}', 'advanceMs: must be a whole number'],
    ['[5]', 'the request: '],
    ['x', 'it is not valid JSON at line 1, column 1'],
    ['', 'it is not valid JSON'],
    ['{"advanceMs":-1}', 'advanceMs: must not be below 0'],
    ['{"advanceMs":1.5}', 'advanceMs: must be a whole number'],
    ['{"advanceMs":"9"}', 'advanceMs: must be a whole number'],
    ['{"advanceMs":1e12}', 'advanceMs: must be 129600000 at most'],
    ['{"advanceMs":1,"speed":5}', 'speed: is not a field here'],
  ])('refuses to advance the clock by %s, and goes on', async (body, message) => {
    await open({});
    const before = exchange.simulator.clock.now();
    const { status, row } = await exchange.post('/sim/clock', body);
    expect([status, row.code]).toEqual([400, 400]);
    expect(row.msg).toContain(message);
    expect(exchange.simulator.clock.now()).toBe(before);
    expect((await exchange.post('/sim/clock', { advanceMs: 7 })).row.now).toBe(before + 7);
  });

  it('lists every request with its outcome, without keys and signatures', async () => {
    await open({ faults: [{ id: 'lost', request: POST, nth: 1, do: { kind: 'accept-then-drop' } }] });
    await expect(buy({ newClientOrderId: 'one' })).rejects.toThrow();
    await buy({ quoteOrderQty: '0.1' });
    await find({ origClientOrderId: 'one' });
    const text = await exchange.ledger('?requests=1');
    const { requests } = JSON.parse(text) as { requests: { total: number; counts: object; latest: object[] } };
    expect(requests.total).toBe(3);
    expect(requests.counts).toEqual({
      [POST]: { dropped: 1, '400 code 30002': 1 },
      'GET /api/v3/order': { '200': 1 },
    });
    expect(requests.latest[0]).toMatchObject({ outcome: 'dropped', fault: 'lost', clientOrderId: 'one', key: 'TKEY' });
    expect(text).not.toMatch(/signature|mx0vgl/);
  });

  it('loses its memory when told to; ids go on', async () => {
    await open({});
    const { orderId } = await exchange.order(BUY);
    expect((await exchange.post('/sim/reset', '')).status).toBe(200);
    expect(JSON.parse(await exchange.ledger())).toMatchObject({ orders: [], trades: [] });
    expect((await find({ orderId: String(orderId) })).row.code).toBe(-2013);
    expect((await exchange.order(BUY)).orderId).not.toBe(orderId);
  });
});
