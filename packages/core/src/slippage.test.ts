import { expect, it } from 'vitest';
import { anOrder } from '../../../test/support/builders.ts';
import { aSale } from '../../../test/support/position-rig.ts';
import { Decimal } from './money.ts';
import { exitSlippages, slippageByReason } from './slippage.ts';

const sale = (id: string, price: string, at: number, over: Parameters<typeof anOrder>[0] = {}) =>
  anOrder({
    clientOrderId: id,
    side: 'sell',
    reason: 'stop_loss',
    trigger: { price: new Decimal(price), at },
    ...over,
  });
const fill = (order: string, quantity: string, price: string, at: number) => ({
  ...aSale(quantity, price),
  clientOrderId: order,
  tradeId: `${order}-${quantity}-${price}`,
  at,
});

it('all orders of one decision count together, weighted by what each sold', () => {
  const orders = [sale('a', '1', 1_000), sale('b', '1', 1_000, { step: 1 }), sale('c', '1', 1_000, { step: 2 })];
  const fills = [fill('a', '6', '1', 1_200), fill('b', '3', '0.98', 1_500), fill('b', '1', '0.96', 1_600)];
  const [exit, ...others] = exitSlippages(orders, fills);
  expect(others).toEqual([]);
  expect(exit).toMatchObject({ reason: 'stop_loss', delayMs: 600, step: 1 });
  expect(exit?.price.toNumber()).toBeCloseTo(0.99, 12);
  expect(exit?.slippage).toBeCloseTo(0.01, 12);
});

it('two decisions of one position are two exits; what sold nothing, and buys, are none', () => {
  const orders = [
    anOrder({ clientOrderId: 'buy' }),
    sale('a', '1', 1_000, { reason: 'take_profit' }),
    sale('b', '1.1', 2_000),
    sale('c', '1.2', 3_000),
  ];
  const fills = [fill('buy', '10', '1', 900), fill('b', '5', '1.1', 2_000), fill('a', '5', '1.01', 1_000)];
  expect(exitSlippages(orders, fills).map(({ reason, slippage }) => [reason, slippage.toFixed(4)])).toEqual([
    ['take_profit', '-0.0100'],
    ['stop_loss', '0.0000'],
  ]);
});

it('a trade the exchange dates before the decision has no delay below 0', () => {
  expect(exitSlippages([sale('a', '1', 1_700)], [fill('a', '5', '1', 1_000)])[0]?.delayMs).toBe(0);
});

it('median and worst, by reason', () => {
  const orders = ['1.00', '0.99', '0.90', '0.98'].map((_, i) => sale(`o${i}`, '1', i, { positionId: `p${i}` }));
  const fills = ['1.00', '0.99', '0.90', '0.98'].map((price, i) => fill(`o${i}`, '1', price, i + 100 * i));
  const { stop_loss } = slippageByReason(exitSlippages(orders, fills));
  expect(stop_loss).toMatchObject({ exits: 4, medianDelayMs: 150, worstDelayMs: 300, worstStep: 0 });
  expect(stop_loss?.median).toBeCloseTo(0.015, 12);
  expect(stop_loss?.worst).toBeCloseTo(0.1, 12);
  expect(slippageByReason([])).toEqual({});
});
