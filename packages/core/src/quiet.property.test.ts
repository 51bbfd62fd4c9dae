import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openPosition } from './entry.ts';
import { DEFAULT_EXIT_TABLE } from './levels.ts';
import type { MarketRules } from './market.ts';
import { Decimal, ZERO } from './money.ts';
import type { OpenPosition } from './position.ts';
import { quietBand } from './quiet.ts';
import { step } from './step.ts';
import { withVolatility } from './stop.ts';

const market: MarketRules = {
  tickSize: new Decimal('0.0001'),
  stepSize: new Decimal('0.01'),
  minQuantity: ZERO,
  minNotional: new Decimal(1),
  maxNotional: new Decimal(1e6),
  takerFeeRate: new Decimal('0.0005'),
};
const stop = { calmFraction: 0.015, wildFraction: 0.05, calmFactor: 0.8, wildFactor: 1.2 };
const opened = openPosition({
  id: '1',
  mode: 'test',
  market: 'AUSDT',
  base: 'A',
  strategy: 'simple',
  confidence: 0.8,
  atrFraction: 0.03,
  openedAt: 0,
  table: DEFAULT_EXIT_TABLE,
  stop,
  rules: market,
  fills: [
    {
      tradeId: '1',
      clientOrderId: '1',
      mode: 'test',
      market: 'AUSDT',
      side: 'buy',
      price: new Decimal(1),
      quantity: new Decimal(100),
      fee: ZERO,
      feeAsset: 'USDT',
      at: 0,
    },
  ],
});

it('a price inside the quiet band changes nothing, wherever the position came from', () => {
  let quiet = 0;
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -80, max: 90 }), { minLength: 1, maxLength: 60 }),
      fc.boolean(),
      fc.option(fc.integer({ min: 1, max: 60 }), { nil: null }),
      fc.double({ min: 0.005, max: 0.06, noNaN: true }),
      (moves, breakEvenAfterFirstLevel, timeStop, atr) => {
        const rules = {
          trailFrom: 0.01,
          confirmMs: 2,
          peakDrop: 0.03,
          maxExitSlippage: 0.02,
          breakEvenAfterFirstLevel,
          timeStopMs: timeStop,
        };
        let position: OpenPosition = opened;
        let price = 10_000;
        for (const [at, move] of moves.entries()) {
          price += move;
          if (at === 20) position = withVolatility(position, atr, stop, market);
          const band = quietBand(position, rules, market);
          const bid = price / 10_000;
          const result = step(position, { at, price: new Decimal(bid) }, rules, market);
          if (band !== null && bid > band.low && bid < band.high && at < band.until) {
            quiet += 1;
            expect(result.position).toBe(position);
            expect(result.exit).toBeNull();
          }
          // what was decided counts as sold, so that the position lives on with the levels it took
          const { pendingExit } = result.position;
          const left = pendingExit === null ? null : result.position.quantity.minus(pendingExit.quantity);
          if (left?.lte(0)) break;
          position = left === null ? result.position : { ...result.position, quantity: left, pendingExit: null };
        }
      },
    ),
    { numRuns: 300 },
  );
  expect(quiet).toBeGreaterThan(100);
});
