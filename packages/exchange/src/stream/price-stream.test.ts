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

describe('a connection', () => {
  it('that answers pings but delivers nothing is replaced, everything subscribed again', async () => {
    await watching(['PEPEUSDT', 'DOGEUSDT']);
    await rig.live(['PEPEUSDT'], 20_000);
    expect(rig.exchange.sockets).toHaveLength(1); // one silent market is no silent connection
    expect(rig.exchange.sockets[0]?.pings()).toBeGreaterThan(0);
    for (let passed = 0; passed < STALE_MS + 600; passed += 100) {
      rig.exchange.sockets[0]?.say('{"id":0,"code":0,"msg":"PONG"}');
      await rig.clock.advance(100);
    }
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

  it('goes ten seconds after its successor opened at the latest: a thin market may have nothing to say', async () => {
    const { clock, exchange, quote } = await watching(['PEPEUSDT', 'THINUSDT'], { random: () => 0 });
    clock.set(START + 23 * HOUR);
    quote('PEPEUSDT');
    await rig.live(['PEPEUSDT'], 9_500);
    expect(exchange.open()).toHaveLength(2);
    await rig.live(['PEPEUSDT'], 1_000);
    expect(exchange.open()).toHaveLength(1);
    expect(exchange.sockets[0]?.isEnded()).toBe(true);
  });

  it('that was given up is kept for ten seconds where its markets went to an old one', async () => {
    const { exchange, stream } = await watching(someMarkets(16));
    await rig.live(someMarkets(16), 20_000);
    stream.watch(someMarkets(15, 1));
    await rig.live(someMarkets(14, 1), 9_500); // A015USDT has nothing to say
    expect(exchange.open()).toHaveLength(2);
    await rig.live(someMarkets(14, 1), 1_000);
    expect(exchange.open()).toHaveLength(1);
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
