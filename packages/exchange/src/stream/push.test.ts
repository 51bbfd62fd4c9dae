import fc from 'fast-check';
import protobuf from 'protobufjs/minimal.js';
import { describe, expect, it } from 'vitest';
import { dealsChannel, dealsPush, encodePush, quotePush, quotesChannel } from '../../test/pushes.ts';
import { createDecoder, toNumber } from './push.ts';

const NOW = 1_700_000_000_123;
const decode = createDecoder();

describe('a push', () => {
  it('reads as a quote', () => {
    expect(decode(quotePush('PEPEUSDT', NOW))).toEqual({
      channel: quotesChannel('PEPEUSDT'),
      symbol: 'PEPEUSDT',
      sentAt: NOW,
      body: { kind: 'quotes', quote: { bidPrice: '1.01', bidQuantity: '5', askPrice: '1.02', askQuantity: '7.5' } },
    });
  });

  it('reads as deals, of a market with a Chinese name too', () => {
    const push = decode(dealsPush('币安人生USDT', NOW, [{}, { tradeType: 2, price: '9' }]));
    expect(push).toMatchObject({ channel: dealsChannel('币安人生USDT'), symbol: '币安人生USDT', sentAt: NOW });
    const deals = push?.body?.kind === 'deals' ? push.body.deals : [];
    expect(deals.map((deal) => ({ ...deal, time: toNumber(deal.time) }))).toEqual([
      { price: '1.015', quantity: '3', tradeType: 1, time: NOW },
      { price: '9', quantity: '3', tradeType: 2, time: NOW },
    ]);
  });

  it('of another kind has no body; without a send time the moment it was made counts', () => {
    const bytes = encodePush({ channel: 'a', createTime: NOW, publicSpotKline: { interval: 'Min1' } });
    expect(decode(bytes)).toEqual({ channel: 'a', symbol: '', sentAt: NOW, body: null });
  });

  it('that lacks fields has empty texts and zeros', () => {
    expect(decode(encodePush({ publicAggreBookTicker: {} }))).toMatchObject({ channel: '', sentAt: 0 });
    const { body } = decode(encodePush({ publicAggreBookTicker: { bidPrice: '1' } })) ?? {};
    expect(body?.kind === 'quotes' && [body.quote.bidPrice, body.quote.askPrice]).toEqual(['1', '']);
    const deals = decode(encodePush({ publicAggreDeals: {} }))?.body;
    expect(deals).toEqual({ kind: 'deals', deals: [] });
  });

  it('may have fields in any order and fields nobody knows yet', () => {
    const quote = protobuf.Writer.create().uint32(74).string('new').uint32(26).string('1.02').uint32(10).string('1.01');
    const bytes = protobuf.Writer.create()
      .uint32(2522)
      .bytes(quote.finish())
      .uint32(8001)
      .double(1.5)
      .uint32(7992)
      .int64(-1)
      .uint32(48)
      .int64(NOW)
      .uint32(10)
      .string('a channel')
      .finish();
    expect(decode(bytes)).toMatchObject({
      channel: 'a channel',
      sentAt: NOW,
      body: { quote: { bidPrice: '1.01', askPrice: '1.02' } },
    });
  });

  it('that is garbage, cut short or bent is a push or none, and nothing worse', () => {
    const good = quotePush('PEPEUSDT', NOW);
    const arbBytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.nat(good.length - 1).map((length) => good.subarray(0, length)),
      fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, byte]) => Uint8Array.from(good).fill(byte, at, at + 1)),
    );
    fc.assert(
      fc.property(arbBytes, (bytes) => {
        const push = decode(bytes);
        expect(push === null || typeof push.channel === 'string').toBe(true);
      }),
      { numRuns: 1_000 },
    );
    expect(decode(good.subarray(0, good.length - 3))).toBeNull();
  });
});
