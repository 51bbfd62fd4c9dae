import { DAY_MS, Decimal } from '@mexc-bot/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Account, balanceOf, openAccount } from './account.ts';
import { parseCandles } from './candle-file.ts';
import { createEngine, type Engine } from './engine.ts';
import type { Listing, MarketSource } from './market-source.ts';
import type { OrderRequest } from './order-rules.ts';
import { createQuotes, type QuotedMarket, type Quotes, REPLENISH_MS } from './quotes.ts';

const START = Date.UTC(2026, 0, 2);
const STEP = 300_000;
/** Flat at 1.0000 for a day and an hour, a dip to 0.9 for one candle, then 1.2. */
const closes = [...Array<number>(300).fill(1), 0.9, ...Array<number>(40).fill(1.2)];
const DIP = START - DAY_MS + 300 * STEP;

function marketWith(changes: Partial<Record<string, Partial<Listing>>> = {}): MarketSource {
  const rows = closes.map((close, i) => {
    const open = i === 0 ? close : closes[i - 1]!;
    const [high, low] = [Math.max(open, close), Math.min(open, close)];
    return `${START - DAY_MS + i * STEP},${open},${high},${low},${close},1000`;
  });
  const read = parseCandles(['timestamp,open,high,low,close,volume', ...rows].join('\n'), 'x', '5m');
  if ('faults' in read) throw new Error(JSON.stringify(read.faults));
  const { chunk, firstOpen, stepMs } = read.candles;
  const listing = (base: string): Listing => ({
    symbol: `${base}USDT`,
    base,
    quote: 'USDT',
    fullName: base,
    priceDecimals: 4,
    quantityDecimals: 2,
    status: '1',
    apiTradable: true,
    tradeSideType: 1,
    riskFlagged: false,
    listedAt: firstOpen,
    ...changes[base],
  });
  return {
    identity: 'test',
    startAt: START,
    endAt: null,
    skipped: [],
    listings: ['AAA', 'NOAPI', 'PAUSED', 'OFFLINE', 'BUYONLY', 'SELLONLY', 'LATER'].map(listing),
    series: () => ({ seed: 9, stepMs, firstOpen, count: chunk.length, chunkAt: () => chunk }),
    prepare: () => undefined,
  };
}

let quotes: Quotes;
let engine: Engine;
let account: Account;
let market: QuotedMarket;
let now: number;

beforeEach(() => {
  quotes = createQuotes(
    marketWith({
      NOAPI: { apiTradable: false },
      PAUSED: { status: '2' },
      OFFLINE: { status: '3' },
      BUYONLY: { tradeSideType: 2 },
      SELLONLY: { tradeSideType: 3 },
      LATER: { listedAt: START + DAY_MS },
    }),
  );
  engine = createEngine({ quotes, idSeed: 1 });
  account = openAccount('me', '…1234', { USDT: '1000', AAA: '500', BUYONLY: '100' });
  engine.ledger.addAccount(account);
  now = START;
  market = quotes.find('AAAUSDT', now)!;
});

const place = (request: Partial<OrderRequest>, at = now) =>
  engine.place(at, account, { symbol: 'AAAUSDT', side: 'BUY', type: 'LIMIT', price: '1', quantity: '10', ...request });
const placed = (request: Partial<OrderRequest>, at = now) => {
  const result = place(request, at);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};
const usdt = () => balanceOf(account, 'USDT');

