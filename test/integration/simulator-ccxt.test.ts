import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSimulator, type Simulator } from '../../apps/simulator/src/simulator.ts';

// ccxt is a dependency of packages/exchange; of the whole package only MEXC's client is loaded
const require = createRequire(new URL('../../packages/exchange/package.json', import.meta.url));
const ccxtFolder = dirname(dirname(require.resolve('ccxt')));
const load = async (file: string): Promise<Record<string, unknown>> =>
  import(pathToFileURL(join(ccxtFolder, file)).href);

/** The part of ccxt's client this contract is about; it was told to give decimal texts. */
interface CcxtClient {
  has: Record<string, boolean>;
  loadMarkets(): Promise<Record<string, CcxtMarket>>;
  fetchTickers(): Promise<Record<string, CcxtTicker>>;
  fetchOHLCV(
    symbol: string,
    timeframe: string,
    since?: number,
    limit?: number,
  ): Promise<readonly (number | string)[][]>;
  fetchOrderBook(symbol: string, limit?: number): Promise<{ bids: [string, string][]; asks: [string, string][] }>;
  fetchBalance(): Promise<{ free: Record<string, string>; used: Record<string, string> }>;
  createOrder(
    symbol: string,
    type: string,
    side: string,
    amount: string | number,
    price?: string | number,
    params?: Record<string, unknown>,
  ): Promise<CcxtOrder>;
  createMarketBuyOrderWithCost(symbol: string, cost: number): Promise<CcxtOrder>;
  fetchOrder(id: string | undefined, symbol: string, params?: Record<string, unknown>): Promise<CcxtOrder>;
  fetchOpenOrders(symbol?: string): Promise<readonly CcxtOrder[]>;
  fetchOrders(symbol: string): Promise<readonly CcxtOrder[]>;
  cancelOrder(id: string | undefined, symbol: string, params?: Record<string, unknown>): Promise<CcxtOrder>;
  fetchMyTrades(symbol: string, since?: number, limit?: number, params?: object): Promise<readonly CcxtTrade[]>;
  loadTimeDifference(): Promise<number>;
  nonce(): number;
}
interface CcxtMarket {
  id: string;
  active: boolean;
  spot: boolean;
  precision: { amount: string; price: string };
  limits: { amount: { min?: string }; cost: { min?: string } };
  taker: string;
  info: Record<string, unknown>;
}
interface CcxtTicker {
  last: string;
  bid: string;
  ask: string;
  percentage: string;
  quoteVolume: string;
}
interface CcxtOrder {
  id: string;
  clientOrderId?: string;
  status?: string;
  filled?: string;
  amount: string;
  average?: string;
  type: string;
}
interface CcxtTrade {
  id: string;
  order: string;
  price: string;
  amount: string;
  fee: { cost: string; currency: string };
}

const API_KEY = 'mx0vglTESTKEY';
const SECRET = 'a-secret-of-no-worth';
const SYMBOL = 'BTC/USDT';
let simulator: Simulator;
let ccxt: CcxtClient;

async function clientFor(credentials: { apiKey?: string; secret?: string } = {}): Promise<CcxtClient> {
  const Mexc = (await load('js/src/mexc.js')).default as new (options: object) => CcxtClient;
  const base = simulator.url;
  const client = new Mexc({
    apiKey: API_KEY,
    secret: SECRET,
    number: String,
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
    ...credentials,
  });
  client.has.fetchCurrencies = false;
  return client;
}

beforeAll(async () => {
  simulator = await createSimulator({
    port: 0,
    speed: 1,
    seed: 1,
    tokens: 30,
    dataFolder: null,
    stateFolder: null,
    accounts: [{ apiKey: API_KEY, secret: SECRET, balances: { USDT: '1000' } }],
  });
  ccxt = await clientFor();
  await ccxt.loadMarkets();
});
afterAll(() => simulator.close());

