import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSimulator, type Simulator } from '../../apps/simulator/src/simulator.ts';

// ccxt is a dependency of packages/exchange; of the whole package only MEXC's client is loaded
const require = createRequire(new URL('../../packages/exchange/package.json', import.meta.url));
const ccxtFolder = dirname(dirname(require.resolve('ccxt')));

/** The part of ccxt.pro's client that watches; it was told to give decimal texts. */
interface WatchingClient {
  has: Record<string, boolean>;
  options: Record<string, unknown>;
  fetchSwapMarkets: () => Promise<readonly unknown[]>;
  loadHttpProxyAgent(): Promise<unknown>;
  loadMarkets(): Promise<unknown>;
  watchTrades(symbol: string): Promise<readonly WatchedTrade[]>;
  watchOHLCV(symbol: string, timeframe: string): Promise<readonly (readonly (number | string)[])[]>;
  watchTicker(symbol: string): Promise<{ bid: string; ask: string }>;
  watchOrderBook(symbol: string): Promise<{ bids: [string, string][]; asks: [string, string][] }>;
  watchOrders(): Promise<readonly WatchedOrder[]>;
  watchMyTrades(): Promise<readonly WatchedTrade[]>;
  watchBalance(): Promise<Record<string, { free: string; used: string }>>;
  fetchOHLCV(symbol: string, timeframe: string, since: number, limit: number): Promise<readonly (number | string)[][]>;
  fetchBalance(): Promise<Record<string, { free: string; used: string }>>;
  fetchMyTrades(symbol: string): Promise<readonly WatchedTrade[]>;
  fetchBidsAsks(): Promise<Record<string, { bid: string; ask: string }>>;
  createOrder(symbol: string, type: string, side: string, amount: number, price?: number): Promise<{ id: string }>;
  cancelOrder(id: string, symbol: string): Promise<unknown>;
  close(): Promise<void>;
}
interface WatchedTrade {
  id?: string;
  order?: string;
  timestamp: number;
  side: string;
  price: string;
  amount: string;
  fee: { cost: string; currency: string };
}
interface WatchedOrder {
  id: string;
  status: string;
  type: string;
  filled: string;
  remaining: string;
  average?: string;
}

const SYMBOL = 'BTC/USDT';
let simulator: Simulator;
let client: WatchingClient;

beforeEach(async () => {
  simulator = await createSimulator({
    port: 0,
    speed: 60,
    seed: 1,
    tokens: 30,
    dataFolder: null,
    stateFolder: null,
    accounts: [{ apiKey: 'mx0vglTESTKEY', secret: 'a-secret-of-no-worth', balances: { USDT: '1000' } }],
  });
  const { default: Mexc } = (await import(pathToFileURL(join(ccxtFolder, 'js/src/pro/mexc.js')).href)) as {
    default: new (options: object) => WatchingClient;
  };
  const base = simulator.url;
  client = new Mexc({
    apiKey: 'mx0vglTESTKEY',
    secret: 'a-secret-of-no-worth',
    number: String,
    enableRateLimit: false,
    // signed requests name the market's time, which runs on while they are under way
    options: { defaultType: 'spot', adjustForTimeDifference: true, recvWindow: 60_000 },
    urls: {
      api: {
        spot: { public: base, private: base },
        spot2: { public: base, private: base },
        contract: { public: `${base}/api/v1/contract`, private: `${base}/api/v1/private` },
        broker: { private: `${base}/api/v3/broker` },
        ws: { spot: `${base.replace('http', 'ws')}/ws`, swap: 'ws://127.0.0.1:9/edge' },
      },
    },
  });
  client.has.fetchCurrencies = false;
  client.fetchSwapMarkets = async () => [];
  await client.loadHttpProxyAgent();
  await client.loadMarkets();
});
afterEach(async () => {
  await client.close();
  await simulator.close();
});

