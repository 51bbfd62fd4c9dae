import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { someRules } from '../../../test/support/builders.ts';
import { POSITION_RULES } from '../../../test/support/position-rig.ts';
import { openPosition } from './entry.ts';
import { worstExitFraction } from './exit-ladder.ts';
import { exitQuantity } from './exit-quantity.ts';
import { DEFAULT_EXIT_TABLE } from './levels.ts';
import type { MarketRules } from './market.ts';
import { Decimal, floorToStep } from './money.ts';
import type { OpenPosition, PositionRules } from './position.ts';
import { shareOfLegs } from './scale-out.ts';
import { step } from './step.ts';
import { effectiveStop, withVolatility } from './stop.ts';
import { STRATEGIES } from './strategy-name.ts';
import { hasOnlyRisen, type Rise, withRise } from './trailing.ts';

const d = (value: string | number) => new Decimal(value);
/** Evenly spread: doubles drawn by fast-check crowd around zero. */
const fraction = (min: number, max: number) =>
  fc.integer({ min: 0, max: 1_000_000 }).map((part) => min + (part / 1_000_000) * (max - min));

const arbRules: fc.Arbitrary<PositionRules> = fc.record({
  trailFrom: fraction(0, 0.1),
  confirmMs: fc.constantFrom(0, 1_000, 30_000),
  peakDrop: fraction(0.005, 0.2),
  maxExitSlippage: fraction(0, 0.1),
  breakEvenAfterFirstLevel: fc.boolean(),
  timeStopMs: fc.option(fc.integer({ min: 1_000, max: 10_000_000 })),
});
const arbStop = fc.record({
  calmFraction: fraction(0.001, 0.02),
  wildFraction: fraction(0.03, 0.2),
  calmFactor: fraction(0.3, 1),
  wildFactor: fraction(1, 3),
});
const arbMarket: fc.Arbitrary<MarketRules> = fc
  .record({
    tickDecimals: fc.integer({ min: 3, max: 10 }),
    stepDecimals: fc.integer({ min: -1, max: 8 }),
    minNotional: fc.constantFrom('0', '1', '5'),
  })
  .map(({ tickDecimals, stepDecimals, minNotional }) =>
    someRules({
      tickSize: d(10).pow(-tickDecimals),
      stepSize: d(10).pow(-stepDecimals),
      minNotional: d(minNotional),
    }),
  );
const arbAtr = fc.oneof(fraction(0, 0.2), fc.constant(Number.NaN));

const arbPosition = fc
  .record({
    market: arbMarket,
    stop: arbStop,
    strategy: fc.constantFrom(...STRATEGIES),
    confidence: fraction(0, 1),
    atrFraction: arbAtr,
    price: fraction(0.05, 50),
    /** quote spent, from under the exchange's minimum on */
    worth: fraction(0.5, 40),
  })
  .map(({ market, stop, strategy, confidence, atrFraction, price, worth }) => {
    const fill = {
      tradeId: 't1',
      clientOrderId: 'mb_1',
      mode: 'test',
      market: 'PEPEUSDT',
      side: 'buy',
      price: d(price),
      quantity: Decimal.max(market.stepSize, floorToStep(d(worth).div(price), market.stepSize)),
      fee: d(0),
      feeAsset: 'USDT',
      at: 0,
    } as const;
    const position = openPosition({
      id: 'p1',
      mode: 'test',
      market: 'PEPEUSDT',
      base: 'PEPE',
      strategy,
      confidence,
      atrFraction,
      fills: [fill],
      openedAt: 0,
      table: DEFAULT_EXIT_TABLE,
      stop,
      rules: market,
    });
    return { position, market };
  });

/** What a restart does to a position: decimals to text and back. */
function restarted(position: OpenPosition): OpenPosition {
  const text = JSON.stringify(position, (_, value) => value);
  const read = JSON.parse(text) as Record<string, unknown>;
  const decimals = ['entryPrice', 'bought', 'quantity', 'cost', 'proceeds', 'fees', 'hardStop', 'trailingStop', 'peak'];
  for (const name of decimals) if (read[name] !== null) read[name] = d(read[name] as string);
  const pending = read.pendingExit as Record<string, unknown> | null;
  if (pending) {
    pending.quantity = d(pending.quantity as string);
    pending.triggerPrice = d(pending.triggerPrice as string);
  }
  return read as unknown as OpenPosition;
}

