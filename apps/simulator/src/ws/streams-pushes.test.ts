import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { channel, openStreams, SPEED, type StreamsUnderTest } from '../../test/streams.ts';
import { gridOf, klines } from '../klines.ts';
import { bookTicker, depth } from '../wire.ts';

let exchange: StreamsUnderTest;
beforeEach(async () => {
  exchange = await openStreams();
});
afterEach(() => exchange.close());

describe('pushes', () => {
  it('of bookTicker are REST’s bookTicker at that moment', async () => {
    const client = await exchange.connect();
    const batch = 'spot@public.bookTicker.batch.v3.api.pb@BTCUSDT';
    await client.subscribe(channel.ticker, batch);
    for (let n = 0; n < 20; n++) {
      await exchange.pass(100 + 37 * n, client);
      const { bidPrice, bidQty, askPrice, askQty } = bookTicker(exchange.quotes, exchange.market, exchange.clock.now());
      const expected = { bidPrice, bidQuantity: bidQty, askPrice, askQuantity: askQty };
      expect(client.pushes.findLast((push) => push.channel === channel.ticker)).toMatchObject({
        publicAggreBookTicker: expected,
        symbol: 'BTCUSDT',
      });
      expect(client.pushes.findLast((push) => push.channel === batch)).toMatchObject({
        publicBookTickerBatch: { items: [expected] },
      });
    }
  });

  it.each(['Min1', 'Min5', 'Hour4'])('of a closed %s candle are REST’s row', async (interval) => {
    const rest = { Min1: '1m', Min5: '5m', Hour4: '4h' }[interval]!;
    const client = await exchange.connect();
    await client.subscribe(`spot@public.kline.v3.api.pb@BTCUSDT@${interval}`);
    const length = { Min1: 60_000, Min5: 300_000, Hour4: 14_400_000 }[interval]!;
    for (let n = 0; n < 30; n++) await exchange.pass(length / 7, client);
    const last = new Map(client.pushes.map(({ publicSpotKline: kline }) => [kline!.windowStart, kline!]));
    const rows = klines(
      exchange.market,
      gridOf(rest)!,
      { startTime: Number([...last.keys()][0]) * 1000, endTime: null, limit: 500 },
      exchange.clock.now(),
    );
    expect(last.size).toBe(5);
    expect(
      [...last.values()].map(({ openingPrice, highestPrice, lowestPrice, closingPrice, volume, amount }) => [
        openingPrice,
        highestPrice,
        lowestPrice,
        closingPrice,
        volume,
        amount,
      ]),
    ).toEqual(rows.map(([, open, high, low, close, volume, , amount]) => [open, high, low, close, volume, amount]));
    expect([...last.values()].map(({ windowStart, windowEnd }) => [windowStart, windowEnd])).toEqual(
      rows.map((row) => [String(row[0] / 1000), String(row[6] / 1000)]),
    );
  });

  it('of deals follow one another without overlap, and add up to the candles’ volume', async () => {
    const client = await exchange.connect();
    const from = exchange.clock.now();
    await client.subscribe(channel.deals);
    for (let n = 0; n < 240; n++) await exchange.pass(500, client);
    const deals = client.pushes.flatMap(({ publicAggreDeals }) => publicAggreDeals!.deals);
    const times = deals.map(({ time }) => Number(time));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const rows = klines(
      exchange.market,
      gridOf('1m')!,
      { startTime: from, endTime: from + 120_000, limit: 2 },
      from + 120_000,
    );
    const traded = deals.reduce((sum, { quantity }) => sum + Number(quantity), 0);
    expect(traded).toBeCloseTo(
      rows.reduce((sum, row) => sum + Number(row[5]), 0),
      exchange.market.listing.quantityDecimals - 1,
    );
  });

  it('of depth, applied to a REST book, give the REST book of later, whatever REST was asked and bought between', async () => {
    const { watched, market, clock } = exchange;
    const client = await exchange.connect();
    await client.subscribe(channel.depth);
    await exchange.pass(350, client);
    let state: {
      readonly version: number;
      readonly bids: Map<string, string>;
      readonly asks: Map<string, string>;
    } | null = null;
    for (let n = 0; n < 60; n++) {
      exchange.wait((40 + ((n * 53) % 170)) / SPEED);
      if (n % 7 === 3) watched.eat(market, n % 2 ? 'asks' : 'bids', 5_000 * n, clock.now());
      const rest = depth(watched, market, 5_000, clock.now());
      if (n % 7 === 5) watched.eat(market, 'asks', 900 * n, clock.now());
      // a reader that starts at this very moment
      if (n === 11) state = { version: rest.lastUpdateId, bids: new Map(rest.bids), asks: new Map(rest.asks) };
      exchange.streams.tick();
      await exchange.pass(100, client);
    }
    await exchange.pass(100, client);
    expect(state).not.toBeNull();
    const pushes = client.pushes.map(({ publicAggreDepths }) => publicAggreDepths!);
    expect(pushes.length).toBeGreaterThan(26);
    for (let n = 1; n < pushes.length; n++) {
      expect(Number(pushes[n]!.fromVersion)).toBe(Number(pushes[n - 1]!.toVersion) + 1);
    }
    const newer = pushes.filter(({ toVersion }) => Number(toVersion) > state!.version);
    expect(Number(newer[0]!.fromVersion)).toBeLessThanOrEqual(state!.version + 1);
    for (const push of newer) {
      for (const side of ['bids', 'asks'] as const) {
        for (const { price, quantity } of push[side] ?? []) {
          if (quantity === '0') state![side].delete(price);
          else state![side].set(price, quantity);
        }
      }
    }
    const now = depth(exchange.quotes, market, 5_000, clock.now());
    expect(Object.fromEntries(state!.bids)).toEqual(Object.fromEntries(now.bids));
    expect(Object.fromEntries(state!.asks)).toEqual(Object.fromEntries(now.asks));
  });

  it.each([5, 10, 20])('of limit depth are the best %i levels of REST', async (levels) => {
    const client = await exchange.connect();
    await client.subscribe(`spot@public.limit.depth.v3.api.pb@BTCUSDT@${levels}`);
    await exchange.pass(1_000, client);
    const { bids, asks, lastUpdateId } = depth(exchange.quotes, exchange.market, levels, exchange.clock.now());
    const rows = (side: readonly (readonly [string, string])[]) =>
      side.map(([price, quantity]) => ({ price, quantity }));
    expect(client.pushes.at(-1)!.publicLimitDepths).toMatchObject({
      bids: rows(bids),
      asks: rows(asks),
      version: String(lastUpdateId),
    });
  });

  it('of mini tickers tell one market or all', async () => {
    const client = await exchange.connect();
    await client.subscribe('spot@public.miniTicker.v3.api.pb@BTCUSDT@UTC+8', 'spot@public.miniTickers.v3.api.pb@24H');
    const [one, all] = client.pushes;
    expect(one!.publicMiniTicker).toMatchObject({ symbol: 'BTCUSDT', price: expect.stringMatching(/^\d+\.\d+$/) });
    expect(all!.publicMiniTickers!.items).toHaveLength(exchange.quotes.listed(exchange.clock.now()).length);
  });

  it('stop with the subscription, and cost nothing without subscribers', async () => {
    const client = await exchange.connect();
    await client.subscribe(channel.kline);
    await exchange.pass(1_000, client);
    const before = client.pushes.length;
    expect(exchange.streams.counts()).toEqual({ connections: 1, topics: 1 });
    await client.ask('UNSUBSCRIPTION', [channel.kline]);
    await exchange.pass(5_000, client);
    expect(client.pushes).toHaveLength(before);
    expect(exchange.streams.counts()).toEqual({ connections: 1, topics: 0 });
  });

  it('reach everyone who follows a topic, in the same bytes', async () => {
    const clients = [await exchange.connect(), await exchange.connect(), await exchange.connect()];
    for (const client of clients) await client.subscribe(channel.ticker);
    await exchange.pass(200, ...clients);
    const [first, second, third] = clients.map(({ pushes }) => pushes.at(-1));
    expect(second).toEqual(first);
    expect(third).toEqual(first);
  });
});
