import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { FaultPlanInput } from '../../apps/simulator/src/faults/plan.ts';
import type { SimulatorOptions } from '../../apps/simulator/src/simulator.ts';
import { API_KEY, SECRET, type SimulatedExchange, startExchange } from '../support/simulated-exchange.ts';

const SYMBOL = 'BTCUSDT';
let exchange: SimulatedExchange;

const open = async (plan: FaultPlanInput, changes: Partial<SimulatorOptions> = {}): Promise<void> => {
  exchange = await startExchange({ faultPlan: plan, ...changes });
};
const info = async (symbol: string) => {
  const { row, status } = await exchange.get('/api/v3/exchangeInfo', { symbol });
  return status === 200 ? (row.symbols as Record<string, unknown>[])[0]! : null;
};
const place = (symbol: string, side: 'BUY' | 'SELL', quantity = '0.001') =>
  exchange.signed('POST', '/api/v3/order', { symbol, side, type: 'MARKET', quantity });
const pass = (seconds: number): void => exchange.simulator.advance(seconds * 1_000);

afterEach(() => exchange.simulator.close());

describe('the life of a symbol', () => {
  it('is listed at its time, with a history that begins there', async () => {
    await open({ market: [{ at: '+1h', kind: 'list', symbol: 'FRESHUSDT', like: SYMBOL }] });
    expect(await info('FRESHUSDT')).toBeNull();
    expect((await place('FRESHUSDT', 'BUY')).row.code).toBe(-1121);
    pass(3_600 + 900);
    expect(await info('FRESHUSDT')).toMatchObject({ baseAsset: 'FRESH', status: '1' });
    const { text } = await exchange.get('/api/v3/klines', { symbol: 'FRESHUSDT', interval: '5m' });
    expect(JSON.parse(text)).toHaveLength(4);
    expect((await place('FRESHUSDT', 'BUY')).status).toBe(200);
  });

  it('has API trading taken away, one direction closed, a risk flag set, trading halted, and comes back', async () => {
    await open({
      market: [
        { at: '+1m', kind: 'set', symbol: SYMBOL, apiTrading: false },
        { at: '+2m', kind: 'set', symbol: SYMBOL, apiTrading: true, sides: 'sell', riskFlag: true },
        { at: '+3m', kind: 'set', symbol: SYMBOL, sides: 'all', status: '2' },
        { at: '+4m', kind: 'set', symbol: SYMBOL, status: '1' },
      ],
    });
    pass(60);
    expect(await info(SYMBOL)).toMatchObject({ isSpotTradingAllowed: false });
    expect((await exchange.get('/api/v3/defaultSymbols')).row.data).not.toContain(SYMBOL);
    expect((await place(SYMBOL, 'BUY')).row.code).toBe(10007);
    pass(60);
    expect(await info(SYMBOL)).toMatchObject({ isSpotTradingAllowed: true, tradeSideType: 3, st: true });
    expect((await place(SYMBOL, 'BUY')).row.code).toBe(30001);
    pass(60);
    expect(await info(SYMBOL)).toMatchObject({ status: '2' });
    expect((await place(SYMBOL, 'BUY')).row.code).toBe(30016);
    pass(60);
    expect((await place(SYMBOL, 'BUY')).status).toBe(200);
  });

  it('rests while the market is halted, however far the price goes', async () => {
    await open({
      market: [
        { at: '+1m', kind: 'set', symbol: SYMBOL, status: '2' },
        { at: '+2m', kind: 'shock', symbol: SYMBOL, factor: 0.7 },
        { at: '+10m', kind: 'set', symbol: SYMBOL, status: '1' },
      ],
    });
    const price = await exchange.price(SYMBOL, 0.9);
    const { orderId } = await exchange.order({ symbol: SYMBOL, side: 'BUY', type: 'LIMIT', quantity: '0.001', price });
    const status = async () =>
      (await exchange.signed('GET', '/api/v3/order', { symbol: SYMBOL, orderId: String(orderId) })).row.status;
    pass(9 * 60);
    expect(await status()).toBe('NEW');
    pass(4 * 60);
    expect(await status()).toBe('FILLED');
  });

  it.each([
    ['status-3', 30000, true],
    ['removed-10007', 10007, false],
    ['removed-1121', -1121, false],
  ] as const)(
    'is delisted (%s): orders are refused with %i, what rested is cancelled, coins stay',
    async (as, code, listed) => {
      await open({ market: [{ at: '+5m', kind: 'delist', symbol: SYMBOL, as }] });
      await place(SYMBOL, 'BUY');
      const price = await exchange.price(SYMBOL, 0.8);
      await exchange.order({ symbol: SYMBOL, side: 'BUY', type: 'LIMIT', quantity: '0.001', price });
      pass(300);
      expect((await info(SYMBOL)) !== null).toBe(listed);
      const tickers = (await exchange.get('/api/v3/ticker/24hr')).rows.map(({ symbol }) => symbol);
      expect(tickers.includes(SYMBOL)).toBe(listed);
      expect((await place(SYMBOL, 'SELL')).row.code).toBe(code);
      expect((await exchange.signed('GET', '/api/v3/openOrders')).rows).toEqual([]);
      const { row } = await exchange.signed('GET', '/api/v3/account');
      expect(row.balances).toContainEqual({ asset: 'BTC', free: '0.001', locked: '0', available: '0.001' });
      expect(exchange.simulator.engine.ledger.orders().map((order) => order.status)).toEqual(['FILLED', 'CANCELED']);
    },
  );

  it('keeps what rests in a delisted market where the plan says so', async () => {
    const delist = { at: '+5m', kind: 'delist', symbol: SYMBOL, as: 'removed-10007', restingOrders: 'keep' } as const;
    await open({ market: [delist] });
    const price = await exchange.price(SYMBOL, 0.99);
    await exchange.order({ symbol: SYMBOL, side: 'BUY', type: 'LIMIT', quantity: '0.001', price });
    pass(48 * 3_600);
    const { rows } = await exchange.signed('GET', '/api/v3/openOrders');
    expect(rows).toHaveLength(1);
    const key = { symbol: SYMBOL, orderId: String(rows[0]!.orderId) };
    expect((await exchange.signed('DELETE', '/api/v3/order', key)).row.status).toBe('CANCELED');
  });

  it('is renamed, and the coins with it', async () => {
    await open({ market: [{ at: '+5m', kind: 'rename', symbol: SYMBOL, to: 'XBTUSDT' }] });
    await place(SYMBOL, 'BUY');
    const before = await exchange.price(SYMBOL);
    pass(300);
    expect(await info(SYMBOL)).toBeNull();
    expect(await info('XBTUSDT')).toMatchObject({ baseAsset: 'XBT' });
    expect(Math.abs(Number(await exchange.price('XBTUSDT')) / Number(before) - 1)).toBeLessThan(0.05);
    expect((await place('XBTUSDT', 'SELL')).status).toBe(200);
    const { adjustments } = JSON.parse(await exchange.ledger()) as { adjustments: unknown[] };
    expect(adjustments).toMatchObject([
      { asset: 'BTC', amount: '-0.001', reason: 'rename' },
      { asset: 'XBT', amount: '0.001', reason: 'rename' },
    ]);
  });

  it('is written with another word for on line, and all markets can be inactive at once', async () => {
    await open({
      market: [
        { at: '+1m', kind: 'status-words', online: 'ENABLED' },
        { at: '+2m', kind: 'set', symbol: '*', apiTrading: false },
      ],
    });
    pass(60);
    expect(await info(SYMBOL)).toMatchObject({ status: 'ENABLED' });
    expect((await place(SYMBOL, 'BUY')).status).toBe(200);
    pass(60);
    expect((await exchange.get('/api/v3/defaultSymbols')).row.data).toEqual([]);
  });
});

