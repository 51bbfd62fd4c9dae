import { afterEach, describe, expect, it } from 'vitest';
import { aPriceStream, type PriceStreamRig, STALE_MS, START, someMarkets } from '../../test/price-stream-rig.ts';
import { quotePush, quotesChannel } from '../../test/pushes.ts';
import { createPriceStream } from './price-stream.ts';

const HOUR = 3_600_000;
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
    stream.watch(['DOGEUSDT']);
    await clock.advance(0);
    expect(exchange.open().map(({ topics }) => topics.size)).toEqual([2]);
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
  });
});

describe('a connection', () => {
  it('that answers pings but delivers nothing is replaced, everything subscribed again', async () => {
    await watching(['PEPEUSDT', 'DOGEUSDT']);
    await rig.live(['PEPEUSDT'], 20_000);
    expect(rig.exchange.sockets).toHaveLength(1); // one silent market is no silent connection
    expect(rig.exchange.sockets[0]?.pings()).toBeGreaterThan(0);
    await rig.clock.advance(STALE_MS + 600);
    expect(rig.exchange.sockets).toHaveLength(2);
    const [dead, fresh] = rig.exchange.sockets;
    expect(fresh?.topics).toEqual(dead?.topics);
    rig.quote('PEPEUSDT');
    rig.quote('DOGEUSDT');
    await rig.clock.advance(200);
    expect(dead?.isEnded()).toBe(true);
    expect(rig.stream.health()).toMatchObject({ connections: 1, topics: 4, staleMarkets: [], reconnects: 1 });
    expect(rig.logged.filter((line) => line.includes('reconnecting'))).toHaveLength(1);
  });

  it('that delivers only garbage, or only what is old, is silent', async () => {
    await watching(['PEPEUSDT']);
    for (let passed = 0; passed < STALE_MS + 600; passed += 100) {
      rig.exchange.push(quotesChannel('PEPEUSDT'), Buffer.from('garbage'));
      rig.quote('PEPEUSDT', {}, START - 60_000);
      rig.quote('PEPEUSDT', { bidPrice: '0' });
      await rig.clock.advance(100);
    }
    expect(rig.exchange.sockets).toHaveLength(2);
    expect(rig.ticks).toEqual([]);
  });

  it('that is silent because its market is thin loses nothing by being replaced', async () => {
    await watching(['PEPEUSDT']);
    for (let n = 1; n <= 40; n++) {
      await rig.clock.advance(7_300);
      rig.quote('PEPEUSDT');
      expect(rig.stream.ageMs('PEPEUSDT')).toBe(0);
    }
    expect(rig.stream.health().reconnects).toBeLessThan(40);
    expect(rig.exchange.open().length).toBeLessThanOrEqual(2);
  });

  it('that breaks is opened anew within half a second, the failures before forgotten once it was steady', async () => {
    await watching(['PEPEUSDT']);
    for (let round = 0; round < 3; round++) {
      await rig.live(['PEPEUSDT'], 40_000);
      rig.exchange.open()[0]?.drop();
      await rig.clock.advance(500);
      expect(rig.exchange.open().map(({ topics }) => topics.size)).toEqual([2]);
    }
    expect(rig.stream.health().reconnects).toBe(3);
    expect(rig.logged.filter((line) => line.includes('steady'))).toHaveLength(2);
  });

  it.each([0, 0.5, 0.999])('is tried ever more seldom while the exchange is down, jitter %f', async (random) => {
    rig = aPriceStream({ random: () => random });
    rig.exchange.behaviour.opening = 'refuse';
    rig.stream.watch(['PEPEUSDT']);
    await rig.clock.advance(180_000);
    const at = rig.exchange.sockets.map(({ openedAt }) => openedAt);
    const waits = at.slice(1).map((time, i) => time - at[i]!);
    for (const [i, wait] of waits.entries()) {
      const whole = Math.min(500 * 2 ** i, 30_000);
      expect(wait).toBeGreaterThanOrEqual(whole / 2);
      expect(wait).toBeLessThanOrEqual(whole + 100); // looked at ten times a second
    }
    expect(waits.length).toBeGreaterThan(8);
    expect(rig.logged).toEqual(['price stream: reconnecting']);
    rig.exchange.behaviour.opening = 'accept';
    await rig.live(['PEPEUSDT'], 45_000);
    expect(rig.stream.health()).toMatchObject({ connections: 1, topics: 2 });
  });

  it('that the exchange opens and closes again and again is backed off from too', async () => {
    await watching(someMarkets(60));
    for (let passed = 0; passed < 120_000; passed += 100) {
      for (const socket of rig.exchange.open()) {
        const [channel = ''] = socket.topics;
        socket.push(quotePush(channel.slice(channel.lastIndexOf('@') + 1), rig.clock.now()));
        socket.drop();
      }
      await rig.clock.advance(100);
    }
    expect(rig.exchange.sockets.length / 4).toBeLessThanOrEqual(11);
  });

  it('that does not open is given up after five seconds', async () => {
    rig = aPriceStream();
    rig.exchange.behaviour.opening = 'hang';
    rig.stream.watch(['PEPEUSDT']);
    await rig.clock.advance(4_900);
    expect(rig.exchange.sockets[0]?.isEnded()).toBe(false);
    await rig.clock.advance(200);
    expect(rig.exchange.sockets[0]?.isEnded()).toBe(true);
    await rig.clock.advance(400);
    expect(rig.exchange.sockets).toHaveLength(2);
  });

  it('is replaced before its 24 hours are over, the new one delivering before the old one goes', async () => {
    const { clock, exchange, stream, quote, ticks } = await watching(['PEPEUSDT'], { random: () => 0 });
    quote('PEPEUSDT');
    clock.set(START + 22 * HOUR);
    quote('PEPEUSDT');
    await clock.advance(100);
    expect(exchange.sockets).toHaveLength(1);
    clock.set(START + 23 * HOUR);
    quote('PEPEUSDT');
    await clock.advance(100);
    const [old, fresh] = exchange.sockets;
    expect([old?.isOpen(), fresh?.isOpen()]).toEqual([true, true]);
    expect(stream.health()).toMatchObject({ connections: 2, topics: 2, reconnects: 1 });

    const before = ticks.length;
    const sentAt = clock.now();
    old?.push(quotePush('PEPEUSDT', sentAt));
    await clock.advance(200);
    expect(old?.isOpen()).toBe(true);
    fresh?.push(quotePush('PEPEUSDT', sentAt)); // the same again is not delivered twice, but shows that it works
    await clock.advance(200);
    expect(old?.isEnded()).toBe(true);
    expect(ticks).toHaveLength(before + 1);
    expect(stream.health().dropped.duplicate).toBe(1);
    expect(rig.logged).toEqual([]);
  });

  it('is kept past its time while its successor does not open', async () => {
    const { clock, exchange, quote, ticks } = await watching(['PEPEUSDT']);
    clock.set(START + 23 * HOUR);
    quote('PEPEUSDT');
    exchange.behaviour.opening = 'refuse';
    await clock.advance(20_000);
    expect(exchange.open()).toHaveLength(1);
    quote('PEPEUSDT');
    expect(ticks).toHaveLength(2);
    exchange.behaviour.opening = 'accept';
    await clock.advance(30_000);
    quote('PEPEUSDT');
    await clock.advance(200);
    expect(exchange.open()).toHaveLength(1);
    expect(exchange.sockets[0]?.isEnded()).toBe(true);
  });

  it('is pinged every 15 seconds', async () => {
    await watching(['PEPEUSDT']);
    await rig.live(['PEPEUSDT'], 60_000);
    expect(rig.exchange.sockets[0]?.pings()).toBe(4);
  });
});