describe('the real ccxt client against the simulator', () => {
  it('loads its markets, with precision, limits, fees and what it does not look at itself', async () => {
    const markets = await ccxt.loadMarkets();
    expect(Object.keys(markets)).toHaveLength(simulator.source.listings.length);
    expect(markets[SYMBOL]).toMatchObject({ id: 'BTCUSDT', active: true, spot: true });
    expect(Number(markets[SYMBOL]!.precision.price)).toBe(0.01);
    expect(Number(markets[SYMBOL]!.limits.cost.min)).toBe(1);
    expect(Number(markets[SYMBOL]!.taker)).toBe(0.0005);
    expect(markets['NOAPI1/USDT']!.active).toBe(false);
    expect(markets['OFFLINE/USDT']!.active).toBe(false);
    expect(markets['RISKY1/USDT']!.info.st).toBe(true);
    expect(Number(markets['BUYONLY/USDT']!.info.tradeSideType)).toBe(2);
  });

  it('reads tickers, the change in per cent', async () => {
    const tickers = await ccxt.fetchTickers();
    expect(Object.keys(tickers).length).toBe(simulator.source.listings.length);
    const { last, bid, ask, quoteVolume } = tickers[SYMBOL]!;
    expect(Number(bid)).toBeLessThan(Number(ask));
    expect(Math.abs(Number(last) / Number(bid) - 1)).toBeLessThan(0.01);
    expect(Number(quoteVolume)).toBeGreaterThan(1e6);
  });

  it('reads candles, the last one unfinished', async () => {
    const candles = await ccxt.fetchOHLCV(SYMBOL, '5m', undefined, 100);
    expect(candles).toHaveLength(100);
    const now = simulator.clock.now();
    expect(Number(candles[99]![0])).toBe(now - (now % 300_000));
    const hours = await ccxt.fetchOHLCV(SYMBOL, '1h', now - 10 * 3_600_000, 5);
    expect(hours).toHaveLength(5);
  });

  it('reads the book', async () => {
    const { bids, asks } = await ccxt.fetchOrderBook(SYMBOL, 5);
    expect([bids.length, asks.length]).toEqual([5, 5]);
    expect(Number(bids[0]![0])).toBeLessThan(Number(asks[0]![0]));
  });

  it('buys and sells by IOC, looks the order up by its own id, and reads fills with fees in USDT', async () => {
    const { asks } = await ccxt.fetchOrderBook(SYMBOL, 5);
    const limit = (Number(asks[0]![0]) * 1.01).toFixed(2);
    const params = { timeInForce: 'IOC', clientOrderId: 'suite-buy-1' };
    const created = await ccxt.createOrder(SYMBOL, 'limit', 'buy', '0.002', limit, params);
    expect(created.status).toBeUndefined();

    const order = await ccxt.fetchOrder(undefined, SYMBOL, { clientOrderId: 'suite-buy-1' });
    expect(order).toMatchObject({ id: created.id, clientOrderId: 'suite-buy-1', status: 'closed', filled: '0.002' });
    const trades = await ccxt.fetchMyTrades(SYMBOL, undefined, undefined, { orderId: created.id });
    expect(trades.reduce((sum, { amount }) => sum + Number(amount), 0)).toBeCloseTo(0.002, 10);
    for (const { price, amount, fee } of trades) {
      expect(fee.currency).toBe('USDT');
      expect(Number(fee.cost)).toBeCloseTo(Number(price) * Number(amount) * 0.0005, 10);
    }
    const balance = await ccxt.fetchBalance();
    const spent = trades.reduce(
      (sum, { price, amount, fee }) => sum + Number(price) * Number(amount) + Number(fee.cost),
      0,
    );
    expect(balance.free.BTC).toBe('0.002');
    expect(Number(balance.free.USDT)).toBeCloseTo(1000 - spent, 8);

    const sold = await ccxt.createOrder(SYMBOL, 'market', 'sell', '0.002');
    expect(await ccxt.fetchOrder(sold.id, SYMBOL)).toMatchObject({ status: 'closed', type: 'market' });
    expect((await ccxt.fetchBalance()).free.BTC).toBeUndefined();
  });

  it('spends an amount at market', async () => {
    const { id } = await ccxt.createMarketBuyOrderWithCost('ETH/USDT', 20);
    const order = await ccxt.fetchOrder(id, 'ETH/USDT');
    expect(order.status).toBe('closed');
    expect(Number(order.average) * Number(order.filled)).toBeLessThan(20);
    expect(Number(order.average) * Number(order.filled)).toBeGreaterThan(18);
  });

  it('rests a limit order, sees its money locked, cancels it', async () => {
    const { id } = await ccxt.createOrder(SYMBOL, 'limit', 'buy', '0.001', '50000', { clientOrderId: 'rest-1' });
    expect((await ccxt.fetchOpenOrders(SYMBOL)).map((order) => order.id)).toEqual([id]);
    expect((await ccxt.fetchBalance()).used.USDT).toBe('50.025');
    await ccxt.cancelOrder(undefined, SYMBOL, { clientOrderId: 'rest-1' });
    expect(await ccxt.fetchOrder(id, SYMBOL)).toMatchObject({ status: 'canceled', filled: '0' });
    expect(Number((await ccxt.fetchBalance()).used.USDT)).toBe(0);
    expect((await ccxt.fetchOrders(SYMBOL)).length).toBeGreaterThanOrEqual(1);
  });

  it('is refused in the classes it maps MEXC’s codes to', async () => {
    const codeOf = async (work: Promise<unknown>): Promise<string> =>
      work.then(() => 'accepted').catch((error) => error.name);
    const order = (symbol: string, side: string, amount: string, price: string, params = {}) =>
      codeOf(ccxt.createOrder(symbol, 'limit', side, amount, price, params));
    expect(await order(SYMBOL, 'buy', '1', '90000')).toBe('InsufficientFunds');
    expect(await order(SYMBOL, 'sell', '1', '90000')).toBe('InsufficientFunds');
    expect(await order(SYMBOL, 'buy', '0.000001', '90000')).toBe('InvalidOrder');
    expect(await order('NOAPI1/USDT', 'buy', '10', '0.4')).toBe('BadSymbol');
    expect(await order('PAUSED/USDT', 'buy', '1000', '0.012')).toBe('InvalidOrder');
    expect(await order('SELLONLY/USDT', 'buy', '10', '0.6')).toBe('InvalidOrder');
    expect(await codeOf(ccxt.fetchOrder('C02__1', SYMBOL))).toBe('ExchangeError');
    expect(await codeOf(ccxt.cancelOrder('C02__1', SYMBOL))).toBe('BadRequest');
  });

  it('with a wrong secret or a foreign key fails to authenticate', async () => {
    const wrongSecret = await clientFor({ secret: 'wrong' });
    await expect(wrongSecret.fetchBalance()).rejects.toMatchObject({ name: 'AuthenticationError' });
    const foreignKey = await clientFor({ apiKey: 'mx0vglOTHERKEY' });
    await expect(foreignKey.fetchBalance()).rejects.toMatchObject({ name: 'AuthenticationError' });
  });

  it('with a clock that is off gets InvalidNonce', async () => {
    const late = await clientFor();
    await late.loadMarkets();
    const inTime = late.nonce.bind(late);
    late.nonce = () => inTime() - 6_000;
    await expect(late.fetchBalance()).rejects.toMatchObject({ name: 'InvalidNonce' });
  });

  it('loads markets with futures and currencies too, as it does when left alone', async () => {
    const untouched = await clientFor();
    untouched.has.fetchCurrencies = true;
    await untouched.loadTimeDifference(); // it asks for currencies, signed, before it looks at the exchange's clock
    expect(Object.keys(await untouched.loadMarkets())).toContain(SYMBOL);
  });
});
