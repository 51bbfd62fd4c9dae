import { describe, expect, it } from 'vitest';
import { anOpenPosition, someRules } from '../../../test/support/builders.ts';
import { applyExitFill, closeIfDone, realisedPnl } from './book-exit.ts';
import { Decimal } from './money.ts';
import type { Fill } from './order.ts';
import type { PendingExit } from './position.ts';

const d = (value: string | number) => new Decimal(value);
const aSale = (over: Partial<Fill> = {}): Fill => ({
  tradeId: 't9',
  clientOrderId: 'mb_2',
  mode: 'test',
  market: 'PEPEUSDT',
  side: 'sell',
  price: d('1.05'),
  quantity: d(4),
  fee: d('0.0021'),
  feeAsset: 'USDT',
  at: 2_000,
  ...over,
});
const pendingExit: PendingExit = { reason: 'take_profit', quantity: d(5), decidedAt: 1_500, triggerPrice: d('1.05') };
const market = someRules();

describe('applyExitFill', () => {
  it('moves quantity, proceeds, fees and what is pending', () => {
    expect(applyExitFill(anOpenPosition({ pendingExit }), aSale(), market)).toMatchObject({
      quantity: d(6),
      proceeds: d('4.2'),
      fees: d('0.0071'),
      pendingExit: { ...pendingExit, quantity: d(1) },
      lastExitReason: 'take_profit',
    });
  });

  it('ends the pending exit when it is fulfilled', () => {
    expect(applyExitFill(anOpenPosition({ pendingExit }), aSale({ quantity: d(5) }), market).pendingExit).toBeNull();
  });

  it('keeps the last reason for a fill that arrives after its exit was settled', () => {
    const position = anOpenPosition({ lastExitReason: 'trailing_stop' });
    expect(applyExitFill(position, aSale(), market)).toMatchObject({ lastExitReason: 'trailing_stop', quantity: d(6) });
  });

  it('counts a fee in a third coin as what the market takes, and takes one in base from the holding, never below zero', () => {
    const position = anOpenPosition();
    const { price, quantity } = aSale();
    const taken = price.mul(quantity).mul(market.takerFeeRate);
    expect(applyExitFill(position, aSale({ feeAsset: 'MX' }), market).fees).toEqual(position.fees.plus(taken));
    expect(applyExitFill(position, aSale({ feeAsset: 'PEPE', fee: d('0.5') }), market).quantity.toString()).toBe('5.5');
    expect(applyExitFill(position, aSale({ feeAsset: 'PEPE', quantity: d(10) }), market).quantity.toString()).toBe('0');
  });

  it('books an order to its end though fees in the coin were taken on the way: they came from other coins', () => {
    const part = aSale({ quantity: d(6), fee: d('0.02'), feeAsset: 'PEPE' });
    const first = applyExitFill(anOpenPosition(), part, market);
    expect(first.quantity.toString()).toBe('3.98');
    const last = aSale({ tradeId: 't10', quantity: d(4), fee: d('0.01'), feeAsset: 'PEPE' });
    expect(applyExitFill(first, last, market, [part]).quantity.toString()).toBe('0');
    expect(() => applyExitFill(first, aSale({ quantity: d('4.01') }), market, [part])).toThrow(RangeError);
  });

  it.each([
    ['more than is held', { quantity: d('10.01') }],
    ['a purchase', { side: 'buy' }],
    ['another market', { market: 'DOGEUSDT' }],
    ['another mode', { mode: 'live' }],
  ] as const)('throws for %s: a broken book', (_, over) => {
    expect(() => applyExitFill(anOpenPosition(), aSale(over), market)).toThrow(RangeError);
  });
});

describe('closeIfDone', () => {
  it('closes what is less than one step, as dust, with the reason of the last sale', () => {
    const rest = anOpenPosition({ quantity: d('0.009'), lastExitReason: 'trailing_stop', pendingExit });
    expect(closeIfDone(rest, market, 9_000)).toMatchObject({
      state: 'closed',
      closedAt: 9_000,
      closeReason: 'trailing_stop',
      dust: d('0.009'),
      pendingExit: null,
    });
  });

  it('leaves a position of one step or more as it is', () => {
    const rest = anOpenPosition({ quantity: d('0.01') });
    expect(closeIfDone(rest, market, 9_000)).toBe(rest);
  });

  it('closes a purchase that its own fee left under one step', () => {
    expect(closeIfDone(anOpenPosition({ quantity: d('0.009') }), market, 9_000)).toMatchObject({
      closeReason: 'forced',
    });
  });
});

describe('realisedPnl', () => {
  it('of an open position counts the sold share of the cost and all fees so far', () => {
    expect(realisedPnl(applyExitFill(anOpenPosition(), aSale(), market)).toString()).toBe('0.1929');
  });

  it('of a closed position loses the cost of its dust', () => {
    const sold = applyExitFill(anOpenPosition(), aSale({ quantity: d('9.995'), price: d(1), fee: d(0) }), market);
    expect(realisedPnl(closeIfDone(sold, market, 9_000)).toString()).toBe('-0.01');
  });

  it('of a position that sold nothing is its fees', () => {
    expect(realisedPnl(anOpenPosition()).toString()).toBe('-0.005');
  });
});