describe('ccxt.pro against the simulator', () => {
  it('watchTrades tells what is traded', async () => {
    const trades = await client.watchTrades(SYMBOL);
    expect(trades.length).toBeGreaterThan(0);
    for (const { price, amount, side, timestamp } of trades) {
      expect(Number(price)).toBeGreaterThan(0);
      expect(Number(amount)).toBeGreaterThan(0);
      expect(['buy', 'sell']).toContain(side);
      expect(timestamp).toBeLessThanOrEqual(simulator.clock.now());
    }
  });

  it('watchOHLCV tells candles that REST has too', async () => {
    let candles = await client.watchOHLCV(SYMBOL, '1m');
    const first = Number(candles.at(-1)![0]);
    while (Number(candles.at(-1)![0]) < first + 60_000) candles = await client.watchOHLCV(SYMBOL, '1m');
    const closed = candles.find(([time]) => time === first)!;
    const [row] = await client.fetchOHLCV(SYMBOL, '1m', first, 1);
    expect(closed.map(Number)).toEqual(row!.map(Number));
  });

  it('watchTicker and watchOrderBook tell the book', async () => {
    const { bid, ask } = await client.watchTicker(SYMBOL);
    expect(Number(bid)).toBeLessThan(Number(ask));
    const book = await client.watchOrderBook(SYMBOL);
    expect(Number(book.bids[0]![0])).toBeLessThan(Number(book.asks[0]![0]));
  });

  it('watchOrders tells an order’s life: new, filled; new, canceled', async () => {
    const seen: WatchedOrder[] = [];
    let orders = client.watchOrders();
    const untilSeen = async (wanted: (order: WatchedOrder) => boolean): Promise<WatchedOrder> => {
      for (;;) {
        for (const order of await orders) seen.push({ ...order });
        orders = client.watchOrders();
        const found = seen.find(wanted);
        if (found) return found;
      }
    };
    await settled();
    const bought = await client.createOrder(SYMBOL, 'market', 'buy', 0.001);
    const filled = await untilSeen(({ id, status }) => id === bought.id && status === 'closed');
    expect(filled).toMatchObject({ type: 'market', filled: '0.001', remaining: '0' });

    const resting = await client.createOrder(SYMBOL, 'limit', 'buy', 0.001, 50_000);
    await untilSeen(({ id, status }) => id === resting.id && status === 'open');
    await client.cancelOrder(resting.id, SYMBOL);
    const canceled = await untilSeen(({ id, status }) => id === resting.id && status === 'canceled');
    expect(canceled).toMatchObject({ type: 'limit', filled: '0' });
    // closing the client ends the last wait
    orders.catch(() => undefined);
  });

  it('watchMyTrades tells the fills that REST lists', async () => {
    const watched = client.watchMyTrades();
    await settled();
    const { id } = await client.createOrder(SYMBOL, 'market', 'buy', 0.001);
    const [trade] = await watched;
    const [listed] = await client.fetchMyTrades(SYMBOL);
    expect(trade).toMatchObject({
      id: listed!.id,
      order: id,
      side: 'buy',
      price: listed!.price,
      amount: listed!.amount,
      fee: listed!.fee,
    });
  });

  it('watchBalance tells what orders set aside and spend', async () => {
    let balance = client.watchBalance();
    await settled();
    const { id } = await client.createOrder(SYMBOL, 'limit', 'buy', 0.001, 50_000);
    const reserved = (await balance).USDT!;
    expect(reserved).toEqual((await client.fetchBalance()).USDT);
    expect(Number(reserved.used)).toBeGreaterThan(0);
    balance = client.watchBalance();
    await client.cancelOrder(id, SYMBOL);
    expect(Number((await balance).USDT!.used)).toBe(0);
  });

  it('an invalid listen key is an authentication error, and a new one puts it right', async () => {
    client.options.listenKey = 'nonsense';
    await expect(client.watchBalance()).rejects.toThrow('invalid listen key');
    client.options.listenKey = undefined;
    const balance = client.watchBalance();
    await settled();
    await client.createOrder(SYMBOL, 'limit', 'buy', 0.001, 50_000);
    expect(Number((await balance).USDT!.used)).toBeGreaterThan(0);
  });
});

/** Waits until the simulator has a follower of private topics: an order placed before would be told to nobody. */
async function settled(): Promise<void> {
  await vi.waitFor(() => expect(simulator.streams.counts().topics).toBeGreaterThan(0), { timeout: 10_000 });
}