describe('the market itself', () => {
  it('crashes and comes back on schedule, and candles, tickers and books agree on it', async () => {
    const shock = {
      kind: 'shock',
      symbol: '*',
      factor: 0.6,
      overSeconds: 30,
      holdSeconds: 60,
      recoverOverSeconds: 60,
    } as const;
    await open({ market: [{ at: '+10m', ...shock }] });
    pass(595);
    const before = Number(await exchange.price(SYMBOL));
    pass(45);
    const low = Number(await exchange.price(SYMBOL));
    expect(low / before).toBeCloseTo(0.6, 1);
    const { row } = await exchange.get('/api/v3/ticker/bookTicker', { symbol: SYMBOL });
    expect(Number(row.bidPrice) / low).toBeCloseTo(1, 2);
    pass(300);
    expect(Number(await exchange.price(SYMBOL)) / before).toBeCloseTo(1, 1);
    const candles = JSON.parse(
      (await exchange.get('/api/v3/klines', { symbol: SYMBOL, interval: '15m', limit: '2' })).text,
    ) as string[][];
    expect(Number(candles[0]![3])).toBeLessThanOrEqual(low);
  });

  it('runs dry', async () => {
    await open({ market: [{ at: '+1m', kind: 'liquidity', symbol: SYMBOL, share: 0, forSeconds: 60 }] });
    pass(60);
    expect((await exchange.get('/api/v3/depth', { symbol: SYMBOL })).row).toMatchObject({ bids: [], asks: [] });
    expect(await exchange.order({ symbol: SYMBOL, side: 'BUY', type: 'MARKET', quantity: '0.001' })).toMatchObject({
      status: 'CANCELED',
    });
    pass(60);
    expect((await place(SYMBOL, 'BUY')).status).toBe(200);
  });

  it('brings coins that nobody bought, dust among them, and takes some away', async () => {
    await open({
      market: [
        { at: '+1m', kind: 'deposit', asset: 'BTC', amount: '0.000001' },
        { at: '+2m', kind: 'deposit', key: 'TKEY', asset: 'USDT', amount: '-5000' },
      ],
    });
    pass(120);
    const { row } = await exchange.signed('GET', '/api/v3/account');
    expect(row.balances).toEqual([{ asset: 'BTC', free: '0.000001', locked: '0', available: '0.000001' }]);
    expect((await place(SYMBOL, 'SELL', '0.000001')).row.code).toBe(30002);
  });

  it('takes fees in MX, a fifth less, while there is enough of it', async () => {
    const accounts = [{ apiKey: API_KEY, secret: SECRET, balances: { USDT: '1000', MX: '0.02' } }];
    await open({ behaviour: { mxPrice: 2 }, market: [{ at: 0, kind: 'mx-deduct', on: true }] }, { accounts });
    const fees = async () =>
      (await exchange.signed('GET', '/api/v3/myTrades', { symbol: SYMBOL })).rows.map((row) => row.commissionAsset);
    expect((await exchange.signed('GET', '/api/v3/mxDeduct/enable')).row.data).toEqual({ mxDeductEnable: true });
    await place(SYMBOL, 'BUY', '0.001');
    const [trade] = exchange.simulator.engine.ledger.trades();
    const expected = (Number(trade!.price) * 0.001 * 0.0005 * 0.8) / 2;
    expect(Number(trade!.fee)).toBeCloseTo(expected, 7);
    await place(SYMBOL, 'BUY', '0.001');
    expect(await fees()).toEqual(['USDT', 'MX']);
    await exchange.signed('POST', '/api/v3/mxDeduct/enable', { mxDeductEnable: 'false' });
    expect((await exchange.signed('GET', '/api/v3/mxDeduct/enable')).row.data).toEqual({ mxDeductEnable: false });
  });
});

