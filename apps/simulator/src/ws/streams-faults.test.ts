import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { acks, channel, openStreams, type StreamsUnderTest } from '../../test/streams.ts';
import { openAccount } from '../account.ts';
import type { FaultPlanInput } from '../faults/plan.ts';
import { bookTicker } from '../wire.ts';

let exchange: StreamsUnderTest;
beforeEach(async () => {
  exchange = await openStreams();
});
afterEach(() => exchange.close());
async function restart(plan: FaultPlanInput): Promise<void> {
  await exchange.close();
  exchange = await openStreams(plan);
}

describe('faults', () => {
  const on = (stream: string, action: object, rest: object = {}): FaultPlanInput =>
    ({ faults: [{ stream, ...rest, do: action }] }) as FaultPlanInput;

  it('drop: the connection is cut without a close frame', async () => {
    await restart(on(channel.kline, { kind: 'drop' }, { nth: 2 }));
    const client = await exchange.connect();
    await client.subscribe(channel.kline);
    await exchange.pass(1_000);
    await client.settle();
    expect(client.closed).toMatchObject({ code: 1006 });
  });

  it('drop at the first word of a topic leaves nothing behind', async () => {
    await restart(on(channel.kline, { kind: 'drop' }));
    const client = await exchange.connect();
    await client.subscribe(channel.kline, channel.ticker);
    await client.settle();
    expect(client.closed).not.toBeNull();
    expect(exchange.streams.counts()).toEqual({ connections: 0, topics: 0 });
  });

  it('silence: half-open, nothing comes any more, but pings are answered', async () => {
    await restart(on(channel.kline, { kind: 'silence' }, { nth: 2 }));
    const client = await exchange.connect();
    await client.subscribe(channel.kline);
    await exchange.pass(1_000, client);
    await exchange.pass(1_000, client);
    await client.subscribe(channel.ticker);
    await client.ask('PING');
    expect(client.pushes).toHaveLength(1);
    expect(acks(client)).toEqual([channel.kline, 'PONG']);
    expect(client.closed).toBeNull();
  });

  it('silence without pongs for a while: then everything comes again', async () => {
    await restart(on('connect', { kind: 'silence', seconds: 60, pongs: false }));
    const socket = new WebSocket(`ws://127.0.0.1:${exchange.port}/ws`);
    const texts: string[] = [];
    socket.on('message', (data) => texts.push(data.toString()));
    await new Promise((done) => socket.on('open', done));
    socket.send('{"method":"PING"}');
    await new Promise((done) => setTimeout(done, 30));
    expect(texts).toEqual([]);
    exchange.wait(1_000);
    socket.send('{"method":"PING"}');
    await new Promise((done) => socket.once('message', done));
    expect(texts).toEqual(['{"id":0,"code":0,"msg":"PONG"}']);
    socket.terminate();
  });

  it('blocked: a subscription is refused in MEXC’s words', async () => {
    await restart(on('subscribe *kline*', { kind: 'blocked' }));
    const client = await exchange.connect();
    await client.subscribe(channel.kline);
    await client.subscribe(channel.ticker);
    expect(acks(client)).toEqual([
      `Not Subscribed successfully! [${channel.kline}].  Reason： Blocked! `,
      channel.ticker,
    ]);
  });

  it('invalid-listen-key: a good key is refused', async () => {
    await restart(on('connect', { kind: 'invalid-listen-key' }, { times: 1 }));
    const key = exchange.listenKeys.create('a', 'k')!;
    const client = await exchange.connect(`?listenKey=${key}`);
    await client.settle();
    expect(client.texts).toEqual(['Invalid listen key']);
    expect(client.closed).not.toBeNull();
    expect((await exchange.connect(`?listenKey=${key}`)).closed).toBeNull();
  });

  it('lose, duplicate and reorder: deltas are missing, come twice, or in the wrong order', async () => {
    await restart({
      faults: [
        { stream: channel.depth, nth: 2, do: { kind: 'lose' } },
        { stream: channel.depth, nth: 4, do: { kind: 'duplicate' } },
        { stream: channel.depth, nth: 6, do: { kind: 'reorder' } },
      ],
    });
    const client = await exchange.connect();
    await client.subscribe(channel.depth);
    for (let n = 0; n < 8; n++) await exchange.pass(6_000, client);
    const starts = client.pushes.map(({ publicAggreDepths }) => Number(publicAggreDepths!.toVersion));
    const first = starts[0]!;
    expect(starts.map((version) => (version - first) / 6_000 + 1)).toEqual([1, 3, 4, 4, 5, 7, 6, 8]);
  });

  it('fewer deltas than a reader waits for: none after the 24th', async () => {
    await restart(on(channel.depth, { kind: 'lose' }, { after: 24 }));
    const client = await exchange.connect();
    await client.subscribe(channel.depth);
    for (let n = 0; n < 40; n++) await exchange.pass(6_000, client);
    expect(client.pushes).toHaveLength(24);
  });

  it('version-gap: a delta does not follow on the one before', async () => {
    await restart(on(channel.depth, { kind: 'version-gap' }, { nth: 3 }));
    const client = await exchange.connect();
    await client.subscribe(channel.depth);
    for (let n = 0; n < 5; n++) await exchange.pass(6_000, client);
    const gaps = client.pushes.map(({ publicAggreDepths: push }, n) => {
      const before = client.pushes[n - 1]?.publicAggreDepths;
      return before ? Number(push!.fromVersion) - Number(before.toVersion) : 1;
    });
    expect(gaps.map((gap) => gap === 1)).toEqual([true, true, false, true, true]);
  });

  it('delay: a push comes later, on the market’s clock', async () => {
    await restart(on(channel.kline, { kind: 'delay', seconds: 10 }, { nth: 2 }));
    const client = await exchange.connect();
    await client.subscribe(channel.kline);
    for (let n = 0; n < 12; n++) await exchange.pass(1_000, client);
    const times = client.pushes.map(({ sendTime }) => Number(sendTime));
    const late = times.findIndex((time, n) => n > 0 && time < times[n - 1]!);
    expect((times[late - 1]! - times[late]!) / 1_000).toBeGreaterThanOrEqual(9);
    expect(times).toHaveLength(13);
  });

  it('bad-price: prices are wrong, the rest is not', async () => {
    await restart(on(channel.ticker, { kind: 'bad-price', as: 'zero' }));
    const client = await exchange.connect();
    await client.subscribe(channel.ticker);
    const { askQty } = bookTicker(exchange.quotes, exchange.market, exchange.clock.now());
    expect(client.pushes[0]!.publicAggreBookTicker).toEqual({
      bidPrice: '0',
      askPrice: '0',
      bidQuantity: expect.any(String),
      askQuantity: askQty,
    });
  });

  it('lost and doubled private messages', async () => {
    await restart({
      faults: [
        { stream: channel.account, key: 'ey-a', nth: 1, do: { kind: 'lose' } },
        { stream: channel.account, key: 'ey-a', nth: 2, do: { kind: 'duplicate' } },
      ],
    });
    const client = await exchange.connect(`?listenKey=${exchange.listenKeys.create('a', 'key-a')!}`);
    await client.subscribe(channel.account);
    const account = openAccount('a', '…', { USDT: '5' });
    for (const asset of ['A', 'B', 'C']) {
      exchange.streams.onEvent({
        kind: 'balance',
        account,
        asset,
        change: {},
        cause: 'trade',
        at: exchange.clock.now(),
      });
    }
    await new Promise(setImmediate);
    await client.settle();
    expect(client.pushes.map(({ privateAccount }) => privateAccount!.vcoinName)).toEqual(['B', 'B', 'C']);
  });

  it('early: a private message goes out at once, not after the answer to its request', async () => {
    await restart(on('spot@private.*', { kind: 'early' }, { nth: 2 }));
    const client = await exchange.connect(`?listenKey=${exchange.listenKeys.create('a', 'key-a')!}`);
    await client.subscribe(channel.account);
    const account = openAccount('a', '…', { USDT: '5' });
    for (const asset of ['A', 'B']) {
      exchange.streams.onEvent({
        kind: 'balance',
        account,
        asset,
        change: {},
        cause: 'trade',
        at: exchange.clock.now(),
      });
    }
    await new Promise(setImmediate);
    await client.settle();
    expect(client.pushes.map(({ privateAccount }) => privateAccount!.vcoinName)).toEqual(['B', 'A']);
  });
});