describe('an order is refused', () => {
  it.each<[string, Partial<OrderRequest>, number]>([
    ['in an unknown market', { symbol: 'NOPEUSDT' }, -1121],
    ['in a market not listed yet', { symbol: 'LATERUSDT' }, -1121],
    ['without a symbol', { symbol: undefined }, 700004],
    ['without a side', { side: undefined }, 700004],
    ['of a type there is not', { type: 'STOP_LOSS' }, 30041],
    ['where the API may not trade', { symbol: 'NOAPIUSDT' }, 10007],
    ['in a paused market', { symbol: 'PAUSEDUSDT' }, 30016],
    ['in a market off line', { symbol: 'OFFLINEUSDT' }, 30000],
    ['to sell where only buys are allowed', { symbol: 'BUYONLYUSDT', side: 'SELL' }, 30001],
    ['to buy where only sales are allowed', { symbol: 'SELLONLYUSDT' }, 30001],
    ['with odd characters in its id', { newClientOrderId: 'a b' }, 700008],
    ['with an id of 33 characters', { newClientOrderId: 'a'.repeat(33) }, 700008],
    ['without a price', { price: undefined }, 700004],
    ['with a price of zero', { price: '0' }, 700004],
    ['with a quantity in words', { quantity: 'ten' }, 700004],
    ['off the tick', { price: '1.00001' }, 400],
    ['off the step', { quantity: '10.001' }, 400],
    ['under 1 USDT', { quantity: '0.99' }, 30002],
    ['over 2,000,000 USDT', { quantity: '2000000.01' }, 30003],
    ['far above the market', { price: '5.0001' }, 30087],
    ['far below the market', { side: 'SELL', price: '0.1999' }, 30087],
    ['for more than the balance with its fee', { quantity: '1000' }, 30004],
    ['to sell more than is held', { side: 'SELL', quantity: '500.01' }, 30005],
    ['at market without a size', { type: 'MARKET', quantity: undefined }, 700004],
    ['to sell at market by amount', { type: 'MARKET', side: 'SELL', quantity: undefined, quoteOrderQty: '5' }, 700004],
    ['at market with too fine an amount', { type: 'MARKET', quantity: undefined, quoteOrderQty: '5.12345' }, 400],
    ['at market under 1 USDT', { type: 'MARKET', quantity: '0.5' }, 30002],
    ['at market over 100,000 USDT', { type: 'MARKET', quantity: '100001' }, 30003],
  ])('%s', (_, request, code) => {
    expect(place(request)).toMatchObject({ ok: false, error: { code, status: 400 } });
    expect(engine.ledger.orders()).toEqual([]);
    expect(usdt().free.toString()).toBe('1000');
  });

  it('under an id that is taken, even after that order ended', () => {
    placed({ newClientOrderId: 'mine', type: 'IMMEDIATE_OR_CANCEL', price: '0.5' });
    expect(place({ newClientOrderId: 'mine' })).toMatchObject({ ok: false, error: { code: -2010 } });
  });
});

describe('a taker', () => {
  it('buys from the best ask on, and pays price and fee', () => {
    const [best] = quotes.book(market, now).asks;
    const order = placed({ type: 'IMMEDIATE_OR_CANCEL', price: '1.05', quantity: '2' });
    expect(order).toMatchObject({ status: 'FILLED', clientOrderId: null });
    const price = new Decimal(best!.ticks).div(10_000);
    const cost = price.mul(2);
    expect(usdt().free.toString()).toBe(new Decimal(1000).minus(cost).minus(cost.mul('0.0005')).toString());
    expect(usdt().locked.toString()).toBe('0');
    expect(balanceOf(account, 'AAA').free.toString()).toBe('502');
  });

  it('sells, and is paid less the fee', () => {
    const order = placed({ side: 'SELL', type: 'IMMEDIATE_OR_CANCEL', price: '0.95', quantity: '2' });
    expect(order.status).toBe('FILLED');
    expect(usdt().free.toString()).toBe(order.quoteExecuted.mul('0.9995').plus(1000).toString());
    expect(order.price.toString()).toBe('0.95');
  });

  it('IOC takes what its limit reaches and drops the rest', () => {
    const asks = quotes.book(market, now).asks;
    const limit = new Decimal(asks[2]!.ticks).div(10_000);
    const order = placed({ type: 'IMMEDIATE_OR_CANCEL', price: limit.toString(), quantity: '500' });
    expect(order.status).toBe('PARTIALLY_CANCELED');
    expect(order.executed.toNumber()).toBeCloseTo((asks[0]!.steps + asks[1]!.steps + asks[2]!.steps) / 100, 8);
    expect(usdt().locked.toString()).toBe('0');
    expect(engine.ledger.tradesOf(order.orderId)).toHaveLength(3);
  });

  it('IOC that reaches nothing is cancelled', () => {
    expect(placed({ type: 'IMMEDIATE_OR_CANCEL', price: '0.9' })).toMatchObject({ status: 'CANCELED' });
    expect(usdt().free.toString()).toBe('1000');
  });

  it('FOK takes all or nothing', () => {
    expect(placed({ type: 'FILL_OR_KILL', price: '1.001', quantity: '900' }).status).toBe('CANCELED');
    expect(placed({ type: 'FILL_OR_KILL', price: '1.05', quantity: '1' }).status).toBe('FILLED');
  });

  it('LIMIT_MAKER that would take is cancelled, else rests', () => {
    expect(placed({ type: 'LIMIT_MAKER', price: '1.1' }).status).toBe('CANCELED');
    expect(placed({ type: 'LIMIT_MAKER', price: '0.9' }).status).toBe('NEW');
  });

  it('MARKET is an IOC limit 5 % from the last price, an amount turned into base at that cap', () => {
    const order = placed({ type: 'MARKET', price: undefined, quantity: undefined, quoteOrderQty: '5' });
    expect(order).toMatchObject({ type: 'MARKET', status: 'FILLED' });
    expect([order.price.toString(), order.quantity.toString()]).toEqual(['1.05', '4.76']);
    expect(placed({ type: 'MARKET', side: 'SELL', price: undefined, quantity: '3' }).price.toString()).toBe('0.95');
  });

  it('moves the price, which comes back within seconds', () => {
    const before = quotes.book(market, now).asks[0]!.ticks;
    placed({ type: 'IMMEDIATE_OR_CANCEL', price: '1.0100', quantity: '900' });
    expect(quotes.book(market, now).asks[0]!.ticks).toBeGreaterThan(before);
    const untouched = createQuotes(marketWith());
    const later = now + REPLENISH_MS;
    expect(quotes.book(market, later)).toEqual(untouched.book(untouched.find('AAAUSDT', later)!, later));
  });
});

