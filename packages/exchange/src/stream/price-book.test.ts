import { afterEach, describe, expect, it } from 'vitest';
import { aPriceStream, type PriceStreamRig, STALE_MS, START } from '../../test/price-stream-rig.ts';
import { dealsChannel, dealsPush, encodePush, type QuoteFields, quotePush, quotesChannel } from '../../test/pushes.ts';

let rig: PriceStreamRig;
afterEach(async () => {
  const closed = rig.stream.close();
  await rig.clock.advance(2_000);
  await closed;
});

async function watching(...markets: string[]): Promise<PriceStreamRig> {
  rig = aPriceStream();
  rig.stream.watch(markets);
  await rig.clock.advance(0);
  return rig;
}

describe('prices', () => {
  it('are delivered with the exchange’s time and ours', async () => {
    const { stream, ticks, quote, clock } = await watching('PEPEUSDT');
    quote('PEPEUSDT', {}, START - 40);
    expect(ticks).toHaveLength(1);
    expect(ticks[0]).toMatchObject({ market: 'PEPEUSDT', exchangeAt: START - 40, receivedAt: START });
    expect(`${ticks[0]?.bid} ${ticks[0]?.bidQuantity} ${ticks[0]?.ask} ${ticks[0]?.askQuantity}`).toBe(
      '1.01 5 1.02 7.5',
    );
    expect(stream.latest('PEPEUSDT')).toBe(ticks[0]);
    await clock.advance(700);
    expect(stream.ageMs('PEPEUSDT')).toBe(700);
  });

  it('of trades are delivered one by one, and make no quote younger', async () => {
    const { exchange, stream, deals, clock } = await watching('PEPEUSDT');
    exchange.push(
      dealsChannel('PEPEUSDT'),
      dealsPush('PEPEUSDT', START, [{ time: START - 90 }, { tradeType: 2, price: '1.02' }]),
    );
    expect(deals.map((deal) => `${deal.side} ${deal.quantity} at ${deal.price} ${deal.tradedAt - START}`)).toEqual([
      'buy 3 at 1.015 -90',
      'sell 3 at 1.02 0',
    ]);
    expect(stream.latest('PEPEUSDT')).toBeUndefined();
    expect(stream.ageMs('PEPEUSDT')).toBe(Number.POSITIVE_INFINITY);
    await clock.advance(0);
  });

  it.each<[string, QuoteFields]>([
    ['a bid of zero', { bidPrice: '0' }],
    ['nothing bid', { bidPrice: '', bidQuantity: '' }],
    ['NaN', { bidPrice: 'NaN' }],
    ['Infinity', { askPrice: 'Infinity' }],
    ['a negative price', { bidPrice: '-1' }],
    ['a hexadecimal number', { bidPrice: '0x1' }],
    ['a price in words', { bidPrice: '1.0.1' }],
    ['a price beyond all floats', { askPrice: `${'9'.repeat(40)}e99`.repeat(9) }],
    ['no quantity', { bidQuantity: '0' }],
    ['an ask in words', { askPrice: 'none' }],
    ['a negative quantity', { bidQuantity: '-5' }],
  ])('are dropped and counted where there is %s', async (_, fields) => {
    const { stream, ticks, quote } = await watching('PEPEUSDT');
    quote('PEPEUSDT', fields);
    expect(ticks).toEqual([]);
    expect(stream.latest('PEPEUSDT')).toBeUndefined();
    expect(stream.health().dropped.no_price).toBe(1);
  });

  it.each([
    { askPrice: '', askQuantity: '' },
    { askPrice: '0', askQuantity: '0' },
    { askPrice: '1.02', askQuantity: '0.00' },
    { askPrice: '0.000' },
  ])('are delivered with their bid where nobody sells: %o', async (fields) => {
    const { stream, ticks, quote } = await watching('PEPEUSDT');
    quote('PEPEUSDT', fields);
    expect(ticks.map(({ bid, ask, askQuantity }) => [bid.toString(), ask, askQuantity])).toEqual([
      ['1.01', null, null],
    ]);
    expect(stream.ageMs('PEPEUSDT')).toBe(0);
  });

  it('are read when written with an exponent', async () => {
    const { ticks, quote } = await watching('PEPEUSDT');
    quote('PEPEUSDT', { bidPrice: '1E-8', askPrice: '1.1e-8' });
    expect(ticks.map(({ bid }) => bid.toString())).toEqual(['0.00000001']);
  });

  it('are dropped where the bid is above the ask, not where they meet', async () => {
    const { stream, ticks, quote } = await watching('PEPEUSDT');
    quote('PEPEUSDT', { bidPrice: '1.03', askPrice: '1.02' });
    expect(stream.health().dropped.crossed).toBe(1);
    expect(ticks).toEqual([]);
    quote('PEPEUSDT', { bidPrice: '1.02', askPrice: '1.02' });
    expect(ticks).toHaveLength(1);
  });

  it('sent before the last ones are dropped; other markets and trades have an order of their own', async () => {
    const { exchange, stream, ticks, deals, quote } = await watching('PEPEUSDT', 'DOGEUSDT');
    quote('PEPEUSDT', {}, START - 10);
    quote('PEPEUSDT', { bidPrice: '0.5' }, START - 11);
    quote('PEPEUSDT', {}, START - 10);
    quote('DOGEUSDT', {}, START - 50);
    exchange.push(dealsChannel('PEPEUSDT'), dealsPush('PEPEUSDT', START - 60));
    expect(ticks).toHaveLength(3);
    expect(deals).toHaveLength(1);
    expect(stream.health().dropped.out_of_order).toBe(1);
  });

  it('that waited in a queue for longer than the limit, or come from the future, are dropped', async () => {
    const { stream, ticks, quote } = await watching('PEPEUSDT');
    quote('PEPEUSDT', {}, START - STALE_MS - 1);
    quote('PEPEUSDT', {}, START + STALE_MS + 1);
    quote('PEPEUSDT', {}, 0);
    expect(ticks).toEqual([]);
    expect(stream.health().dropped.off_time).toBe(3);
    quote('PEPEUSDT', {}, START - STALE_MS);
    expect(ticks).toHaveLength(1);
  });

  it('are as old as the market’s own time says, which may pass faster', async () => {
    rig = aPriceStream({ speed: 60 });
    rig.stream.watch(['PEPEUSDT']);
    await rig.clock.advance(10_000);
    rig.quote('PEPEUSDT', {}, rig.clock.now() - 60 * STALE_MS);
    rig.quote('PEPEUSDT', {}, rig.clock.now() - 60 * STALE_MS - 1);
    expect(rig.ticks).toHaveLength(1);
  });

  it('are not taken from garbage, from another market’s message, or from a body of another kind', async () => {
    const { exchange, stream, ticks, deals } = await watching('PEPEUSDT');
    const channel = quotesChannel('PEPEUSDT');
    const publicAggreBookTicker = { bidPrice: '1', bidQuantity: '1', askPrice: '2', askQuantity: '1' };
    const head = { channel, symbol: 'PEPEUSDT', sendTime: START };
    exchange.push(channel, Buffer.from([0xff, 0xff, 0xff]));
    exchange.push(channel, Buffer.alloc(0));
    exchange.push(channel, encodePush({ ...head, symbol: 'PEPE2USDT', publicAggreBookTicker }));
    exchange.push(channel, encodePush({ ...head, publicSpotKline: { interval: 'Min1' } }));
    exchange.push(channel, encodePush({ ...head, channel: dealsChannel('PEPEUSDT'), publicAggreBookTicker }));
    expect([...ticks, ...deals]).toEqual([]);
    expect(stream.health().dropped.undecodable).toBe(5);
    exchange.push(channel, encodePush({ ...head, symbol: '', publicAggreBookTicker }));
    expect(ticks).toHaveLength(1);
  });

  it('of trades that make no sense are dropped', async () => {
    const { exchange, stream, deals } = await watching('PEPEUSDT');
    for (const deal of [{ price: '0' }, { quantity: 'x' }, { tradeType: 3 }]) {
      exchange.push(dealsChannel('PEPEUSDT'), dealsPush('PEPEUSDT', START, [{}, deal]));
    }
    exchange.push(dealsChannel('PEPEUSDT'), dealsPush('PEPEUSDT', START, []));
    expect(deals).toEqual([]);
    expect(stream.health().dropped.no_price).toBe(4);
  });

  it('of a market nobody watches any more are forgotten', async () => {
    const { exchange, stream, ticks, quote } = await watching('PEPEUSDT', 'DOGEUSDT');
    quote('PEPEUSDT');
    stream.watch(['DOGEUSDT']);
    expect(stream.latest('PEPEUSDT')).toBeUndefined();
    expect(stream.ageMs('PEPEUSDT')).toBe(Number.POSITIVE_INFINITY);
    exchange.open()[0]?.push(quotePush('PEPEUSDT', START)); // on its way when it was unsubscribed
    expect(ticks).toHaveLength(1);
    expect(stream.health()).toMatchObject({ staleMarkets: ['DOGEUSDT'], dropped: { undecodable: 0 } });
  });

  it('do not grow younger when the machine’s clock is set back', async () => {
    const { stream, quote, clock } = await watching('PEPEUSDT');
    quote('PEPEUSDT');
    await clock.advance(1_000);
    clock.set(START - 3_600_000);
    await clock.advance(1_000);
    expect(stream.ageMs('PEPEUSDT')).toBeGreaterThanOrEqual(1_900); // what passed since the last look is not known
  });

  it('reach every listener, whatever another does, and nobody who left', async () => {
    const { stream, ticks, quote, clock, logged } = await watching('PEPEUSDT');
    stream.onTick(() => {
      throw new Error('a listener’s own');
    });
    const heard: string[] = [];
    const leave = stream.onTick(({ bid }) => heard.push(bid.toString()));
    quote('PEPEUSDT', {}, START - 2);
    quote('PEPEUSDT', {}, START - 1);
    leave();
    quote('PEPEUSDT');
    expect(ticks).toHaveLength(3);
    expect(heard).toEqual(['1.01', '1.01']);
    expect(logged).toEqual(['price stream: a listener failed']); // not once a tick
    await clock.advance(0);
  });
});
