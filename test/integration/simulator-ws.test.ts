import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createSimulator, type Simulator, type SimulatorOptions } from '../../apps/simulator/src/simulator.ts';

// the simulator's own WebSocket library and the schema its pushes are made with
const require = createRequire(new URL('../../apps/simulator/package.json', import.meta.url));
const { PushDataV3ApiWrapper } = require(
  join(dirname(dirname(require.resolve('ccxt'))), 'js/src/protobuf/mexc/compiled.cjs'),
) as { PushDataV3ApiWrapper: { decode(bytes: Uint8Array): { toJSON(): Push } } };

interface Push {
  readonly channel: string;
  readonly privateOrders?: Record<string, string | number>;
  readonly privateDeals?: Record<string, string | number>;
  readonly privateAccount?: Record<string, string>;
  readonly publicAggreDepths?: {
    readonly bids?: readonly { readonly price: string; readonly quantity: string }[];
    readonly asks?: readonly { readonly price: string; readonly quantity: string }[];
    readonly fromVersion: string;
    readonly toVersion: string;
  };
}
interface Client {
  readonly socket: WebSocket;
  readonly texts: string[];
  readonly pushes: Push[];
  readonly closed: Promise<CloseEvent>;
  subscribe(...channels: string[]): Promise<void>;
  /** Waits until the server has answered everything sent so far, and so for what it sent before. */
  settle(): Promise<void>;
}

const KEY = 'mx0-test-key-1234';
const SECRET = 'test-secret';
const running: Simulator[] = [];
const clients: Client[] = [];

afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.close();
  for (const simulator of running.splice(0)) await simulator.close();
});

async function start(changes: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const simulator = await createSimulator({
    port: 0,
    speed: 1,
    seed: 1,
    tokens: 20,
    dataFolder: null,
    stateFolder: null,
    accounts: [{ apiKey: KEY, secret: SECRET, balances: { USDT: '100000' } }],
    clock: 'virtual',
    ...changes,
  });
  running.push(simulator);
  return simulator;
}

async function connect(simulator: Simulator, listenKey?: string): Promise<Client> {
  const query = listenKey === undefined ? '' : `?listenKey=${listenKey}`;
  const socket = new WebSocket(`${simulator.url.replace('http', 'ws')}/ws${query}`);
  socket.binaryType = 'arraybuffer';
  const texts: string[] = [];
  const pushes: Push[] = [];
  let pongs: (() => void)[] = [];
  socket.addEventListener('message', ({ data }) => {
    if (typeof data !== 'string') pushes.push(PushDataV3ApiWrapper.decode(new Uint8Array(data)).toJSON());
    else if (data.includes('"PONG"')) pongs.shift()?.();
    else texts.push(data);
  });
  const closed = new Promise<CloseEvent>((done) => {
    socket.addEventListener('close', done);
  });
  closed.then(() => {
    for (const done of pongs) done();
    pongs = [];
  });
  const client: Client = {
    socket,
    texts,
    pushes,
    closed,
    async subscribe(...params) {
      socket.send(JSON.stringify({ method: 'SUBSCRIPTION', params }));
      await client.settle();
    },
    settle: () =>
      new Promise((done) => {
        pongs.push(done);
        socket.send('{"method":"PING"}');
      }),
  };
  await new Promise((done) => {
    socket.addEventListener('open', done);
  });
  clients.push(client);
  return client;
}

