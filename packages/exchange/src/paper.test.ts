import { type ApprovedOrder, Decimal, type Depth, type Market } from '@mexc-bot/core';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { aBudget, aClock, aDepth, aMarket, anOrder, NOW, recorded } from '../test/builders.ts';
import { memoryBook } from '../test/memory-book.ts';
import { type SeenRequest, startScriptedServer } from '../test/scripted-server.ts';
import { createMexcMarketData } from './mexc.ts';
import { createPaperTrading } from './paper.ts';
import { QueryFailed } from './port.ts';

const DEPTH = aDepth(
  [['1.00', 500]],
  [
    ['1.01', 60],
    ['1.04', 20],
    ['1.20', 1000],
  ],
);

function paper(
  options: { usdt?: number | string; pepe?: number; market?: Partial<Market>; depth?: () => Promise<Depth> } = {},
) {
  const reads = { depth: 0 };
  const book = memoryBook({ USDT: new Decimal(options.usdt ?? 1000), PEPE: new Decimal(options.pepe ?? 0) });
  const clock = aClock();
  const account = createPaperTrading({
    marketData: {
      depth: async () => {
        reads.depth += 1;
        return options.depth === undefined ? DEPTH : options.depth();
      },
    },
    marketOf: (id) => (id === 'PEPEUSDT' ? aMarket(options.market) : undefined),
    book,
    clock,
    latencyMs: 120,
  });
  return { account, book, clock, reads };
}

const aPaperOrder = (overrides: Partial<ApprovedOrder> = {}) => anOrder({ mode: 'test', ...overrides });
const held = (book: ReturnType<typeof memoryBook>, asset: string) => book.account().get(asset)?.toFixed();

