import { once } from 'node:events';
import { createConnection } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { acks, channel, openStreams, type StreamsUnderTest } from '../../test/streams.ts';

let exchange: StreamsUnderTest;
beforeEach(async () => {
  exchange = await openStreams();
});
afterEach(() => exchange.close());

describe('requests over a connection', () => {
  it.each(['PING', 'ping', 'Ping'])('%s is answered with PONG', async (method) => {
    const client = await exchange.connect();
    await client.ask(method);
    expect(client.texts).toEqual(['{"id":0,"code":0,"msg":"PONG"}']);
  });

  it('acknowledges a subscription with its channels, and a request’s own id', async () => {
    const client = await exchange.connect();
    await client.subscribe(channel.deals);
    await client.subscribe(channel.kline, channel.ticker);
    client.socket.send(JSON.stringify({ method: 'UNSUBSCRIPTION', params: [channel.deals], id: 7 }));
    await client.settle();
    expect(client.texts).toEqual([
      `{"id":0,"code":0,"msg":"${channel.deals}"}`,
      `{"id":0,"code":0,"msg":"${channel.kline},${channel.ticker}"}`,
      `{"id":7,"code":0,"msg":"${channel.deals}"}`,
    ]);
  });

  it.each([
    'spot@public.miniTicker.v3.api@BTCUSDT@UTC+8',
    'spot@public.deals.v3.api@BTCUSDT',
    'spot@public.aggre.deals.v3.api.pb@50ms@BTCUSDT',
    'spot@public.kline.v3.api.pb@BTCUSDT@Min3',
    'futures',
  ])('refuses %s as blocked, with code 0', async (name) => {
    const client = await exchange.connect();
    await client.subscribe(name);
    expect(JSON.parse(client.texts[0]!)).toEqual({
      id: 0,
      code: 0,
      msg: `Not Subscribed successfully! [${name}].  Reason： Blocked! `,
    });
  });

  it('refuses unknown markets and private topics without a listen key, and takes the rest of the request', async () => {
    const client = await exchange.connect();
    await client.subscribe(channel.kline, 'spot@public.kline.v3.api.pb@NOPEUSDT@Min1', channel.account);
    expect(acks(client)).toEqual([
      channel.kline,
      'Not Subscribed successfully! [spot@public.kline.v3.api.pb@NOPEUSDT@Min1].  Reason： Invalid symbol! ',
      `Not Subscribed successfully! [${channel.account}].  Reason： Listen key required! `,
    ]);
  });

  it('refuses the 31st topic of a connection', async () => {
    const client = await exchange.connect();
    const names = ['Min1', 'Min5', 'Min15'].flatMap((interval) =>
      exchange.quotes
        .listed(exchange.clock.now())
        .slice(0, 11)
        .map(({ listing }) => `spot@public.kline.v3.api.pb@${listing.symbol}@${interval}`),
    );
    await client.subscribe(...names.slice(0, 30));
    await client.subscribe(names[30]!);
    await client.subscribe(names[0]!);
    await client.ask('UNSUBSCRIPTION', [names[0]!]);
    await client.subscribe(names[30]!);
    expect(acks(client).map((msg) => msg.slice(0, 24))).toEqual([
      names[0]!.slice(0, 24),
      'Not Subscribed successfu',
      names[0]!.slice(0, 24),
      names[0]!.slice(0, 24),
      names[30]!.slice(0, 24),
    ]);
  });

  it.each(['{', '[]', '{"method":5}', '{"method":"SUBSCRIPTION"}', '{"method":"SUBSCRIPTION","params":[1]}'])(
    'answers %s and goes on',
    async (text) => {
      const client = await exchange.connect();
      client.socket.send(text);
      await client.ask('ping');
      expect(acks(client)).toEqual(['Invalid request', 'PONG']);
    },
  );

  it('knows no other path', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${exchange.port}/other`);
    const status = await new Promise((done) => {
      socket.on('unexpected-response', (request, response) => {
        done(response.statusCode);
        request.destroy();
      });
      socket.on('error', () => undefined);
    });
    expect(status).toBe(404);
  });
});

describe('bad input', () => {
  it.each(['//', '/ws%', '/ws/', '/%zz?listenKey=%zz'])(
    'an upgrade to %s is refused, and the server goes on',
    async (path) => {
      const socket = createConnection(exchange.port, '127.0.0.1');
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
      );
      const [answer] = await once(socket, 'data');
      expect(String(answer)).toMatch(/^HTTP\/1.1 404/);
      socket.destroy();
      expect((await exchange.connect()).closed).toBeNull();
    },
  );

  it('a message beyond 64 KB, or one that is no text, ends or leaves the connection, never the server', async () => {
    const [huge, binary, other] = [await exchange.connect(), await exchange.connect(), await exchange.connect()];
    huge.socket.on('error', () => undefined);
    huge.socket.send('x'.repeat(70_000));
    binary.socket.send(Buffer.from([1, 2, 3]));
    await binary.settle();
    await huge.settle();
    expect(huge.closed).not.toBeNull();
    expect(acks(binary)).toEqual(['Invalid request']);
    await other.ask('PING');
    expect(acks(other)).toEqual(['PONG']);
  });

  it('a topic named twice is one topic', async () => {
    const client = await exchange.connect();
    await client.subscribe(channel.kline, channel.kline);
    await client.subscribe(channel.kline);
    await exchange.pass(1_000, client);
    expect(client.pushes).toHaveLength(2);
    await client.ask('UNSUBSCRIPTION', [channel.kline]);
    expect(exchange.streams.counts().topics).toBe(0);
  });
});
