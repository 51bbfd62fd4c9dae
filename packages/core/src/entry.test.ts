import { describe, expect, it } from 'vitest';
import { someRules } from '../../../test/support/builders.ts';
import { type Entry, openPosition } from './entry.ts';
import { DEFAULT_EXIT_TABLE } from './levels.ts';
import { Decimal } from './money.ts';
import type { Fill } from './order.ts';

const d = (value: string | number) => new Decimal(value);
const aBuy = (over: Partial<Fill> = {}): Fill => ({
  tradeId: 't1',
  clientOrderId: 'mb_1',
  mode: 'test',
  market: 'PEPEUSDT',
  side: 'buy',
  price: d(1),
  quantity: d(10),
  fee: d('0.005'),
  feeAsset: 'USDT',
  at: 1_000,
  ...over,
});
const anEntry = (over: Partial<Entry> = {}): Entry => ({
  id: 'p1',
  mode: 'test',
  market: 'PEPEUSDT',
  base: 'PEPE',
  strategy: 'simple',
  confidence: 0.8,
  atrFraction: Number.NaN,
  fills: [aBuy()],
  openedAt: 1_000,
  table: DEFAULT_EXIT_TABLE,
  stop: { calmFraction: 0.015, wildFraction: 0.05, calmFactor: 0.8, wildFactor: 1.2 },
  rules: someRules(),
  ...over,
});

describe('openPosition', () => {
  it('averages the price over what was really filled, and sums cost and quote fees', () => {
    const fills = [aBuy(), aBuy({ tradeId: 't2', price: d('1.03'), quantity: d(5), fee: d('0.002575') })];
    const position = openPosition(anEntry({ fills }));
    expect(position).toMatchObject({
      state: 'open',
      entryPrice: d('1.01'),
      bought: d(15),
      quantity: d(15),
      cost: d('15.15'),
    });
    expect(position.fees.toString()).toBe('0.007575');
    expect(position.peak).toEqual(position.entryPrice);
  });

  it('holds less where the fee was taken in base', () => {
    const position = openPosition(anEntry({ fills: [aBuy({ fee: d('0.005'), feeAsset: 'PEPE' })] }));
    expect(position).toMatchObject({ bought: d('9.995'), quantity: d('9.995'), cost: d(10), fees: d(0) });
  });

  it('counts a fee in a third coin as what the market takes without it', () => {
    const position = openPosition(anEntry({ fills: [aBuy({ feeAsset: 'MX' })] }));
    expect(position).toMatchObject({ quantity: d(10), fees: d('0.005') });
  });

  it('takes a fee in MX from the holding when MX itself was bought', () => {
    const entry = anEntry({ market: 'MXUSDT', base: 'MX', fills: [aBuy({ market: 'MXUSDT', feeAsset: 'MX' })] });
    expect(openPosition(entry)).toMatchObject({ quantity: d('9.995'), fees: d(0) });
  });

  it.each([
    [0.8, Number.NaN, [1.03, 1.06, 1.09], [0.5, 0.3, 0.2], 0.025, '0.975'],
    [0.8, 0.01, [1.03, 1.06, 1.09], [0.5, 0.3, 0.2], 0.02, '0.98'],
    [0.9, 0.06, [1.05, 1.1, 1.2], [0.4, 0.3, 0.2], 0.042, '0.958'],
    [0.97, Number.NaN, [1.1, 1.2, 1.3, 1.4], [0.2, 0.2, 0.3, 0.3], 0.05, '0.95'],
  ])(
    'confidence %d at an ATR of %d arms levels, plan and stop of its row',
    (confidence, atrFraction, levels, plan, distance, stop) => {
      const position = openPosition(anEntry({ confidence, atrFraction }));
      expect(position.takeProfits).toEqual(levels);
      expect(position.scaleOut).toEqual(plan);
      expect(position.stopDistance).toBe(distance);
      expect(position.hardStop.toString()).toBe(stop);
    },
  );

  it.each([
    ['no fills', []],
    ['a sale', [aBuy({ side: 'sell' })]],
    ['another market', [aBuy(), aBuy({ market: 'DOGEUSDT' })]],
    ['another mode', [aBuy({ mode: 'live' })]],
    ['a fee that eats the purchase', [aBuy({ fee: d(10), feeAsset: 'PEPE' })]],
  ])('throws for %s: a broken book', (_, fills) => {
    expect(() => openPosition(anEntry({ fills }))).toThrow(RangeError);
  });
});
