import fc from 'fast-check';
import { expect, it } from 'vitest';
import { someRules } from '../../../test/support/builders.ts';
import { applyExitFill, closeIfDone, realisedPnl } from './book-exit.ts';
import { openPosition } from './entry.ts';
import { EXIT_TYPES, exitRung } from './exit-ladder.ts';
import { approveExit } from './exit-order.ts';
import { DEFAULT_EXIT_TABLE } from './levels.ts';
import type { MarketRules } from './market.ts';
import { Decimal, floorToStep, ZERO } from './money.ts';
import type { Fill } from './order.ts';
import type { OpenPosition, Position, PositionRules } from './position.ts';
import { forceExit, step } from './step.ts';
import { effectiveStop } from './stop.ts';
import { STRATEGIES } from './strategy-name.ts';

const d = (value: string | number) => new Decimal(value);
/** Evenly spread: doubles drawn by fast-check crowd around zero. */
const fraction = (min: number, max: number) =>
  fc.integer({ min: 0, max: 1_000_000 }).map((part) => min + (part / 1_000_000) * (max - min));
const FEE_RATE = d('0.0005');

const arbLife = fc.record({
  strategy: fc.constantFrom(...STRATEGIES),
  confidence: fraction(0.7, 1),
  stepDecimals: fc.integer({ min: 0, max: 6 }),
  feeIn: fc.constantFrom('PEPE', 'USDT', 'MX'),
  buys: fc.array(fc.record({ price: fraction(0.9, 1.1), steps: fc.integer({ min: 1, max: 1_000 }) }), {
    minLength: 1,
    maxLength: 4,
  }),
  breakEven: fc.boolean(),
  /** price moves, and which part of each order is filled: 0 is a rejected order, 1 a complete fill */
  path: fc.array(
    fc.record({
      move: fraction(0.97, 1.06),
      filled: fc.oneof(fc.constantFrom(0, 1), fraction(0, 1)),
      slips: fraction(0, 0.02),
      rung: fc.nat(4),
    }),
    { minLength: 10, maxLength: 80 },
  ),
});

