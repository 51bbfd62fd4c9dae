import { Decimal } from '@mexc-bot/core';
import { describe, expect, it } from 'vitest';
import { recorded } from '../test/builders.ts';
import { parseBookTickers, parseCandlePage, parseClosedCandles, parseDepth, parseTickers } from './wire-prices.ts';

const malformed = expect.objectContaining({ name: 'QueryFailed', kind: 'malformed' });

describe('tickers', () => {
  const parse = (overrides: Record<string, unknown>) =>
    parseTickers([
      { ...recorded.ticker, ...overrides },
      { ...recorded.ticker, symbol: 'GOODUSDT' },
    ])[0];

  it('reads the recorded row; the change is a fraction', () => {
    expect(parseTickers([recorded.ticker])).toEqual([
      { market: 'BTCUSDT', last: 73397.77, bid: 73369.83, ask: 73369.84, quoteVolume: 554877037.44, change: 0.0173 },
    ]);
  });

  it.each([null, '', undefined])('derives a missing quote volume (%s) from volume and price', (quoteVolume) => {
    expect(parse({ quoteVolume, volume: '10', lastPrice: '2' })?.quoteVolume).toBe(20);
  });

  it('leaves the quote volume null where neither is given, and the change where it is missing', () => {
    expect(parse({ quoteVolume: null, volume: '', priceChangePercent: null })).toMatchObject({
      quoteVolume: null,
      change: null,
    });
  });

  it('a side without a quote is 0', () => {
    expect(parse({ bidPrice: '', askPrice: null })).toMatchObject({ bid: 0, ask: 0 });
  });

  it.each<[string, Record<string, unknown>]>([
    ['no price', { lastPrice: null }],
    ['a price of 0', { lastPrice: '0' }],
    ['a price of NaN', { lastPrice: 'NaN' }],
    ['an infinite price', { lastPrice: '1e999' }],
    ['a negative volume', { volume: '-1' }],
    ['a negative quote volume', { quoteVolume: '-1' }],
    ['a fall of more than all', { priceChangePercent: '-1.2' }],
    ['a high under its low', { highPrice: '1', lowPrice: '2' }],
    ['no market', { symbol: '' }],
    ['an object for a price', { lastPrice: {} }],
  ])('drops a row with %s', (_, row) => expect(parse(row)?.market).toBe('GOODUSDT'));

  it('keeps the first of two rows of one market', () => {
    expect(parseTickers([recorded.ticker, { ...recorded.ticker, lastPrice: '1' }])).toMatchObject([{ last: 73397.77 }]);
  });

  it.each([[{}], ['<html>'], [[]], [[null, 1, 'x']]])('refuses %j: an empty market is a failed query', (body) => {
    expect(() => parseTickers(body)).toThrow(malformed);
    expect(() => parseBookTickers(body)).toThrow(malformed);
  });
});

