import { Decimal } from '@mexc-bot/core';
import { expect, it } from 'vitest';
import { recorded } from '../test/builders.ts';
import { parseCanceled, parseCreated, parseOrder, parseOrders, parseTrades } from './wire-orders.ts';

const malformed = expect.objectContaining({ name: 'QueryFailed', kind: 'malformed' });
const order = (overrides: Record<string, unknown> = {}) =>
  parseOrder('ATLASUSDT', 'c-1', { ...recorded.order, ...overrides });

it.each([
  ['NEW', '0', 'open'],
  ['PARTIALLY_FILLED', '20', 'open'],
  ['FILLED', '1220', 'filled'],
  ['CANCELED', '0', 'canceled'],
  ['PARTIALLY_CANCELED', '20', 'canceled'],
])('status %s with %s filled is %s, and keeps what was filled', (status, executedQty, state) => {
  expect(order({ status, executedQty })).toMatchObject({ state, filled: new Decimal(executedQty) });
});

it('takes the quantity from origQty or, as documented, Qty', () => {
  const { origQty: _, ...documented } = recorded.order;
  expect(parseOrder('ATLASUSDT', 'c-1', { ...documented, Qty: '1220' }).quantity).toEqual(new Decimal(1220));
  expect(() => parseOrder('ATLASUSDT', 'c-1', documented)).toThrow(malformed);
});

it('an order found by client id has it, also where the exchange lost it', () => {
  expect(order({ clientOrderId: '' }).clientOrderId).toBe('c-1');
  expect(order({ clientOrderId: null }).clientOrderId).toBe('c-1');
});

it.each<[string, Record<string, unknown>]>([
  ['more filled than ordered', { executedQty: '1221' }],
  ['filled with nothing executed', { executedQty: '0' }],
  ['a status nobody knows', { status: 'REJECTED' }],
  ['a side nobody knows', { side: 'SHORT' }],
  ['no order id', { orderId: '' }],
  ['a quantity that is no number', { origQty: 'many' }],
  ['a negative fill', { executedQty: '-1' }],
])('refuses an order with %s', (_, row) => expect(() => order(row)).toThrow(malformed));

it('open orders of another market are refused, none is none', () => {
  expect(parseOrders('orders', 'ATLASUSDT', [])).toEqual([]);
  expect(() => parseOrders('orders', 'BTCUSDT', [{ ...recorded.order }])).toThrow(malformed);
  expect(() => parseOrders('orders', 'ATLASUSDT', { code: 200, data: [] })).toThrow(malformed);
});

it('a create answer needs an order id, and no other market', () => {
  expect(parseCreated('AUSDT', { symbol: 'AUSDT', orderId: 'C02__9' })).toEqual({ exchangeOrderId: 'C02__9' });
  expect(() => parseCreated('AUSDT', { symbol: 'BUSDT', orderId: 'C02__9' })).toThrow(malformed);
  expect(() => parseCreated('AUSDT', {})).toThrow(malformed);
  expect(() => parseCanceled('AUSDT', { symbol: 'BUSDT', orderId: 'C02__9' })).toThrow(malformed);
});

it('a trade keeps its fee in whatever asset', () => {
  const [trade] = parseTrades('ATLASUSDT', [{ ...recorded.trade, commission: '0.00031', commissionAsset: 'MX' }]);
  expect(trade).toEqual({
    tradeId: 'dd44f79dda764c2e927a190ac5e7a1e5',
    exchangeOrderId: 'C02__385413065019117569043',
    market: 'ATLASUSDT',
    side: 'sell',
    price: new Decimal('0.004542'),
    quantity: new Decimal(1220),
    fee: new Decimal('0.00031'),
    feeAsset: 'MX',
    at: 1_707_671_871_000,
  });
});

it.each<[string, Record<string, unknown>]>([
  ['a null id', { id: null }],
  ['a quantity of 0', { qty: '0' }],
  ['a negative fee', { commission: '-1' }],
  ['another market', { symbol: 'BTCUSDT' }],
  ['no time', { time: null }],
])('refuses a trade with %s', (_, row) => {
  expect(() => parseTrades('ATLASUSDT', [{ ...recorded.trade, ...row }])).toThrow(malformed);
});
