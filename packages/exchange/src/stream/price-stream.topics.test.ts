import { afterEach, describe, expect, it } from 'vitest';
import { aPriceStream, type PriceStreamRig, someMarkets } from '../../test/price-stream-rig.ts';
import { quotePush, quotesChannel } from '../../test/pushes.ts';

let rig: PriceStreamRig;

async function closeDown(): Promise<void> {
  const closed = rig.stream.close();
  await rig.clock.advance(2_000);
  await closed;
  expect(rig.clock.sleepers()).toBe(0);
  expect(rig.exchange.sockets.every((socket) => socket.isEnded())).toBe(true);
}
afterEach(closeDown);

async function watching(markets: string[], options?: Parameters<typeof aPriceStream>[0]): Promise<PriceStreamRig> {
  rig = aPriceStream(options);
  rig.stream.watch(markets);
  await rig.clock.advance(0);
  return rig;
}

describe('subscriptions', () => {
  it('are two topics a market, asked for once however often the same markets are wanted', async () => {
    const { exchange, stream, clock } = await watching(['PEPEUSDT', 'DOGEUSDT']);
    stream.watch(['DOGEUSDT', 'PEPEUSDT']);
    await clock.advance(0);
    expect(exchange.sockets).toHaveLength(1);
    expect(exchange.sockets[0]?.asked).toEqual([
      '+spot@public.aggre.bookTicker.v3.api.pb@100ms@PEPEUSDT',
      '+spot@public.aggre.deals.v3.api.pb@100ms@PEPEUSDT',
      '+spot@public.aggre.bookTicker.v3.api.pb@100ms@DOGEUSDT',
      '+spot@public.aggre.deals.v3.api.pb@100ms@DOGEUSDT',
    ]);
    expect(stream.health()).toMatchObject({ connections: 1, topics: 4, reconnects: 0 });
  });

  it('go to a second connection from the 31st topic on', async () => {
    const { exchange, stream, clock } = await watching(someMarkets(15));
    expect(exchange.open().map(({ topics }) => topics.size)).toEqual([30]);
    stream.watch(someMarkets(16));
    await clock.advance(0);
    expect(exchange.open().map(({ topics }) => topics.size)).toEqual([30, 2]);
    expect(stream.health()).toMatchObject({ connections: 2, topics: 32 });
  });

  it('make room before they take it: a full connection never has more on the way', async () => {
    const { exchange, stream, clock } = await watching(someMarkets(15));
    stream.watch(someMarkets(15, 5));
    await clock.advance(0);
    expect(exchange.open().map(({ topics }) => topics.size)).toEqual([30]);
    expect(exchange.mostTopics()).toBe(30);
    expect(stream.health().refused).toEqual([]);
  });

  it('are brought together when few remain; the old connection stays until the new one delivers', async () => {
    const { exchange, stream, clock, quote, ticks } = await watching(someMarkets(20));
    stream.watch(someMarkets(10, 10));
    await clock.advance(1_000);
    const [left, kept] = exchange.sockets;
    expect(kept?.topics.size).toBe(20);
    expect(left?.isOpen()).toBe(true);
    left?.push(quotePush('A011USDT', clock.now()));
    expect(ticks).toHaveLength(1);
    for (const market of someMarkets(10, 10)) quote(market);
    await clock.advance(200);
    expect(left?.isEnded()).toBe(true);
    expect(stream.health()).toMatchObject({ connections: 1, topics: 20 });
  });

  it('end with their market; without any, nothing is open and nothing waits', async () => {
    const { exchange, stream, clock } = await watching(['PEPEUSDT', 'DOGEUSDT']);
    stream.watch(['DOGEUSDT']);
    await clock.advance(0);
    expect([...(exchange.sockets[0]?.topics ?? [])].every((channel) => channel.endsWith('@DOGEUSDT'))).toBe(true);
    stream.watch([]);
    await clock.advance(200);
    expect(exchange.open()).toEqual([]);
    expect(clock.sleepers()).toBe(0);
    stream.watch([]);
    stream.watch(['DOGEUSDT']);
    await clock.advance(0);
    expect(exchange.open().map(({ topics }) => topics.size)).toEqual([2]);
    exchange.open()[0]?.drop();
    await clock.advance(500);
    expect(exchange.open()).toHaveLength(1);
  });

  it('that are refused are told once, asked for again one by one, ever more seldom, and taken when they come', async () => {
    rig = aPriceStream();
    const channel = quotesChannel('PEPEUSDT');
    rig.exchange.behaviour.refuses = (asked) => (asked === channel ? 'Blocked' : null);
    rig.stream.watch(['PEPEUSDT', 'DOGEUSDT']);
    await rig.live(['DOGEUSDT'], 60_000);
    expect(rig.stream.health().refused).toEqual([channel]);
    expect(rig.logged.filter((line) => line.includes('refuses'))).toHaveLength(1);
    const asked = () => rig.exchange.sockets[0]?.asked.filter((line) => line === `+${channel}`).length;
    expect(asked()).toBe(3); // at 0 s, 15 s and 45 s
    rig.exchange.behaviour.refuses = () => null;
    await rig.live(['DOGEUSDT', 'PEPEUSDT'], 70_000);
    expect(rig.ticks.some(({ market }) => market === 'PEPEUSDT')).toBe(true);
    expect(rig.stream.health().refused).toEqual([]);
    expect(asked()).toBe(4);
    expect(rig.logged.at(-1)).toContain('delivers now');
  });

  it('without a first message are asked for again, and told of once', async () => {
    await watching(['PEPEUSDT', 'DOGEUSDT']);
    await rig.live(['DOGEUSDT'], 60_000);
    const asked = rig.exchange.sockets[0]?.asked.filter((line) => line === `+${quotesChannel('PEPEUSDT')}`);
    expect(asked).toHaveLength(3);
    expect(rig.logged.filter((line) => line.includes('no first message'))).toHaveLength(1);
    expect(rig.stream.health().staleMarkets).toEqual(['PEPEUSDT']);
  });

  it('blocked without a name are all those that do not deliver', async () => {
    const { exchange, stream, quote } = await watching(['PEPEUSDT', 'DOGEUSDT']);
    quote('DOGEUSDT');
    exchange.sockets[0]?.say('{"id":0,"code":0,"msg":"Blocked!"}');
    expect(stream.health().refused).toHaveLength(3);
    expect(stream.health().refused).not.toContain(quotesChannel('DOGEUSDT'));
    stream.watch(['DOGEUSDT']);
    expect(stream.health().refused).toHaveLength(1);
  });
});
