import { Decimal, totalsOf, walkDepth } from '@mexc-bot/core';
import { expect, it } from 'vitest';
import { aDepth, aMarket, anOrder } from '../test/builders.ts';

const { rules } = aMarket();
const depth = aDepth(
  [
    ['1.00', 50],
    ['0.99', 30],
    ['0.90', 1000],
  ],
  [
    ['1.01', 40],
    ['1.05', 20.55],
    ['1.10', 1000],
  ],
);
const walk = (overrides: Parameters<typeof anOrder>[0]) =>
  walkDepth(anOrder(overrides), depth, rules).map(({ price, quantity, fee }) => [+price, +quantity, fee.toFixed()]);

it('a buy takes the asks up to its limit, whole steps of each level, the rest is left', () => {
  expect(walk({ side: 'buy', price: new Decimal('1.05'), quantity: new Decimal(100) })).toEqual([
    [1.01, 40, '0.0202'],
    [1.05, 20.5, '0.0107625'],
  ]);
});

it('a sale takes the bids down to its limit', () => {
  expect(walk({ side: 'sell', price: new Decimal('0.99'), quantity: new Decimal(60) })).toEqual([
    [1, 50, '0.025'],
    [0.99, 10, '0.00495'],
  ]);
});

it('takes nothing where the best price is beyond the limit, or the side is empty', () => {
  expect(walk({ side: 'buy', price: new Decimal('1.00') })).toEqual([]);
  expect(walkDepth(anOrder({ side: 'buy' }), aDepth([], []), rules)).toEqual([]);
  expect(walkDepth(anOrder({ side: 'buy', type: 'market' }), aDepth([], []), rules)).toEqual([]);
});

it('a market order ignores its price and goes at most 5 % from the best', () => {
  const taken = walkDepth(
    anOrder({ side: 'sell', type: 'market', price: new Decimal('9'), quantity: new Decimal(500) }),
    depth,
    rules,
  );
  expect(taken.map(({ price }) => +price)).toEqual([1, 0.99]);
  expect(totalsOf(taken).quantity).toEqual(new Decimal(80));
});