it('a whole life with partial fills: bought = sold + held + dust, orders are legal, and the result adds up', () => {
  let [closedLives, partFilled] = [0, 0];
  fc.assert(
    fc.property(arbLife, (life) => {
      const market: MarketRules = someRules({
        stepSize: d(10).pow(-life.stepDecimals),
        minNotional: d(1),
        maxNotional: d(10).pow(12),
      });
      const rules: PositionRules = {
        trailFrom: 0.01,
        confirmMs: 30_000,
        peakDrop: 0.03,
        maxExitSlippage: 0.02,
        breakEvenAfterFirstLevel: life.breakEven,
        timeStopMs: null,
      };
      const fills: Fill[] = [];
      const fill = (side: 'buy' | 'sell', price: Decimal, quantity: Decimal, feeAsset: string): Fill => {
        const made: Fill = {
          tradeId: `t${fills.length}`,
          clientOrderId: 'mb',
          mode: 'live',
          market: 'PEPEUSDT',
          side,
          price,
          quantity,
          // an MX is worth 2 USDT and takes a fifth less
          fee: (feeAsset === 'PEPE' ? quantity : quantity.mul(price)).mul(FEE_RATE).mul(feeAsset === 'MX' ? 0.4 : 1),
          feeAsset,
          at: 0,
        };
        fills.push(made);
        return made;
      };
      for (const { price, steps } of life.buys) fill('buy', d(price), market.stepSize.mul(steps), life.feeIn);

      const opened = openPosition({
        id: 'p1',
        mode: 'live',
        market: 'PEPEUSDT',
        base: 'PEPE',
        strategy: life.strategy,
        confidence: life.confidence,
        atrFraction: 0.03,
        fills,
        openedAt: 0,
        table: DEFAULT_EXIT_TABLE,
        stop: { calmFraction: 0.015, wildFraction: 0.05, calmFactor: 0.8, wildFactor: 1.2 },
        rules: market,
      });
      let position = closeIfDone(opened, market, 0);

      /** Sends what is pending, as the tracker would, and fills a part of it. */
      const trade = (open: OpenPosition, bid: Decimal, filled: number, slips: number, rung: number): Position => {
        const order = approveExit(
          open,
          exitRung(rung, bid, market, rules.maxExitSlippage, EXIT_TYPES.slice(rung % 3)),
          market,
        );
        if (!order.ok) return open;
        const { price, quantity } = order.value;
        expect(quantity.div(market.stepSize).isInteger() && quantity.lte(open.quantity)).toBe(true);
        expect(quantity.mul(price).gte(market.minNotional)).toBe(true);
        const rest = floorToStep(open.quantity, market.stepSize).minus(quantity);
        expect(rest.isZero() || rest.mul(price).gte(market.minNotional)).toBe(true);

        const executed = floorToStep(quantity.mul(filled), market.stepSize);
        if (executed.isZero()) return open;
        if (executed.lt(quantity)) partFilled++;
        const halves = [floorToStep(executed.div(2), market.stepSize)];
        halves.push(executed.minus(halves[0]!));
        const at = Decimal.max(price, bid.mul(1 - slips));
        const sales = halves
          .filter((half) => half.gt(0))
          .map((half) => fill('sell', at, half, life.feeIn === 'MX' ? 'MX' : 'USDT'));
        return closeIfDone(
          sales.reduce<OpenPosition>((now, sale) => applyExitFill(now, sale, market), open),
          market,
          1,
        );
      };

      let price = opened.entryPrice;
      life.path.forEach(({ move, filled, slips, rung }, second) => {
        if (position.state === 'closed') return;
        price = price.mul(move).toSignificantDigits(10);
        const before = effectiveStop(position);
        const { position: judged } = step(position, { at: second * 5_000, price }, rules, market);
        expect(effectiveStop(judged).gte(before)).toBe(true);
        expect(judged.pendingExit === null || judged.pendingExit.quantity.lte(judged.quantity)).toBe(true);
        position = trade(judged, price, filled, slips, rung);
      });
      const rich = opened.entryPrice.mul(10_000);
      if (position.state === 'open') {
        position = trade(forceExit(position, { at: 999_999, price: rich }, market).position, rich, 1, 0, 0);
      }

      const total = (side: string, of: (made: Fill) => Decimal) =>
        fills.filter((made) => made.side === side).reduce((sum, made) => sum.plus(of(made)), ZERO);
      const baseFees = fills.filter((made) => made.feeAsset === 'PEPE').reduce((sum, made) => sum.plus(made.fee), ZERO);
      const sold = total('sell', (made) => made.quantity);
      expect(position.bought).toEqual(total('buy', (made) => made.quantity).minus(baseFees));
      expect(position.bought).toEqual(sold.plus(position.quantity));

      if (position.state === 'open') {
        // only what is too small for any order is still held: whole steps of it are worth less than the minimum
        expect(floorToStep(position.quantity, market.stepSize).mul(rich).lt(market.minNotional)).toBe(true);
        return;
      }
      closedLives++;
      expect(position.dust).toEqual(position.quantity);
      expect(position.dust.lt(market.stepSize)).toBe(true);
      const received = total('sell', (made) => made.price.mul(made.quantity));
      const paid = total('buy', (made) => made.price.mul(made.quantity));
      const quoteFees = fills
        .filter((made) => made.feeAsset !== 'PEPE')
        .reduce((sum, made) => sum.plus(made.price.mul(made.quantity).mul(FEE_RATE)), ZERO);
      expect(realisedPnl(position).toString()).toBe(received.minus(paid).minus(quoteFees).toString());
    }),
    { numRuns: 500 },
  );
  expect(closedLives).toBeGreaterThan(250);
  expect(partFilled).toBeGreaterThan(100);
});
