import { describe, expect, it } from 'vitest';
import { anOpenPosition } from '../../../test/support/builders.ts';
import {
  type AccountLimits,
  type AccountRecord,
  accountRecord,
  accountStop,
  highWaterMark,
  recordSince,
} from './account-guard.ts';
import { Decimal, ZERO } from './money.ts';
import type { ClosedPosition } from './position.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './time.ts';

const decimal = (value: number) => new Decimal(value);
const OFF: AccountLimits = { stopGuard: null, dailyLossFraction: null, dailyLossQuote: null, maxDrawdown: null };
const QUIET: AccountRecord = { stoppedAt: [], realisedToday: ZERO, highWaterMark: null };
/** 10:00 on some day */
const NOW = 20_000 * DAY_MS + 10 * HOUR_MS;
const MIDNIGHT = 20_000 * DAY_MS;

/** Bought for 10, fees 0.005; sold for 10 + `result` + fees. */
const closedWith = (result: number, over: Partial<ClosedPosition> = {}): ClosedPosition => ({
  ...anOpenPosition({ quantity: ZERO, proceeds: decimal(10.005).plus(result) }),
  state: 'closed',
  closedAt: NOW,
  closeReason: 'stop_loss',
  dust: ZERO,
  ...over,
});

describe('the stop-loss guard', () => {
  const limits = { ...OFF, stopGuard: { stops: 3, withinMs: HOUR_MS, pauseMs: 30 * MINUTE_MS } };
  const stopAt = (minutesAgo: readonly number[], asOf = NOW) =>
    accountStop({ ...QUIET, stoppedAt: minutesAgo.map((ago) => NOW - ago * MINUTE_MS) }, decimal(100), limits, asOf);

  it('stops buys after enough stops within the time, in whatever order they are read', () => {
    expect(stopAt([5, 60, 20])).toEqual({
      code: 'stop_loss_guard',
      value: 3,
      limit: 3,
      until: NOW + 25 * MINUTE_MS,
    });
  });
  it('needs all of them within the time', () => {
    expect(stopAt([5, 66, 20])).toBeNull();
    expect(stopAt([5, 20])).toBeNull();
  });
  it('ends the pause after the last of them', () => {
    expect(stopAt([0, 1, 2], NOW + 30 * MINUTE_MS - 1)).not.toBeNull();
    expect(stopAt([0, 1, 2], NOW + 30 * MINUTE_MS)).toBeNull();
  });
  it('still sees a cluster when a later stop stands alone', () => {
    const late = { ...limits, stopGuard: { ...limits.stopGuard, withinMs: 2 * MINUTE_MS } };
    const stoppedAt = [20, 19, 18, 1].map((ago) => NOW - ago * MINUTE_MS);
    expect(accountStop({ ...QUIET, stoppedAt }, decimal(100), late, NOW)).toMatchObject({
      until: NOW + 12 * MINUTE_MS,
    });
  });
});

describe('the daily loss limit', () => {
  const record = (lost: number) => ({ ...QUIET, realisedToday: decimal(-lost) });

  it('is a share of the equity the day began with', () => {
    const limits = { ...OFF, dailyLossFraction: 0.03 };
    // 97 left of 100
    expect(accountStop(record(3), decimal(97), limits, NOW)).toEqual({
      code: 'daily_loss_limit',
      value: 3,
      limit: 3,
      until: MIDNIGHT + DAY_MS,
    });
    expect(accountStop(record(2.99), decimal(97.01), limits, NOW)).toBeNull();
  });
  it('is the tighter of share and sum', () => {
    const limits = { ...OFF, dailyLossFraction: 0.5, dailyLossQuote: 2 };
    expect(accountStop(record(2), decimal(98), limits, NOW)).toMatchObject({ limit: 2 });
    expect(accountStop(record(1.99), decimal(98), limits, NOW)).toBeNull();
  });
  it('lets a day without a loss trade, whatever the equity', () => {
    const limits = { ...OFF, dailyLossFraction: 0.03 };
    expect(accountStop(record(0), decimal(0), limits, NOW)).toBeNull();
    expect(accountStop(record(-5), decimal(1), limits, NOW)).toBeNull();
  });
  it('refuses where the equity is unknown', () => {
    const unknown = accountStop(record(1), decimal(Number.NaN), { ...OFF, dailyLossFraction: 0.5 }, NOW);
    expect(unknown?.code).toBe('daily_loss_limit');
  });
});