describe('what is not known of MEXC is a switch', () => {
  it.each([
    ['capped', 0.92, 0.97],
    ['exact', 0.99, 1],
  ] as const)('an amount at market, %s, spends %d to %d of it', async (quoteOrderQty, least, most) => {
    await open({ behaviour: { quoteOrderQty } });
    const row = await exchange.order({ symbol: SYMBOL, side: 'BUY', type: 'MARKET', quoteOrderQty: '200' });
    const spent = Number(row.cummulativeQuoteQty) / 200;
    expect(spent).toBeGreaterThan(least);
    expect(spent).toBeLessThanOrEqual(most);
  });

  it.each([
    ['reject', 1, 400],
    ['accept', 2, 200],
    ['first', 1, 200],
  ] as const)('a client order id used twice: %s', async (duplicateClientOrderId, orders, status) => {
    await open({ behaviour: { duplicateClientOrderId } });
    const order = { symbol: SYMBOL, side: 'BUY', type: 'MARKET', quantity: '0.001', newClientOrderId: 'twice' };
    const first = await exchange.signed('POST', '/api/v3/order', order);
    const second = await exchange.signed('POST', '/api/v3/order', order);
    expect(second.status).toBe(status);
    expect(exchange.simulator.engine.ledger.orders()).toHaveLength(orders);
    expect(second.row.orderId === first.row.orderId).toBe(duplicateClientOrderId === 'first');
  });
});