describe('book tickers', () => {
  const row = { symbol: 'AUSDT', bidPrice: '0.000000012', bidQty: '5', askPrice: '0.000000013', askQty: '6' };

  it('are exact decimals by market', () => {
    expect(parseBookTickers([row]).get('AUSDT')).toEqual({
      market: 'AUSDT',
      bid: new Decimal('0.000000012'),
      bidQuantity: new Decimal(5),
      ask: new Decimal('0.000000013'),
      askQuantity: new Decimal(6),
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ['no bid', { bidPrice: null }],
    ['an ask that is no number', { askPrice: 'n/a' }],
    ['a bid of 0', { bidPrice: '0' }],
    ['a negative ask', { askPrice: '-1' }],
    ['no quantity', { bidQty: '' }],
    ['a NaN', { bidQty: 'NaN' }],
    ['a crossed book', { bidPrice: '0.5' }],
  ])('leave out a market with %s', (_, overrides) => {
    const parsed = parseBookTickers([{ ...row, symbol: 'BADUSDT', ...overrides }, row]);
    expect([...parsed.keys()]).toEqual(['AUSDT']);
  });
});

it.each<[string, Record<string, unknown>]>([
  ['an empty ask', { askPrice: '', askQty: '' }],
  ['none at all', { askPrice: null, askQty: null }],
  ['an ask of 0', { askPrice: '0', askQty: '0' }],
  ['an ask of no quantity', { askQty: '0' }],
])('a book ticker with %s still has its bid: positions are judged by it', (_, overrides) => {
  const row = { symbol: 'AUSDT', bidPrice: '0.9', bidQty: '5', askPrice: '1', askQty: '6' };
  expect(parseBookTickers([{ ...row, ...overrides }]).get('AUSDT')).toEqual({
    market: 'AUSDT',
    bid: new Decimal('0.9'),
    bidQuantity: new Decimal(5),
    ask: null,
    askQuantity: null,
  });
});

describe('depth', () => {
  it('drops empty levels and may be one-sided', () => {
    const depth = parseDepth('AUSDT', {
      bids: [],
      asks: [
        ['2', '0'],
        ['3', '1', 'extra'],
      ],
    });
    expect(depth).toEqual({ bids: [], asks: [{ price: new Decimal(3), quantity: new Decimal(1) }] });
  });

  it.each<[string, unknown]>([
    [
      'bids out of order',
      {
        bids: [
          ['1', '1'],
          ['2', '1'],
        ],
        asks: [],
      },
    ],
    [
      'a price twice',
      {
        bids: [],
        asks: [
          ['2', '1'],
          ['2', '1'],
        ],
      },
    ],
    ['a crossed book', { bids: [['3', '1']], asks: [['3', '1']] }],
    ['a price of 0', { bids: [['0', '1']], asks: [] }],
    ['a negative quantity', { bids: [['1', '-1']], asks: [] }],
    ['a NaN', { bids: [['NaN', '1']], asks: [] }],
    ['no asks', { bids: [] }],
    ['a text', 'Blocked'],
  ])('refuses %s', (_, body) => expect(() => parseDepth('AUSDT', body)).toThrow(malformed));
});

describe('closed candles', () => {
  const M5 = 300_000;
  const T0 = 1_700_000_100_000;
  const row = (openTime: number, overrides: Record<string, unknown> = {}) =>
    Object.values({
      openTime,
      o: '10',
      h: '12',
      l: '9',
      c: '11',
      v: '5.5',
      closeTime: openTime + M5,
      q: '55',
      ...overrides,
    });
  const parse = (rows: readonly unknown[], now = T0 + 10 * M5, asked = 10) =>
    parseClosedCandles('AUSDT', '5m', rows, asked, now).map(({ openTime }) => openTime);

  it('leave out the unfinished one, to the millisecond', () => {
    const rows = [row(T0), row(T0 + M5)];
    expect(parse(rows, T0 + 2 * M5 - 1)).toEqual([T0]);
    expect(parse(rows, T0 + 2 * M5)).toEqual([T0, T0 + M5]);
  });

  it('may have holes, and may be none', () => {
    expect(parse([row(T0), row(T0 + 3 * M5)])).toEqual([T0, T0 + 3 * M5]);
    expect(parse([])).toEqual([]);
  });

  it('a daily candle may open at any full hour', () => {
    const open = 1_700_006_400_000 + 16 * 3_600_000;
    const rows = [[open, '1', '1', '1', '1', '0', open + 86_400_000]];
    expect(parseClosedCandles('AUSDT', '1d', rows, 2, open + 86_400_000)).toHaveLength(1);
  });

  it.each<[string, readonly unknown[]]>([
    ['rows out of order', [row(T0 + M5), row(T0)]],
    ['a row twice', [row(T0), row(T0)]],
    ['a row off the grid', [row(T0 + 1)]],
    ['a close time of another interval', [row(T0, { closeTime: T0 + 60_000 })]],
    ['a row from the future', [row(T0 + 100 * M5)]],
    ['more rows than asked for', Array.from({ length: 11 }, (_, i) => row(T0 - i * M5)).reverse()],
    ['a high under its low', [row(T0, { h: '8', l: '9' })]],
    ['a close over its high', [row(T0, { c: '13' })]],
    ['a low of 0', [row(T0, { l: '0' })]],
    ['a NaN', [row(T0, { o: 'NaN' })]],
    ['a negative volume', [row(T0, { v: '-1' })]],
    ['a short row', [[T0, '1', '1']]],
  ])('refuse a page with %s', (_, rows) => expect(() => parse(rows)).toThrow(malformed));

  it('refuse what is no list', () => {
    expect(() => parseClosedCandles('AUSDT', '5m', { code: 0 }, 10, T0)).toThrow(malformed);
  });
});

describe('a page of candles', () => {
  const M5 = 300_000;
  const T0 = 1_700_000_100_000;
  const row = (openTime: number) => [openTime, '1', '1', '1', '1', null, openTime + M5];
  const parse = (rows: readonly unknown[]) =>
    parseCandlePage('AUSDT', '5m', rows, { from: T0, until: T0 + 4 * M5 }, T0 + 100 * M5).map(
      ({ openTime }) => openTime,
    );
  const whole = (openTime: number) => row(openTime).with(5, '0');

  it('may lack candles anywhere', () => {
    expect(parse([])).toEqual([]);
    expect(parse([whole(T0 + M5), whole(T0 + 3 * M5)])).toEqual([T0 + M5, T0 + 3 * M5]);
  });

  it.each<[string, readonly unknown[]]>([
    ['begins before it', [whole(T0 - M5), whole(T0)]],
    ['ends after it', [whole(T0 + 3 * M5), whole(T0 + 4 * M5)]],
    ['has a null volume', [row(T0)]],
    ['has a row twice', [whole(T0), whole(T0)]],
    ['is out of order', [whole(T0 + M5), whole(T0)]],
    ['is no list of rows', [{ openTime: T0 }]],
  ])('is refused where it %s', (_, rows) => expect(() => parse(rows)).toThrow(malformed));
});