describe('the maximum drawdown', () => {
  const limits = { ...OFF, maxDrawdown: 0.15 };
  const mark = { equity: decimal(200), at: NOW - DAY_MS, lastEquity: decimal(180), lastAt: NOW };

  it('stops buys from that far under the high-water mark on', () => {
    expect(accountStop({ ...QUIET, highWaterMark: mark }, decimal(170), limits, NOW)).toEqual({
      code: 'max_drawdown',
      value: 0.15,
      limit: 0.15,
      until: null,
    });
    expect(accountStop({ ...QUIET, highWaterMark: mark }, decimal(170.01), limits, NOW)).toBeNull();
  });
  it('says nothing before there is a mark, and refuses where the equity is unknown', () => {
    expect(accountStop(QUIET, decimal(1), limits, NOW)).toBeNull();
    expect(accountStop({ ...QUIET, highWaterMark: mark }, decimal(Number.NaN), limits, NOW)?.code).toBe('max_drawdown');
  });
});

it('lets everything pass with all guards off', () => {
  const bad = { stoppedAt: Array(50).fill(NOW), realisedToday: decimal(-99), highWaterMark: null };
  expect(accountStop(bad, decimal(1), OFF, NOW)).toBeNull();
});

describe('accountRecord', () => {
  it('counts stops that lost, and no other exits', () => {
    const closed = [
      closedWith(-1, { closedAt: 1 }),
      closedWith(-1, { closedAt: 2, closeReason: 'trailing_stop' }),
      closedWith(1, { closedAt: 3, closeReason: 'trailing_stop' }),
      closedWith(-1, { closedAt: 4, closeReason: 'forced' }),
    ];
    expect(accountRecord(closed, [], null, NOW).stoppedAt).toEqual([1, 2]);
  });
  it('adds up what was realised since midnight UTC', () => {
    const closed = [
      closedWith(-8, { closedAt: MIDNIGHT - 1 }),
      closedWith(-2, { closedAt: MIDNIGHT }),
      closedWith(0.5, { closeReason: 'take_profit' }),
    ];
    expect(accountRecord(closed, [], null, NOW).realisedToday.toNumber()).toBeCloseTo(-1.5, 12);
  });
  it('counts losses of open positions, not their gains', () => {
    const half = { quantity: decimal(5), fees: ZERO };
    const losing = anOpenPosition({ ...half, proceeds: decimal(4) });
    const winning = anOpenPosition({ ...half, proceeds: decimal(7) });
    expect(accountRecord([], [losing, winning], null, NOW).realisedToday.toNumber()).toBe(-1);
  });
  it('needs the rows since midnight, or since a stop could still count', () => {
    expect(recordSince(OFF, NOW)).toBe(MIDNIGHT);
    const guard = { stops: 3, withinMs: 10 * HOUR_MS, pauseMs: 2 * HOUR_MS };
    expect(recordSince({ ...OFF, stopGuard: guard }, NOW)).toBe(NOW - 12 * HOUR_MS);
  });
});

describe('highWaterMark', () => {
  const after = (readings: readonly number[], forgetAfterMs: number | null = null) => {
    let mark: ReturnType<typeof highWaterMark> = null;
    readings.forEach((equity, hour) => {
      mark = highWaterMark(mark, decimal(equity), hour * HOUR_MS, forgetAfterMs);
    });
    return mark as ReturnType<typeof highWaterMark>;
  };

  it('rises with the equity and never falls', () => {
    expect(after([100, 110, 110, 90])?.equity.toNumber()).toBe(110);
  });
  it('does not believe a single reading', () => {
    expect(after([100, 5_000, 101, 102])?.equity.toNumber()).toBe(101);
  });
  it('is forgotten after its time, and begins anew with the equity of then', () => {
    expect(after([100, 60, 60, 60], 3 * HOUR_MS)).toMatchObject({ at: 3 * HOUR_MS });
    expect(after([100, 60, 60, 60], 3 * HOUR_MS)?.equity.toNumber()).toBe(60);
    expect(after([100, 60, 60], 3 * HOUR_MS)?.equity.toNumber()).toBe(100);
  });
  it('ignores an equity that is no number', () => {
    const mark = after([100]);
    expect(highWaterMark(mark, decimal(Number.NaN), 1, null)).toBe(mark);
    expect(highWaterMark(null, decimal(Number.POSITIVE_INFINITY), 1, null)).toBeNull();
  });
});