describe('a paper order', () => {
  it('buys from the asks, pays the fee on top, and cancels the rest', async () => {
    const { account, book, clock } = paper();
    const order = aPaperOrder({ price: new Decimal('1.05'), quantity: new Decimal(100) });

    expect(await account.placeOrder(order, 'b-1')).toEqual({ outcome: 'accepted', exchangeOrderId: 'paper-b-1' });

    expect(await account.findOrder('PEPEUSDT', 'b-1')).toMatchObject({ state: 'canceled', filled: new Decimal(80) });
    expect(held(book, 'PEPE')).toBe('80');
    expect(held(book, 'USDT')).toBe('918.5593'); // 1000 − (60.6 + 20.8) × 1.0005
    expect(await account.orderTrades('PEPEUSDT', 'paper-b-1')).toMatchObject([
      { tradeId: 'paper-b-1-001', price: new Decimal('1.01'), quantity: new Decimal(60), feeAsset: 'USDT', at: NOW },
      { tradeId: 'paper-b-1-002', price: new Decimal('1.04'), quantity: new Decimal(20), side: 'buy' },
    ]);
    expect(clock.waitedMs).toEqual([120]);
  });

  it('sells to the bids, and the fee is taken out of the proceeds', async () => {
    const { account, book } = paper({ usdt: 0, pepe: 100 });
    await account.placeOrder(aPaperOrder({ side: 'sell', price: new Decimal('0.97') }), 's-1');
    expect(await account.findOrder('PEPEUSDT', 's-1')).toMatchObject({ state: 'filled', filled: new Decimal(100) });
    expect([held(book, 'PEPE'), held(book, 'USDT')]).toEqual(['0', '99.95']);
    expect([...(await account.balances()).keys()]).toEqual(['USDT']);
  });

  it('beyond the book is accepted and canceled without a fill, as an IOC is', async () => {
    const { account, book } = paper();
    expect((await account.placeOrder(aPaperOrder({ price: new Decimal('1.00') }), 'b-1')).outcome).toBe('accepted');
    expect(await account.findOrder('PEPEUSDT', 'b-1')).toMatchObject({ state: 'canceled', filled: new Decimal(0) });
    expect(held(book, 'USDT')).toBe('1000');
  });

  it('with a known client id returns that order, and fills nothing again', async () => {
    const { account, book } = paper();
    const first = await account.placeOrder(aPaperOrder(), 'b-1');
    const after = held(book, 'USDT');
    expect(await account.placeOrder(aPaperOrder({ quantity: new Decimal(7) }), 'b-1')).toEqual(first);
    expect(held(book, 'USDT')).toBe(after);
    expect(book.orders).toHaveLength(1);
  });

  it('sent twice at one moment is settled once', async () => {
    const { account, book } = paper();
    const both = await Promise.all([1, 2].map(() => account.placeOrder(aPaperOrder(), 'b-1')));
    expect(both.map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted']);
    expect(book.orders).toHaveLength(1);
  });

  it('is never open, so nothing can be canceled', async () => {
    const { account } = paper();
    await account.placeOrder(aPaperOrder(), 'b-1');
    expect(await account.openOrders('PEPEUSDT')).toEqual([]);
    expect(await account.cancelOrder('PEPEUSDT', 'b-1')).toBe('not_open');
    expect(await account.findOrder('PEPEUSDT', 'b-2')).toBeNull();
  });

  it('reads the order book for each order', async () => {
    const { account, reads } = paper();
    await account.placeOrder(aPaperOrder(), 'b-1');
    await account.placeOrder(aPaperOrder(), 'b-2');
    expect(reads).toEqual({ depth: 2 });
  });
});

describe('a paper order is rejected, and nothing is kept,', () => {
  const cases: [string, string, Partial<ApprovedOrder>, Parameters<typeof paper>[0]][] = [
    ['insufficient_funds', 'for a buy whose fee does not fit', {}, { usdt: '105.05' }],
    ['insufficient_funds', 'for a sale of more than is held', { side: 'sell' }, { pepe: 99 }],
    ['order_type_not_allowed', 'as a resting limit', { type: 'limit' }, {}],
    ['order_type_not_allowed', 'as post-only', { type: 'limit_maker' }, {}],
    ['order_type_not_allowed', 'as fill-or-kill', { type: 'fok' }, {}],
    ['below_minimum', 'under the least notional', { quantity: new Decimal('0.9') }, {}],
    ['above_maximum', 'over the largest notional', { quantity: new Decimal(10_000_000) }, {}],
    ['other', 'off the step grid', { quantity: new Decimal('10.05') }, {}],
    ['other', 'off the tick grid', { price: new Decimal('1.055') }, {}],
    ['other', 'with a live order', { mode: 'live' }, {}],
    ['market_not_tradable', 'in an unknown market', { market: 'NOPEUSDT' }, {}],
    ['market_not_tradable', 'in a paused market', {}, { market: { status: 'paused' } }],
    ['market_not_tradable', 'in a market closed to APIs', {}, { market: { apiTradable: false } }],
    ['market_not_tradable', 'on a closed side', {}, { market: { sides: 'sell' } }],
    ['market_not_tradable', 'in a market that is not listed', { market: 'GONEUSDT' }, {}],
    ['insufficient_funds', 'in a quote the account does not hold', {}, { market: { quote: 'USDC' } }],
  ];
  it.each(cases)('%s: %s', async (code, _, order, options) => {
    const { account, book } = paper(options);
    const before = book.account();
    expect(await account.placeOrder(aPaperOrder(order), 'b-1')).toMatchObject({ outcome: 'rejected', code });
    expect(book.account()).toBe(before);
    expect(await account.findOrder(order.market ?? 'PEPEUSDT', 'b-1')).toBeNull();
  });

  it('when the order book cannot be read', async () => {
    const { account } = paper({ depth: () => Promise.reject(new QueryFailed('network', 'no answer')) });
    expect(await account.placeOrder(aPaperOrder(), 'b-1')).toMatchObject({ outcome: 'rejected', code: 'other' });
  });
});

it('a book that fails leaves the outcome unknown, and queries failed', async () => {
  const { account, book } = paper();
  book.settle = () => {
    throw new Error('disk full');
  };
  book.account = () => {
    throw new Error('disk full');
  };
  expect(await account.placeOrder(aPaperOrder(), 'b-1')).toMatchObject({ outcome: 'unknown' });
  await expect(account.balances()).rejects.toMatchObject({ name: 'QueryFailed' });
});

it('over any orders: no balance goes below zero, and quote changes by notional and fee only', async () => {
  const arbOrder = fc.record({
    side: fc.constantFrom<'buy' | 'sell'>('buy', 'sell'),
    ticks: fc.integer({ min: 90, max: 130 }),
    steps: fc.integer({ min: 1, max: 3000 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(arbOrder, { maxLength: 12 }), async (orders) => {
      const { account, book } = paper({ usdt: 300, pepe: 50 });
      let expected = new Decimal(300);
      for (const [i, { side, ticks, steps }] of orders.entries()) {
        const order = { side, price: new Decimal(ticks).div(100), quantity: new Decimal(steps).div(10) };
        await account.placeOrder(aPaperOrder(order), `p-${i}`);
        for (const trade of await account.orderTrades('PEPEUSDT', `paper-p-${i}`)) {
          const notional = trade.price.mul(trade.quantity);
          expected = (side === 'buy' ? expected.minus(notional) : expected.plus(notional)).minus(trade.fee);
        }
      }
      expect([...book.account().values()].every((balance) => balance.gte(0))).toBe(true);
      expect(held(book, 'USDT')).toBe(expected.toFixed());
    }),
    { numRuns: 50 },
  );
});

describe('against a server that counts every signed or writing request', () => {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  it('the paper adapter buys and sells without one of them', async () => {
    const forbidden: SeenRequest[] = [];
    const market = { ...recorded.exchangeInfo[2], symbol: 'PEPEUSDT', baseAsset: 'PEPE' };
    const server = await startScriptedServer((request) => {
      const signed = request.query.has('signature') || request.headers['x-mexc-apikey'] !== undefined;
      if (request.method !== 'GET' || signed) forbidden.push(request);
      if (request.path.endsWith('/defaultSymbols')) return { body: { code: 200, data: ['PEPEUSDT'] } };
      if (request.path.endsWith('/exchangeInfo')) return { body: { symbols: [market] } };
      return { body: { lastUpdateId: 1, bids: [['1.00000', '500']], asks: [['1.01000', '500']] } };
    });
    const clock = aClock({ speed: () => 600 });
    const marketData = createMexcMarketData({ restUrl: server.url, clock, timeoutMs: 1000, budget: aBudget() });
    closers.push(
      () => marketData.close(),
      () => server.close(),
    );
    const listed = await marketData.markets();
    const book = memoryBook({ USDT: new Decimal(1000) });
    const account = createPaperTrading({
      marketData,
      marketOf: () => listed.find((market) => market.id === 'PEPEUSDT'),
      book,
      clock,
      latencyMs: 0,
    });

    for (const side of ['buy', 'sell'] as const) {
      const price = new Decimal(side === 'buy' ? '1.05' : '0.95');
      await account.placeOrder(aPaperOrder({ side, price }), side);
      expect((await account.findOrder('PEPEUSDT', side))?.state).toBe('filled');
    }
    await account.cancelOrder('PEPEUSDT', 'buy');
    await account.openOrders('PEPEUSDT');
    await account.balances();

    expect(forbidden).toEqual([]);
    expect(server.requests.length).toBeGreaterThan(0);
  });
});