describe('the end', () => {
  it('says goodbye, cuts what does not answer within a second, and is deaf afterwards', async () => {
    const { stream, exchange, clock, quote, ticks } = await watching(someMarkets(20));
    exchange.behaviour.answers = false;
    let done = false;
    const closed = stream.close().then(() => {
      done = true;
    });
    await clock.advance(900);
    quote('A000USDT');
    expect([done, ticks.length]).toEqual([false, 0]);
    await clock.advance(300);
    await closed;
    stream.watch(['PEPEUSDT']);
    await clock.advance(1_000);
    expect(exchange.sockets).toHaveLength(2);
    await stream.close();
  });

  it('is at once while nothing is open', async () => {
    rig = aPriceStream();
    await rig.stream.close();
  });

  it('ends what is just opening, and what waits to be', async () => {
    rig = aPriceStream();
    rig.exchange.behaviour.opening = 'hang';
    rig.stream.watch(['PEPEUSDT']);
    await rig.clock.advance(200);
    await rig.stream.close();
    expect(rig.clock.sleepers()).toBe(0);

    rig = aPriceStream();
    rig.exchange.behaviour.opening = 'refuse';
    rig.stream.watch(['PEPEUSDT']);
    await rig.clock.advance(100);
    await rig.stream.close();
  });
});

it.each([
  ['a URL of the web', { url: 'https://wbs-api.mexc.com/ws' }],
  ['no URL', { url: 'wbs-api.mexc.com' }],
  ['one topic a connection', { topicsPerConnection: 1 }],
  ['no limit of age', { staleAfterMs: Number.NaN }],
])('is not made with %s', (_, options) => {
  rig = aPriceStream();
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const good = { url: 'wss://wbs-api.mexc.com/ws', clock: rig.clock, log, staleAfterMs: 5_000 };
  expect(() => createPriceStream({ ...good, ...options })).toThrow(RangeError);
});
