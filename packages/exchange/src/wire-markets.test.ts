import { Decimal } from '@mexc-bot/core';
import { expect, it } from 'vitest';
import { recorded } from '../test/builders.ts';
import { parseApiSymbols, parseMarkets } from './wire-markets.ts';

const METAL = recorded.exchangeInfo.find(({ symbol }) => symbol === 'METALUSDT') ?? {};
const ALL = new Set(['METALUSDT']);

function parseOne(overrides: Record<string, unknown>) {
  const market = parseMarkets({ symbols: [{ ...METAL, ...overrides }] }, ALL).markets[0];
  if (market === undefined) throw new Error('no market');
  return market;
}

it('reads a documented row: decimals as precision, precision fields as minimums', () => {
  expect(parseOne({})).toEqual({
    id: 'METALUSDT',
    base: 'METAL',
    quote: 'USDT',
    status: 'online',
    apiTradable: true,
    sides: 'both',
    orderTypes: ['limit', 'market', 'limit_maker'],
    riskFlagged: false,
    rules: {
      tickSize: new Decimal('0.00001'),
      stepSize: new Decimal('0.01'),
      minQuantity: new Decimal('0.1'),
      minNotional: new Decimal(1),
      maxNotional: new Decimal(2_000_000),
      takerFeeRate: new Decimal('0.0005'),
      bidMultiplierUp: new Decimal(5),
      askMultiplierDown: new Decimal('0.2'),
    },
  });
});

it('reads every recorded row, with numbers as text or not', () => {
  const { markets, dropped } = parseMarkets({ symbols: recorded.exchangeInfo }, new Set());
  expect(markets.map(({ id }) => id)).toEqual(['BTCUSDT', 'ATLASUSDT', 'BROCKUSDT', 'METALUSDT']);
  expect(dropped).toEqual([]);
  expect(markets[0]?.rules).toMatchObject({ tickSize: new Decimal('0.01'), stepSize: new Decimal('0.000001') });
  expect(markets[0]?.rules).not.toHaveProperty('bidMultiplierUp');
});

it.each([
  ['1', 'online'],
  [1, 'online'],
  ['2', 'paused'],
  ['3', 'offline'],
  ['ENABLED', 'unknown'],
  [null, 'unknown'],
])('status %s is %s', (status, expected) => expect(parseOne({ status }).status).toBe(expected));

it.each([
  [1, 'both'],
  ['1', 'both'],
  [2, 'buy'],
  ['3', 'sell'],
  [4, 'none'],
  [9, 'none'],
  [undefined, 'none'],
])('tradeSideType %s is %s', (tradeSideType, expected) => expect(parseOne({ tradeSideType }).sides).toBe(expected));

it.each([
  [true, true],
  ['true', true],
  ['1', true],
  ['delisting soon', true],
  [false, false],
  ['false', false],
  ['', false],
  [undefined, false],
])('st %s flags a risk: %s', (st, expected) => expect(parseOne({ st }).riskFlagged).toBe(expected));

it.each<[string, Record<string, unknown>]>([
  ['isSpotTradingAllowed is false', { isSpotTradingAllowed: false }],
  ['isSpotTradingAllowed is missing', { isSpotTradingAllowed: undefined }],
  ['permissions lack SPOT', { permissions: ['MARGIN'] }],
  ['it is no API symbol', { symbol: 'OTHERUSDT' }],
])('a market is not tradable by API when %s', (_, row) => expect(parseOne(row).apiTradable).toBe(false));

it.each<[string, Record<string, unknown>]>([
  ['a precision that is no number', { baseAssetPrecision: 'x' }],
  ['a negative precision', { quoteAssetPrecision: -2 }],
  ['a fee that is NaN', { takerCommission: 'NaN' }],
  ['a negative minimum', { quoteAmountPrecision: '-1' }],
  ['no base', { baseAsset: '' }],
])('a row with %s costs only its own market', (_, row) => {
  const bad = { ...METAL, symbol: 'BADUSDT', ...row };
  const { markets, dropped } = parseMarkets({ symbols: [bad, METAL, 17] }, ALL);
  expect(markets.map(({ id }) => id)).toEqual(['METALUSDT']);
  expect(dropped.map(({ symbol }) => symbol)).toEqual(['BADUSDT', '(no symbol)']);
});

it('a market listed twice keeps its first row', () => {
  const { markets, dropped } = parseMarkets({ symbols: [METAL, { ...METAL, status: '3' }] }, ALL);
  expect(markets).toHaveLength(1);
  expect(markets[0]?.status).toBe('online');
  expect(dropped).toEqual([{ symbol: 'METALUSDT', why: 'listed twice' }]);
});

it.each([[{}], [[]], ['<html>'], [null], [{ symbols: [] }], [{ symbols: [{ symbol: 'X' }] }]])(
  'an answer without one usable market is refused: %j',
  (body) => expect(() => parseMarkets(body, ALL)).toThrow(expect.objectContaining({ kind: 'malformed' })),
);

it('API symbols are a list of ids, or refused', () => {
  expect([...parseApiSymbols('defaultSymbols', { code: 200, data: ['A', 'B'], msg: null })]).toEqual(['A', 'B']);
  expect(() => parseApiSymbols('defaultSymbols', { code: 200, data: null })).toThrow('defaultSymbols');
});