describe('a resting order', () => {
  it('sets its funds aside and gives them back when cancelled', () => {
    const order = placed({ price: '0.95', quantity: '100', newClientOrderId: 'rest-1' });
    expect(order.status).toBe('NEW');
    expect([usdt().free.toString(), usdt().locked.toString()]).toEqual(['904.9525', '95.0475']);
    const canceled = engine.cancel(now + 1, account, { symbol: 'AAAUSDT', clientOrderId: 'rest-1' });
    expect(canceled).toMatchObject({ ok: true, value: { status: 'CANCELED' } });
    expect([usdt().free.toString(), usdt().locked.toString()]).toEqual(['1000', '0']);
    expect(engine.cancel(now + 2, account, { symbol: 'AAAUSDT', orderId: order.orderId })).toMatchObject({
      ok: false,
      error: { code: -2011 },
    });
  });

  it('fills at its own price, without fee, once the market trades through it', () => {
    const order = placed({ price: '0.95', quantity: '100' });
    engine.advance(DIP);
    expect(order.status).toBe('NEW');
    engine.advance(DIP + 2 * STEP);
    expect(order).toMatchObject({ status: 'FILLED' });
    expect(order.quoteExecuted.toString()).toBe('95');
    expect(engine.ledger.tradesOf(order.orderId).every(({ isMaker, fee }) => isMaker && fee.eq(0))).toBe(true);
    expect([usdt().free.toString(), usdt().locked.toString()]).toEqual(['905', '0']);
  });

  it('gets no more than its share of what traded beyond its price', () => {
    const order = placed({ price: '0.91', quantity: '900' });
    engine.advance(DIP + 2 * STEP);
    expect(order.status).toBe('PARTIALLY_FILLED');
    expect(order.executed.toNumber()).toBeLessThan(1000);
    engine.cancel(DIP + 3 * STEP, account, { symbol: 'AAAUSDT', orderId: order.orderId });
    expect(order.status).toBe('PARTIALLY_CANCELED');
  });

  it('does not fill at a price only touched', () => {
    const order = placed({ price: '0.9', quantity: '100' });
    engine.advance(DIP + 2 * STEP);
    expect(order.status).toBe('NEW');
  });

  it('fills the same however often the exchange is asked', () => {
    const run = (everyMs: number) => {
      const fresh = createEngine({ quotes: createQuotes(marketWith()), idSeed: 1 });
      const owner = openAccount('me', '…', { USDT: '1000' });
      fresh.ledger.addAccount(owner);
      fresh.place(START + 777, owner, {
        symbol: 'AAAUSDT',
        side: 'BUY',
        type: 'LIMIT',
        price: '0.93',
        quantity: '700',
      });
      for (let at = START + 1_000; at < DIP + 2 * STEP; at += everyMs) fresh.advance(at);
      fresh.advance(DIP + 2 * STEP);
      return JSON.stringify([fresh.ledger.orders(), fresh.ledger.trades()]);
    };
    expect(run(1_000)).toBe(run(47_311));
  });

  it('is found by either id, by its owner only', () => {
    const order = placed({ price: '0.9', newClientOrderId: 'x' });
    const stranger = openAccount('other', '…', {});
    const key = { symbol: 'AAAUSDT', orderId: order.orderId };
    expect(engine.find(now, account, key)).toEqual({ ok: true, value: order });
    expect(engine.find(now, account, { symbol: 'AAAUSDT', clientOrderId: 'x' })).toEqual({ ok: true, value: order });
    expect(engine.find(now, stranger, key)).toMatchObject({ ok: false, error: { code: -2013 } });
    expect(engine.find(now, account, { symbol: 'NOAPIUSDT', orderId: order.orderId })).toMatchObject({ ok: false });
  });
});
