import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anOrder, someRules } from '../../../test/support/builders.ts';
import { assumedFill, isAssumed, withListedFills } from './assumed-fill.ts';
import { applyExitFill, closeIfDone, realisedPnl } from './book-exit.ts';
import { openPosition } from './entry.ts';
import { DEFAULT_EXIT_TABLE } from './levels.ts';
import { Decimal, type Side, ZERO } from './money.ts';
import type { Fill } from './order.ts';
import type { OpenPosition, Position } from './position.ts';

const market = { quote: 'USDT', rules: someRules() };
const ENTRY = { base: 'PEPE', strategy: 'simple', confidence: 0.8, atrFraction: 0.03 } as const;
const STOP = { calmFraction: 0.015, wildFraction: 0.05, calmFactor: 0.8, wildFactor: 1.2 };

const open = (fills: readonly Fill[]): OpenPosition =>
  openPosition({
    ...ENTRY,
    id: 'p1',
    mode: 'test',
    market: 'PEPEUSDT',
    fills,
    openedAt: 0,
    table: DEFAULT_EXIT_TABLE,
    stop: STOP,
    rules: market.rules,
  });

interface Made {
  readonly steps: number;
  readonly price: number;
  readonly feeIn: string;
}

/** An order, its listed trades, and the same with all but the first `known` of them assumed. */
function anOrderOf(side: Side, made: readonly Made[], known: number, limit: number) {
  const order = anOrder({ side, clientOrderId: `mb_${side}`, price: new Decimal(limit).div(10_000) });
  const listed = made.map(
    ({ steps, price, feeIn }, index): Fill => ({
      tradeId: `${side}-${index}`,
      clientOrderId: order.clientOrderId,
      mode: 'test',
      market: 'PEPEUSDT',
      side,
      price: new Decimal(price).div(10_000),
      quantity: market.rules.stepSize.mul(steps),
      fee: new Decimal(price).mul(steps).div(2_000_000),
      feeAsset: feeIn,
      at: index,
    }),
  );
  const sum = (of: (fill: Fill) => Decimal) => listed.reduce((total, fill) => total.plus(of(fill)), ZERO);
  const filled = sum((fill) => fill.quantity);
  const report = {
    clientOrderId: order.clientOrderId,
    exchangeOrderId: 'C02__1',
    market: 'PEPEUSDT',
    side,
    state: 'filled',
    quantity: filled,
    filled,
    notional: sum((fill) => fill.price.mul(fill.quantity)),
  } as const;
  const first = listed.slice(0, known);
  return { listed, assumed: [...first, assumedFill(order, report, first, market, 9)], filled };
}

const arbFill = fc.record({
  steps: fc.integer({ min: 100, max: 5_000 }),
  price: fc.integer({ min: 9_000, max: 11_000 }),
  feeIn: fc.constantFrom('USDT', 'MX'),
});
const arbOrder = fc
  .array(arbFill, { minLength: 1, maxLength: 4 })
  .chain((made) => fc.record({ made: fc.constant(made), known: fc.integer({ min: 0, max: made.length - 1 }) }));

/** A sale keeps no stop and no peak: what the two ways may differ in is what the market has seen meanwhile. */
const figures = (position: Position) => ({
  ...position,
  hardStop: null,
  peak: null,
  quantity: position.quantity.toString(),
  pnl: realisedPnl(position).toString(),
});

it('what was assumed of a purchase and of a sale ends, once it is listed, as if it had been known from the start', () => {
  fc.assert(
    fc.property(arbOrder, arbOrder, fc.integer({ min: 11_000, max: 12_000 }), (bought, sold, limit) => {
      const buy = anOrderOf('buy', bought.made, bought.known, limit);
      const sale = anOrderOf('sell', sold.made, sold.known, 8_000);
      fc.pre(sale.filled.lte(buy.filled));
      const sell = (position: OpenPosition, fills: readonly Fill[]): Position =>
        closeIfDone(
          fills.reduce((held, fill, index) => applyExitFill(held, fill, market.rules, fills.slice(0, index)), position),
          market.rules,
          9,
        );
      const known = sell(open(buy.listed), sale.listed);
      const early = sell(open(buy.assumed), sale.assumed);
      const corrected = withListedFills(early, buy.assumed, buy.listed, market.rules, 9);
      const late = withListedFills(corrected, sale.assumed, sale.listed, market.rules, 9);
      expect(figures(late)).toEqual(figures(known));
      expect(late.hardStop.gte(early.hardStop)).toBe(true);
    }),
  );
});

it('a fee in the coin takes what was bought too much, and closes what is left of nothing', () => {
  const { listed, assumed } = anOrderOf('buy', [{ steps: 1_000, price: 10_000, feeIn: 'PEPE' }], 0, 10_000);
  const opened = open(assumed);
  expect(opened.quantity.toString()).toBe('10');
  const corrected = withListedFills(opened, assumed, listed, market.rules, 9);
  expect([corrected.quantity, corrected.bought].map(String)).toEqual(['5', '5']);
  const sold = { ...opened, quantity: new Decimal('5.004'), lastExitReason: 'take_profit' } as const;
  expect(withListedFills(sold, assumed, listed, market.rules, 9)).toMatchObject({ state: 'closed' });
});

it.each([
  ['absent', undefined],
  ['zero', ZERO],
  ['worse than the limit', new Decimal(11)],
])('an order that tells a notional that is %s is assumed at its limit', (_, notional) => {
  const order = anOrder();
  const report = {
    clientOrderId: 'mb_1',
    exchangeOrderId: 'C02__1',
    market: 'PEPEUSDT',
    side: 'buy',
    state: 'filled',
    quantity: order.quantity,
    filled: order.quantity,
    ...(notional && { notional }),
  } as const;
  const fill = assumedFill(order, report, [], market, 9);
  expect([fill.price, fill.quantity].map(String)).toEqual([order.price, order.quantity].map(String));
  expect(isAssumed(fill)).toBe(true);
});
