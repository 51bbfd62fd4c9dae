import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type AccountLimits, accountStop, type HighWaterMark, highWaterMark, recordSince } from './account-guard.ts';
import { Decimal, ZERO } from './money.ts';

const OFF: AccountLimits = { stopGuard: null, dailyLossFraction: null, dailyLossQuote: null, maxDrawdown: null };
const guard = fc.record({
  stops: fc.integer({ min: 1, max: 5 }),
  withinMs: fc.integer({ min: 0, max: 500 }),
  pauseMs: fc.integer({ min: 0, max: 500 }),
});
const times = fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 25 });
const stopsNow = (stoppedAt: readonly number[], stopGuard: AccountLimits['stopGuard'], asOf: number) =>
  accountStop({ stoppedAt, realisedToday: ZERO, highWaterMark: null }, new Decimal(100), { ...OFF, stopGuard }, asOf);

it('the stop-loss guard holds exactly while some n stops lie within t, and the last of them less than m ago', () => {
  fc.assert(
    fc.property(times, guard, fc.integer({ min: 3_000, max: 4_000 }), (stoppedAt, limits, asOf) => {
      const sorted = stoppedAt.toSorted((a, b) => a - b);
      const clusters = sorted.filter((last, i) => {
        const first = sorted[i - limits.stops + 1];
        return first !== undefined && last - first <= limits.withinMs;
      });
      const blocked = clusters.some((last) => asOf < last + limits.pauseMs);
      const stop = stopsNow(stoppedAt, limits, asOf);
      expect(stop !== null).toBe(blocked);
      if (stop !== null) expect(stop.until).toBe(Math.max(...clusters) + limits.pauseMs);
    }),
    { numRuns: 500 },
  );
});

it('rows older than recordSince change nothing: a restart that reads only those decides the same', () => {
  fc.assert(
    fc.property(times, guard, fc.integer({ min: 3_000, max: 4_000 }), (stoppedAt, limits, asOf) => {
      // midnight is at 0 here: only the guard's own look-back cuts
      const since = asOf - limits.withinMs - limits.pauseMs;
      expect(recordSince({ ...OFF, stopGuard: limits }, asOf)).toBeLessThanOrEqual(since);
      const read = stoppedAt.filter((time) => time >= since);
      expect(stopsNow(read, limits, asOf)?.until).toBe(stopsNow(stoppedAt, limits, asOf)?.until);
    }),
    { numRuns: 500 },
  );
});

it('a larger loss never lifts a limit', () => {
  const money = fc.double({ min: 0, max: 1_000, noNaN: true });
  const limits = fc.record({
    dailyLossFraction: fc.option(fc.double({ min: 0.001, max: 1, noNaN: true }), { nil: null }),
    dailyLossQuote: fc.option(fc.double({ min: 0.01, max: 1_000, noNaN: true }), { nil: null }),
    maxDrawdown: fc.option(fc.double({ min: 0.01, max: 1, noNaN: true }), { nil: null }),
  });
  fc.assert(
    fc.property(money, money, limits, (first, more, over) => {
      const began = new Decimal(1_000);
      const mark: HighWaterMark = { equity: began, at: 0, lastEquity: began, lastAt: 0 };
      const stopAfter = (lost: Decimal) =>
        accountStop(
          { stoppedAt: [], realisedToday: lost.neg(), highWaterMark: mark },
          began.minus(lost),
          { ...OFF, ...over },
          1,
        );
      const lost = new Decimal(first);
      if (stopAfter(lost) !== null) expect(stopAfter(lost.plus(more))).not.toBeNull();
    }),
  );
});

it('the high-water mark is what two readings in a row reached, the highest such, until it is forgotten', () => {
  const readings = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(readings, (equities) => {
      let mark: HighWaterMark | null = null;
      equities.forEach((equity, at) => {
        mark = highWaterMark(mark, new Decimal(equity), at, null);
      });
      const pairs = equities.slice(1).map((equity, i) => Math.min(equity, equities[i]!));
      expect((mark as HighWaterMark | null)?.equity.toNumber()).toBe(Math.max(equities[0]!, ...pairs));
    }),
  );
});
