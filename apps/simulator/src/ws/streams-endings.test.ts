import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Client, channel, openStreams, type StreamsUnderTest } from '../../test/streams.ts';
import { openAccount } from '../account.ts';

let exchange: StreamsUnderTest;
beforeEach(async () => {
  exchange = await openStreams();
});
afterEach(() => exchange.close());

describe('the end of a connection', () => {
  it('comes after 30 s without a subscription, pings or not', async () => {
    const client = await exchange.connect();
    exchange.wait(29_000);
    await client.ask('PING');
    exchange.streams.tick();
    await client.settle();
    expect(client.closed).toBeNull();
    exchange.wait(1_000);
    exchange.streams.tick();
    await client.settle();
    expect(client.closed).toMatchObject({ code: 1000 });
  });

  it('comes after 60 s without traffic: a ping is traffic, a push too', async () => {
    const key = exchange.listenKeys.create('a', 'k')!;
    const [quiet, pinging, pushed] = [
      await exchange.connect(`?listenKey=${key}`),
      await exchange.connect(`?listenKey=${key}`),
      await exchange.connect(),
    ];
    await quiet.subscribe(channel.account);
    await pinging.subscribe(channel.account);
    await pushed.subscribe(channel.kline);
    for (let n = 0; n < 6; n++) {
      exchange.wait(10_000);
      await pinging.ask('PING');
      // the harness's own pings must not keep the quiet one alive
      exchange.streams.tick();
    }
    await new Promise((done) => quiet.socket.once('close', done));
    expect(quiet.closed).toMatchObject({ reason: 'no traffic for 60 seconds' });
    expect([pinging.closed, pushed.closed]).toEqual([null, null]);
  });

  it('comes after 24 hours', async () => {
    const client = await exchange.connect();
    await client.subscribe('spot@public.kline.v3.api.pb@BTCUSDT@Month1');
    for (let n = 0; n < 24 * 60; n++) {
      exchange.wait(60_000 - 1);
      exchange.streams.tick();
    }
    await client.settle();
    expect(client.closed).toBeNull();
    exchange.wait(24 * 60);
    exchange.streams.tick();
    await client.settle();
    expect(client.closed).toMatchObject({ reason: 'connected for 24 hours' });
    expect(exchange.streams.counts()).toEqual({ connections: 0, topics: 0 });
  });

  it('comes with the 101st message of a second', async () => {
    const client = await exchange.connect();
    for (let n = 0; n < 101; n++) client.socket.send('{"method":"PING"}');
    await new Promise((done) => client.socket.once('close', done));
    expect(client.closed).toMatchObject({ code: 1008 });
    expect(client.texts).toHaveLength(100);
  });

  it('comes with the exchange’s own', async () => {
    const client = await exchange.connect();
    const closed = new Promise((done) => client.socket.once('close', done));
    await exchange.close();
    expect(await closed).toBe(1001);
  });

  it('comes to a client that does not read, and to no other', async () => {
    const [slow, other] = [await exchange.connect(), await exchange.connect()];
    const all = 'spot@public.miniTickers.v3.api.pb@24H';
    await slow.subscribe(all);
    await other.subscribe(all);
    slow.socket.pause();
    for (let n = 0; n < 10_000 && exchange.streams.counts().connections === 2; n++) await exchange.pass(3_000, other);
    expect(exchange.streams.counts().connections).toBe(1);
    expect(other.closed).toBeNull();
    slow.socket.terminate();
  });
});

describe('listen keys', () => {
  it('admit to the private topics of their account', async () => {
    const key = exchange.listenKeys.create('a', 'key-a')!;
    const [mine, other] = [
      await exchange.connect(`?listenKey=${key}`),
      await exchange.connect(`?listenKey=${exchange.listenKeys.create('b', 'key-b')!}`),
    ];
    await mine.subscribe(channel.account);
    await other.subscribe(channel.account);
    const account = openAccount('a', '…', { USDT: '5' });
    exchange.streams.onEvent({
      kind: 'balance',
      account,
      asset: 'USDT',
      change: {},
      cause: 'placed',
      at: exchange.clock.now(),
    });
    await new Promise(setImmediate);
    await mine.settle();
    await other.settle();
    expect(mine.pushes.map(({ privateAccount }) => privateAccount)).toMatchObject([
      { vcoinName: 'USDT', balanceAmount: '5', frozenAmount: '0', type: 'ENTRUST_PLACE' },
    ]);
    expect(other.pushes).toEqual([]);
  });

  it('that are unknown, expired or given up close the connection with those very words', async () => {
    const lapsing = exchange.listenKeys.create('a', 'k')!;
    const client = await exchange.connect(`?listenKey=${lapsing}`);
    await client.subscribe(channel.account);
    for (let n = 0; n < 119; n++) {
      exchange.wait(30_000);
      await client.ask('PING');
      exchange.streams.tick();
    }
    expect(client.closed).toBeNull();
    exchange.wait(30_000);
    exchange.streams.tick();
    await client.settle();
    expect(client.texts.at(-1)).toBe('Invalid listen key');
    expect(client.closed).not.toBeNull();

    const unknown = await exchange.connect('?listenKey=nonsense');
    await unknown.settle();
    expect(unknown.texts).toEqual(['Invalid listen key']);
    expect(unknown.closed).not.toBeNull();
  });

  it('serve five connections', async () => {
    const key = exchange.listenKeys.create('a', 'k')!;
    const clients: Client[] = [];
    for (let n = 0; n < 6; n++) clients.push(await exchange.connect(`?listenKey=${key}`));
    await clients[5]!.settle();
    expect(clients.map(({ closed }) => closed?.code)).toEqual([...Array(5).fill(undefined), 1008]);
  });
});