async function signed(
  simulator: Simulator,
  method: string,
  path: string,
  parameters: Record<string, string> = {},
  headers: Record<string, string> = { 'Content-Type': 'application/json' },
) {
  const query = new URLSearchParams({ ...parameters, timestamp: String(simulator.clock.now()) }).toString();
  const signature = createHmac('sha256', SECRET).update(query).digest('hex');
  const response = await fetch(`${simulator.url}${path}?${query}&signature=${signature}`, {
    method,
    headers: { 'X-MEXC-APIKEY': KEY, ...headers },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const STREAM = '/api/v3/userDataStream';
const newKey = async (simulator: Simulator): Promise<string> =>
  (await signed(simulator, 'POST', STREAM)).body.listenKey as string;
const buy = (simulator: Simulator, changes: Record<string, string> = {}) =>
  signed(simulator, 'POST', '/api/v3/order', {
    symbol: 'BTCUSDT',
    side: 'BUY',
    type: 'MARKET',
    quantity: '0.001',
    ...changes,
  });
const PRIVATE = ['account', 'deals', 'orders'].map((name) => `spot@private.${name}.v3.api.pb`);
const kinds = ({ pushes }: Client): string[] => pushes.map(({ channel }) => channel.split('.')[1]!);

describe('listen keys over REST', () => {
  it('are made, listed, extended and given up; giving one up ends its connections', async () => {
    let wall = 0;
    const simulator = await start({ clock: 'wall', wallNow: () => wall });
    const key = await newKey(simulator);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect((await signed(simulator, 'GET', STREAM)).body).toEqual({ listenKey: [key] });
    const client = await connect(simulator, key);
    await client.subscribe(...PRIVATE);
    expect((await signed(simulator, 'PUT', STREAM, { listenKey: key })).body).toEqual({ listenKey: key });
    expect((await signed(simulator, 'DELETE', STREAM, { listenKey: key })).body).toEqual({ listenKey: key });
    wall += 2_000;
    await client.closed;
    expect(client.texts.at(-1)).toBe('Invalid listen key');
    expect((await signed(simulator, 'GET', STREAM)).body).toEqual({ listenKey: [] });
  });

  it.each([
    ['PUT', { listenKey: 'nonsense' }, 22222],
    ['DELETE', { listenKey: 'nonsense' }, 22222],
    ['PUT', {}, 700004],
  ])('%s of %j is refused with code %i', async (method, parameters, code) => {
    const answer = await signed(await start(), method, STREAM, parameters as Record<string, string>);
    expect(answer).toMatchObject({ status: 400, body: { code } });
  });

  it('are for holders of a key only, and need the content type', async () => {
    const simulator = await start();
    const unsigned = await fetch(simulator.url + STREAM, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
    });
    expect(await unsigned.json()).toMatchObject({ code: 400 });
    expect((await signed(simulator, 'POST', STREAM, {}, {})).body).toMatchObject({ code: 700013 });
  });

  it('do not outlive a restart', async () => {
    const key = await newKey(await start());
    const again = await start();
    const client = await connect(again, key);
    await client.closed;
    expect(client.texts).toEqual(['Invalid listen key']);
  });
});

describe('an account’s own stream', () => {
  it('tells what REST shows: the order, its trades, the balances', async () => {
    const simulator = await start();
    const client = await connect(simulator, await newKey(simulator));
    await client.subscribe(...PRIVATE);
    const { body: created } = await buy(simulator, { newClientOrderId: 'mine' });
    await client.settle();
    expect(kinds(client).slice(0, 2)).toEqual(['account', 'orders']);

    const query = { symbol: 'BTCUSDT', orderId: String(created.orderId) };
    const { body: order } = await signed(simulator, 'GET', '/api/v3/order', query);
    const last = client.pushes.findLast(({ privateOrders }) => privateOrders)!.privateOrders!;
    expect(last).toMatchObject({
      id: created.orderId,
      clientId: 'mine',
      status: 2,
      cumulativeQuantity: order.executedQty,
      cumulativeAmount: order.cummulativeQuoteQty,
    });
    const { body: trades } = await signed(simulator, 'GET', '/api/v3/myTrades', query);
    const told = client.pushes.flatMap(({ privateDeals }) => (privateDeals ? [privateDeals] : []));
    expect(told.map(({ tradeId }) => tradeId).sort()).toEqual(
      (trades as unknown as { id: string }[]).map(({ id }) => id).sort(),
    );
    const { body: account } = await signed(simulator, 'GET', '/api/v3/account');
    const balances = account.balances as { asset: string; free: string; locked: string }[];
    for (const { asset, free, locked } of balances) {
      const said = client.pushes.findLast(({ privateAccount }) => privateAccount?.vcoinName === asset)!.privateAccount!;
      expect([said.balanceAmount, said.frozenAmount]).toEqual([free, locked]);
    }
  });

  it('can tell of an order before REST does, or where REST never answers', async () => {
    const simulator = await start();
    simulator.follow({
      faults: [
        { request: 'POST /api/v3/order', do: { kind: 'accept-then-drop' } },
        { stream: 'spot@private.*', do: { kind: 'early' } },
      ],
    });
    const client = await connect(simulator, await newKey(simulator));
    await client.subscribe(...PRIVATE);
    await expect(buy(simulator)).rejects.toThrow('fetch failed');
    await client.settle();
    expect(client.pushes.findLast(({ privateOrders }) => privateOrders)!.privateOrders).toMatchObject({ status: 2 });
  });

  it('loses what happens while it is down', async () => {
    const simulator = await start();
    const key = await newKey(simulator);
    simulator.follow({ faults: [{ stream: '*orders*', times: 1, do: { kind: 'drop' } }] });
    const first = await connect(simulator, key);
    await first.subscribe(...PRIVATE);
    await buy(simulator);
    expect((await first.closed).code).toBe(1006);
    const second = await connect(simulator, key);
    await second.subscribe(...PRIVATE);
    await second.settle();
    expect(second.pushes).toEqual([]);
    await buy(simulator);
    await second.settle();
    expect(second.pushes.length).toBeGreaterThan(0);
  });
});

describe('a depth stream beside REST', () => {
  it('brings a REST book to what REST shows later, while orders eat into it', async () => {
    const simulator = await start();
    const client = await connect(simulator);
    await client.subscribe('spot@public.aggre.depth.v3.api.pb@100ms@BTCUSDT');
    type Rest = { lastUpdateId: number; bids: [string, string][]; asks: [string, string][] };
    const rest = async (): Promise<Rest> =>
      (await (await fetch(`${simulator.url}/api/v3/depth?symbol=BTCUSDT&limit=5000`)).json()) as Rest;

    simulator.advance(130);
    await buy(simulator, { quantity: '0.05' });
    const snapshot = await rest();
    await buy(simulator, { quantity: '0.05' });
    for (let n = 0; n < 40; n++) {
      simulator.advance(30 + n * 13);
      if (n % 5 === 0) await buy(simulator, { quantity: '0.02' });
      if (n % 3 === 0) await rest();
    }
    simulator.advance(100);
    await client.settle();
    const book = { bids: new Map(snapshot.bids), asks: new Map(snapshot.asks) };
    let version = 0;
    for (const { publicAggreDepths: push } of client.pushes) {
      if (version > 0) expect(Number(push!.fromVersion)).toBe(version + 1);
      version = Number(push!.toVersion);
      if (version <= snapshot.lastUpdateId) continue;
      for (const side of ['bids', 'asks'] as const) {
        for (const { price, quantity } of push![side] ?? []) {
          if (quantity === '0') book[side].delete(price);
          else book[side].set(price, quantity);
        }
      }
    }
    const later = await rest();
    expect(Object.fromEntries(book.bids)).toEqual(Object.fromEntries(later.bids));
    expect(Object.fromEntries(book.asks)).toEqual(Object.fromEntries(later.asks));
  });

  it('goes on, empty, for a market that is delisted', async () => {
    const simulator = await start();
    simulator.follow({ market: [{ at: '+2s', kind: 'delist', symbol: 'BTCUSDT', as: 'removed-1121' }] });
    const client = await connect(simulator);
    const channel = 'spot@public.aggre.depth.v3.api.pb@100ms@BTCUSDT';
    await client.subscribe(channel);
    simulator.advance(3_000);
    await client.settle();
    const { asks, bids } = client.pushes.at(-1)!.publicAggreDepths!;
    expect([...asks!, ...bids!].every(({ quantity }) => quantity === '0')).toBe(true);
    await client.subscribe(channel.replace('100ms', '10ms'));
    expect(client.texts.at(-1)).toContain('Not Subscribed successfully!');
  });
});