const arbEvent = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('tick' as const), move: fraction(0.9, 1.12), ms: fc.nat(40_000) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('candle' as const), atr: arbAtr, stop: arbStop }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('settings' as const), rules: arbRules }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('grid' as const), tickDecimals: fc.integer({ min: 2, max: 10 }) }),
  },
);

describe('the effective stop', () => {
  it('never moves down: over price paths, volatility, restarts, changed settings and market rules', () => {
    fc.assert(
      fc.property(
        arbPosition,
        arbRules,
        fc.array(arbEvent, { minLength: 5, maxLength: 60 }),
        ({ position: opened, market: listed }, initial, events) => {
          let [position, market, rules] = [opened, listed, initial];
          let tick = { at: 0, price: opened.entryPrice };
          for (const event of events) {
            const before = effectiveStop(position);
            if (event.kind === 'tick') {
              tick = { at: tick.at + event.ms, price: tick.price.mul(event.move).toSignificantDigits(12) };
              position = step(position, tick, rules, market).position;
            } else if (event.kind === 'candle') {
              position = withVolatility(position, event.atr, event.stop, market);
            } else if (event.kind === 'settings') rules = event.rules;
            else if (event.kind === 'grid') market = { ...market, tickSize: d(10).pow(-event.tickDecimals) };
            else position = restarted(position);
            expect(effectiveStop(position).gte(before)).toBe(true);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is armed from the start, above zero and below the entry price', () => {
    fc.assert(
      fc.property(arbPosition, ({ position }) => {
        expect(effectiveStop(position).gt(0) && effectiveStop(position).lt(position.entryPrice)).toBe(true);
      }),
    );
  });

  it('decides the same before and after a restart', () => {
    fc.assert(
      fc.property(
        arbPosition,
        arbRules,
        fc.array(fraction(0.9, 1.12), { maxLength: 20 }),
        ({ position, market }, rules, moves) => {
          let [kept, reread] = [position, position];
          let price = position.entryPrice;
          moves.forEach((move, second) => {
            price = price.mul(move).toSignificantDigits(12);
            const tick = { at: second * 10_000, price };
            kept = step(kept, tick, rules, market).position;
            reread = step(restarted(reread), tick, rules, market).position;
          });
          expect(restarted(reread)).toEqual(restarted(kept));
        },
      ),
    );
  });
});

describe('a rise that is written later', () => {
  it('is decided on as if it were written at once, whatever is written in between', () => {
    fc.assert(
      fc.property(
        arbPosition,
        arbRules,
        fc.array(fc.record({ move: fraction(0.97, 1.05), write: fc.boolean(), sold: fc.boolean() }), { maxLength: 40 }),
        ({ position, market }, rules, moves) => {
          let [direct, stored, rise] = [position, position, position as Rise];
          let price = position.entryPrice;
          moves.forEach(({ move, write, sold }, second) => {
            price = price.mul(move).toSignificantDigits(12);
            const tick = { at: second * 10_000, price };
            direct = step(direct, tick, rules, market).position;
            const known = withRise(stored, rise);
            const after = step(known, tick, rules, market).position;
            if (write || !hasOnlyRisen(known, after)) stored = after;
            rise = after;
            // somebody else writes the position, who knows nothing of the rise
            if (sold) {
              [direct, stored] = [direct, stored].map((each) => ({ ...each, fees: each.fees.plus(1) })) as [
                OpenPosition,
                OpenPosition,
              ];
            }
            expect(withRise(stored, rise)).toEqual(direct);
          });
        },
      ),
    );
  });

  it('changes nothing where more is written than rose', () => {
    fc.assert(
      fc.property(arbPosition, fraction(0.5, 1), ({ position }, share) => {
        const trailingStop = position.hardStop;
        const risen = { ...position, trailingStop };
        expect(withRise(risen, { peak: position.peak.mul(share), trailingStop: trailingStop.mul(share) })).toBe(risen);
        expect(withRise(risen, { peak: position.peak, trailingStop: null })).toBe(risen);
      }),
    );
  });
});

describe('a price at or under the hard stop', () => {
  it('always decides to sell everything, whatever happened before', () => {
    fc.assert(
      fc.property(
        arbPosition,
        arbRules,
        fc.array(fraction(0.97, 1.15), { maxLength: 20 }),
        fraction(0.001, 1),
        ({ position: opened, market }, rules, moves, crash) => {
          let position = opened;
          let price = opened.entryPrice;
          moves.forEach((move, second) => {
            price = price.mul(move);
            position = step(position, { at: second * 1_000, price }, rules, market).position;
          });
          const tick = { at: 60_000, price: position.hardStop.mul(crash) };
          const { pendingExit } = step(position, tick, rules, market).position;
          expect(pendingExit?.quantity).toEqual(floorToStep(position.quantity, market.stepSize));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is judged before targets: a settings change or a lift that puts both on one price sells all as a stop', () => {
    fc.assert(
      fc.property(arbPosition, arbRules, fraction(1, 3), ({ position, market }, rules, multiple) => {
        const price = position.entryPrice.mul(multiple);
        const squeezed = { ...position, hardStop: price };
        expect(step(squeezed, { at: 0, price }, rules, market).exit?.reason).toBe('break_even');
      }),
    );
  });
});

describe('one price through several levels', () => {
  it('is one exit of their sum, and the exit with the rest is what was held', () => {
    fc.assert(
      fc.property(arbPosition, fc.nat(3), ({ position, market }, upTo) => {
        const last = Math.min(upTo, position.takeProfits.length - 1);
        const price = position.entryPrice.mul(position.takeProfits[last]!);
        const { exit, position: after } = step(position, { at: 1, price }, POSITION_RULES, market);
        fc.pre(exit !== null);

        const sum = position.quantity.mul(shareOfLegs(position.scaleOut, 0, last + 1));
        const part = floorToStep(sum, market.stepSize);
        expect(exit.quantity.eq(part) || exit.quantity.eq(position.quantity)).toBe(true);
        expect(after.levelsTaken).toBe(last + 1);
        expect(step(after, { at: 2, price }, POSITION_RULES, market).exit).toBeNull();

        const rest = position.quantity.minus(exit.quantity);
        const worst = price.mul(0.98);
        expect(exit.quantity.mul(worst).gte(market.minNotional)).toBe(true);
        expect(rest.isZero() || rest.mul(worst).gte(market.minNotional)).toBe(true);
        expect(rest.isZero() || rest.mul(effectiveStop(after)).mul(0.98).gte(market.minNotional)).toBe(true);
        expect(exit.quantity.plus(rest)).toEqual(position.quantity);
      }),
      { numRuns: 300 },
    );
  });

  it('sells what the levels one by one would, to a step each', () => {
    fc.assert(
      fc.property(arbPosition, ({ position: opened, market: listed }) => {
        const market = { ...listed, minNotional: d(0) };
        const top = opened.entryPrice.mul(opened.takeProfits.at(-1)!);
        const together = step(opened, { at: 1, price: top }, POSITION_RULES, market).exit!.quantity;
        fc.pre(opened.quantity.gte(market.stepSize.mul(100)));

        let position = opened;
        opened.takeProfits.forEach((level, second) => {
          const price = opened.entryPrice.mul(level);
          position = step(position, { at: second, price }, POSITION_RULES, market).position;
        });
        const oneByOne = position.pendingExit!.quantity;
        const apart = together.minus(oneByOne).div(market.stepSize);
        expect(apart.gte(0) && apart.lte(opened.takeProfits.length)).toBe(true);
      }),
    );
  });

  it('decides what an order of that size may carry', () => {
    fc.assert(
      fc.property(
        arbPosition,
        arbRules,
        fc.array(fraction(1, 1.1), { maxLength: 12 }),
        ({ position, market }, rules, moves) => {
          let now = position;
          let price = position.entryPrice;
          moves.forEach((move, second) => {
            price = price.mul(move);
            const { position: next, exit } = step(now, { at: second, price }, rules, market);
            now = next;
            if (exit?.reason !== 'take_profit') return;
            const worst = price.mul(d(1).minus(worstExitFraction(rules.maxExitSlippage)));
            expect(exitQuantity(now.quantity, exit.quantity, worst, market)).toEqual({
              ok: true,
              value: exit.quantity,
            });
          });
        },
      ),
    );
  });
});