describe('a run', () => {
  const plan: FaultPlanInput = {
    seed: 42,
    faults: [
      { request: 'POST /api/v3/order', probability: 0.3, do: { kind: 'accept-then-drop' } },
      { request: 'POST /api/v3/order', probability: 0.3, do: { kind: 'partial-fill', share: 0.5 } },
      { request: 'signed', probability: 0.1, do: { kind: 'error', code: 700003 } },
    ],
    market: [
      { at: '+5m', kind: 'shock', symbol: '*', factor: 0.8, overSeconds: 20 },
      { at: '+8m', kind: 'delist', symbol: 'ETHUSDT', as: 'removed-1121' },
    ],
  };
  const run = async (seed: number): Promise<string> => {
    await open({ ...plan, seed });
    for (let n = 0; n < 60; n++) {
      const symbol = n % 3 === 0 ? 'ETHUSDT' : SYMBOL;
      const side = n % 4 === 3 ? 'SELL' : 'BUY';
      const type = n % 2 === 0 ? 'MARKET' : 'LIMIT';
      const price = await exchange.price(SYMBOL, 0.995);
      const parameters = { symbol, side, type, quantity: '0.001', price, newClientOrderId: `n${n}` };
      await exchange.signed('POST', '/api/v3/order', parameters).catch(() => null);
      pass(17);
    }
    const ledger = await exchange.ledger('?requests=1');
    await exchange.simulator.close();
    return ledger;
  };

  it('is the same to the byte with the same seed and plan, and another with another seed', async () => {
    const first = await run(42);
    expect(first).toContain('dropped');
    expect(first).toContain('PARTIALLY_CANCELED');
    expect(await run(42)).toBe(first);
    expect(await run(43)).not.toBe(first);
  });

  it('goes on after a restart: delisted markets stay so, rules count on, deposits are made once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'simulator-'));
    const file = join(folder, 'plan.json');
    writeFileSync(file, JSON.stringify({ market: [{ at: '+1m', kind: 'deposit', asset: 'USDT', amount: '5' }] }));
    const start = async (keepState = true) => {
      exchange = await startExchange({ stateFolder: folder, faultPlan: file, keepState });
    };
    try {
      await start();
      const added = {
        faults: [{ id: 'third', request: 'public', nth: 3, do: { kind: 'answer', status: 503 } }],
        market: [{ at: '+2m', kind: 'delist', symbol: 'ETHUSDT', as: 'removed-1121' }],
      };
      await exchange.post('/sim/faults', added);
      await exchange.get('/api/v3/ping');
      pass(150);
      await exchange.simulator.close();

      await start();
      expect((await exchange.get('/api/v3/time')).status).toBe(200);
      expect((await exchange.get('/api/v3/ping')).status).toBe(503);
      expect(await info('ETHUSDT')).toBeNull();
      const { row } = await exchange.signed('GET', '/api/v3/account');
      expect(row.balances).toMatchObject([{ asset: 'USDT', free: '1005' }]);
      await exchange.simulator.close();

      await start(false);
      expect(await info('ETHUSDT')).not.toBeNull();
      expect((await exchange.get('/sim/faults')).row.faults).toEqual([]);
    } finally {
      await exchange.simulator.close();
      rmSync(folder, { recursive: true });
    }
  });

  it('is taken up in the order of time, whether an event came in a file or at the side door', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'simulator-'));
    const faultPlan: FaultPlanInput = {
      market: [
        { at: '+2m', kind: 'set', symbol: 'ETHUSDT', status: '1' },
        { at: '+3m', kind: 'rename', symbol: 'BTCUSDT', to: 'COINUSDT' },
      ],
    };
    const shown = async () => [
      (await info('ETHUSDT'))?.status,
      await info('BTCUSDT'),
      (await info('COINUSDT'))?.status,
    ];
    try {
      exchange = await startExchange({ stateFolder: folder, faultPlan });
      const added = [
        { at: '+1m', kind: 'set', symbol: 'ETHUSDT', status: '2' },
        { at: '+4m', kind: 'set', symbol: 'COINUSDT', status: '2' },
      ];
      expect((await exchange.post('/sim/faults', { market: added })).status).toBe(200);
      pass(300);
      expect(await shown()).toEqual(['1', null, '2']);
      await exchange.simulator.close();

      exchange = await startExchange({ stateFolder: folder, faultPlan });
      expect(await shown()).toEqual(['1', null, '2']);
    } finally {
      await exchange.simulator.close();
      rmSync(folder, { recursive: true });
    }
  });

  it('refuses an event about a name that comes only after it, and goes on', async () => {
    await open({ market: [{ at: '+3m', kind: 'rename', symbol: 'BTCUSDT', to: 'COINUSDT' }] });
    const early = { at: '+1m', kind: 'set', symbol: 'COINUSDT', status: '2' };
    const answer = await exchange.post('/sim/faults', { market: [early] });
    expect([answer.status, answer.row.faults]).toEqual([400, ['market[0].symbol: there is no market COINUSDT']]);
    pass(300);
    expect((await info('COINUSDT'))?.status).toBe('1');
  });

  it('draws on as before a restart, though the plans brought different seeds', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'simulator-'));
    const start = async () => {
      exchange = await startExchange({ stateFolder: folder });
    };
    const rule = { request: 'GET /api/v3/ping', probability: 0.5, do: { kind: 'answer', status: 503 } };
    const run = async (restarts: boolean): Promise<string> => {
      await start();
      await exchange.post('/sim/faults', { seed: 11, faults: [{ ...rule, id: 'one' }] });
      await exchange.post('/sim/faults', { seed: 99, faults: [{ ...rule, id: 'two', request: 'GET /api/v3/time' }] });
      let drawn = '';
      for (let n = 0; n < 60; n++) {
        if (n === 20 && restarts) {
          await exchange.simulator.close();
          await start();
        }
        for (const path of ['/api/v3/ping', '/api/v3/time'])
          drawn += (await exchange.get(path)).status === 503 ? '!' : '.';
      }
      await exchange.simulator.close();
      rmSync(folder, { recursive: true });
      return drawn;
    };
    const whole = await run(false);
    expect(whole).toMatch(/!.*\..*!/);
    expect(await run(true)).toBe(whole);
  });

  it('takes up what came in at the side door: a switch alone, and a rule whose name a new plan file gives away too', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'simulator-'));
    const file = join(folder, 'plan.json');
    const faults = [{ request: 'GET /api/v3/ping', nth: 3, do: { kind: 'answer', status: 503 } }];
    writeFileSync(file, JSON.stringify({ faults }));
    const rules = async () => (await exchange.get('/sim/faults')).row.faults;
    try {
      exchange = await startExchange({ stateFolder: folder });
      await exchange.post('/sim/faults', { behaviour: { duplicateClientOrderId: 'accept' } });
      await exchange.simulator.close();

      exchange = await startExchange({ stateFolder: folder });
      expect((await exchange.get('/sim/faults')).row.behaviour).toMatchObject({ duplicateClientOrderId: 'accept' });
      await exchange.post('/sim/faults', { faults: [{ ...faults[0], request: 'GET /api/v3/time' }] });
      await exchange.get('/api/v3/time');
      expect(await rules()).toMatchObject([{ id: 'rule 1', request: 'GET /api/v3/time', matched: 1 }]);
      await exchange.simulator.close();

      exchange = await startExchange({ stateFolder: folder, faultPlan: file });
      expect(await rules()).toMatchObject([
        { id: 'rule 1', request: 'GET /api/v3/ping', matched: 0 },
        { id: 'rule 2', request: 'GET /api/v3/time', matched: 1 },
      ]);
      expect((await exchange.get('/api/v3/time')).status).toBe(200);
      expect((await exchange.get('/api/v3/time')).status).toBe(503);
    } finally {
      await exchange.simulator.close();
      rmSync(folder, { recursive: true });
    }
  });

  it('does not begin with a plan that cannot be followed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'simulator-'));
    const file = join(folder, 'plan.json');
    writeFileSync(file, '{\n  "faults": [\n    { "request": "public" "do": {} }\n  ]\n}');
    await expect(startExchange({ faultPlan: file })).rejects.toThrow(/plan\.json.*\n.*line 3/);
    await expect(startExchange({ faultPlan: join(folder, 'none.json') })).rejects.toThrow(/cannot be read/);
    rmSync(folder, { recursive: true });
    await open({});
  });
});

