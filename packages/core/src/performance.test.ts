import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anOpenPosition } from '../../../test/support/builders.ts';
import { realisedPnl } from './book-exit.ts';
import { Decimal } from './money.ts';
import { performanceOf } from './performance.ts';
import type { ClosedPosition, ExitReason } from './position.ts';
import { STRATEGIES } from './strategy-name.ts';

const aClosed = (over: Partial<ClosedPosition> = {}): ClosedPosition => ({
  ...anOpenPosition(),
  quantity: new Decimal(0),
  proceeds: new Decimal(11),
  state: 'closed',
  closedAt: 2_000,
  closeReason: 'take_profit',
  dust: new Decimal(0),
  ...over,
});

it('counts a position that ends at nothing as a loss', () => {
  const even = aClosed({ proceeds: new Decimal('10.005') });
  expect(performanceOf([even], [])).toMatchObject({ closed: 1, wins: 0, losses: 1 });
});

it('says nothing where there is nothing to say', () => {
  const empty = performanceOf([], []);
  expect(empty).toMatchObject({ closed: 0, open: 0, expectancy: null, profitFactor: null, best: null, worst: null });
  expect(empty.realisedPnl.toString()).toBe('0');
});

it('adds up: the groups make the whole, wins and losses make the closed ones, open positions add what they sold', () => {
  const arb = fc.array(
    fc.record({
      strategy: fc.constantFrom(...STRATEGIES),
      closeReason: fc.constantFrom<ExitReason>('stop_loss', 'take_profit', 'trailing_stop'),
      proceeds: fc.integer({ min: 0, max: 30 }).map((value) => new Decimal(value)),
    }),
  );
  fc.assert(
    fc.property(arb, (rows) => {
      const closed = rows.map((row) => aClosed(row));
      const open = anOpenPosition({ quantity: new Decimal(5), proceeds: new Decimal(6) });
      const result = performanceOf(closed, [open]);
      expect(result.wins + result.losses).toBe(closed.length);
      const results = closed.map((position) => realisedPnl(position).toNumber());
      const [won, lost] = [results.filter((each) => each > 0), results.filter((each) => each <= 0)].map((some) =>
        some.reduce((sum, each) => sum + each, 0),
      );
      expect(result.profitFactor?.toNumber() ?? null).toEqual(lost === 0 ? null : expect.closeTo(-won! / lost!, 9));
      expect(result.best?.toNumber() ?? null).toBe(results.length === 0 ? null : Math.max(...results));
      expect(result.worst?.toNumber() ?? null).toBe(results.length === 0 ? null : Math.min(...results));
      expect(result.wins).toBe(results.filter((each) => each > 0).length);
      for (const groups of [result.byStrategy, result.byExitReason]) {
        const tallies = Object.values(groups);
        expect(tallies.reduce((sum, tally) => sum + tally.closed, 0)).toBe(closed.length);
        const total = tallies.reduce((sum, tally) => sum.plus(tally.realisedPnl), new Decimal(0));
        expect(total.plus(realisedPnl(open)).eq(result.realisedPnl)).toBe(true);
      }
    }),
  );
});