describe('request budgets', () => {
  const statuses = async (count: number, send: () => Promise<{ status: number }>): Promise<number[]> => {
    const seen: number[] = [];
    for (let n = 0; n < count; n++) seen.push((await send()).status);
    return seen;
  };
  const ping = () => exchange.get('/api/v3/ping');

  it('do not hold unless asked for', async () => {
    await open({});
    expect(new Set(await statuses(60, ping))).toEqual(new Set([200]));
  });

  it('let 20 requests and 12 orders a second through, say when to come back, and ban who goes on', async () => {
    await open({}, { rateLimits: true });
    const cancel = () => exchange.signed('DELETE', '/api/v3/order', { symbol: SYMBOL, orderId: '1' });
    expect(await statuses(13, cancel)).toEqual([...Array(12).fill(400), 429]);
    pass(2);
    expect(await statuses(21, ping)).toEqual([...Array(20).fill(200), 429]);
    const refused = await ping();
    expect([refused.status, refused.headers.get('retry-after'), refused.row.code]).toEqual([429, '1', 429]);
    pass(1);
    expect((await ping()).status).toBe(200);
    expect((await statuses(60, ping)).at(-1)).toBe(418);
    pass(60);
    expect((await ping()).status).toBe(418);
    pass(61);
    expect((await ping()).status).toBe(200);
  });

  it('weigh requests: 500 in ten seconds', async () => {
    await open({}, { rateLimits: true });
    const all = () => exchange.get('/api/v3/ticker/24hr');
    expect(await statuses(13, all)).toEqual([...Array(12).fill(200), 429]);
    pass(11);
    expect((await all()).status).toBe(200);
  });
});
