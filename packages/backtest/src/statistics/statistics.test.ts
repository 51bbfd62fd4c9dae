import { DAY_MS, HOUR_MS } from '@mexc-bot/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TradingRecord } from '../record/trading-record.ts';
import { aRecord, aTrade, MIDNIGHT } from '../support/records.ts';
import { dailyReturns, exposureOf, maxDrawdown } from './account.ts';
import { statisticsOf } from './statistics.ts';
import { moneyText } from './verdict.ts';

const OPTIONS = { replicates: 400, seed: 7 };

it('adds up by hand', () => {
  const { summary, benchmarks } = statisticsOf(aRecord([3, -1, -1, 2, 0], { holdBtc: 0.05, emaCross: -0.02 }), OPTIONS);
  expect(summary).toMatchObject({
    trades: 5,
    wins: 2,
    losses: 3,
    winRate: 0.4,
    pnl: 3,
    profitFactor: 2.5,
    best: 3,
    worst: -1,
    episodes: 5,
    days: 5,
  });
  expect(summary.returnFraction).toBeCloseTo(0.03, 12);
  expect(summary.fees).toBeCloseTo(0.05, 12);
  // five times 10 bought, sold for 10 + result + fee
  expect(summary.traded).toBeCloseTo(103.05, 12);
  expect(summary.turnover).toBeCloseTo(1.0305, 12);
  expect(summary.expectancy.value).toBeCloseTo(0.6, 12);
  expect(summary.maxDrawdown).toMatchObject({ quote: 2, from: MIDNIGHT + HOUR_MS });
  expect(summary.maxDrawdown?.fraction).toBeCloseTo(2 / 103, 12);
  expect(benchmarks.map(({ name, pnl, ahead }) => [name, pnl, Math.round(ahead * 1e9) / 1e9])).toEqual([
    ['no trade', 0, 3],
    ['hold BTC', 5, -2],
    ['EMA cross, all in', -2, 5],
  ]);
});

it('has no profit factor without a loss, no rate without a trade', () => {
  expect(statisticsOf(aRecord([1, 2]), OPTIONS).summary.profitFactor).toBeNull();
  const { summary, verdict } = statisticsOf(aRecord([]), OPTIONS);
  expect(summary).toMatchObject({ winRate: null, profitFactor: null, best: null, maxDrawdown: null });
  expect(verdict.code).toBe('nothing_traded');
});

it('says how much of the time, and of the account, was at risk', () => {
  const at = (hours: number, held: number) => ({ at: MIDNIGHT + hours * HOUR_MS, equity: 100, held });
  expect(exposureOf([at(0, 0), at(1, 50), at(2, 25), at(4, 0), at(10, 0)])).toEqual({
    timeShare: 0.3,
    heldShare: 0.1,
  });
  expect(exposureOf([])).toEqual({ timeShare: 0, heldShare: 0 });
});

it('finds the deepest fall under the peak before it, not the longest', () => {
  const samples = [100, 120, 90, 200, 170, 210].map((equity, index) => ({ at: index, equity, held: 0 }));
  expect(maxDrawdown(samples)).toEqual({ fraction: 0.25, quote: 30, from: 1, until: 2 });
});

it('has a return a day, quiet days too', () => {
  const at = (days: number, equity: number) => ({ at: MIDNIGHT + days * DAY_MS, equity, held: 0 });
  const returns = dailyReturns([at(0, 100), at(0.5, 105), at(1, 110), at(3.5, 99), at(4, 99)]);
  expect([...returns].map((value) => Math.round(value * 1e9) / 1e9)).toEqual([0.1, 0, 0, -0.1]);
});

describe('the verdict', () => {
  const many = (result: (index: number) => number) => aRecord(Array.from({ length: 60 }, (_, index) => result(index)));
  const codeOf = (record: TradingRecord) => statisticsOf(record, OPTIONS).verdict.code;

  it('needs thirty token-days', () => {
    expect(codeOf(aRecord(Array(29).fill(1)))).toBe('too_little');
    expect(codeOf(aRecord(Array(30).fill(1)))).toBe('gained');
  });
  it('tells a loss, a gain and noise apart', () => {
    expect(codeOf(many((index) => (index % 2 === 0 ? -2 : 1)))).toBe('lost');
    expect(codeOf(many((index) => (index % 2 === 0 ? 2 : -1)))).toBe('gained');
    expect(codeOf(many((index) => (index % 2 === 0 ? 1 : -1)))).toBe('undecided');
  });
  it('counts a token’s trades of one day once', () => {
    const trades = Array.from({ length: 90 }, (_, index) => aTrade({ id: index, openedAt: MIDNIGHT + index * 60_000 }));
    const { summary, verdict, warnings } = statisticsOf(aRecord([], { trades }), OPTIONS);
    expect([summary.trades, summary.episodes, summary.days]).toEqual([90, 1, 1]);
    expect(summary.expectancy.low).toBeNaN();
    expect(verdict.code).toBe('too_little');
    expect(warnings.join('\n')).toMatch(/Only 1 episode [\s\S]*All trades are of 1 day:/);
  });
  it('is silent about thin evidence where there is enough', () => {
    expect(
      statisticsOf(
        many(() => 1),
        OPTIONS,
      ).warnings,
    ).toEqual([]);
  });
});

it('gives the same figures for the same seed', () => {
  const record = aRecord(Array.from({ length: 40 }, (_, index) => Math.sin(index)));
  expect(statisticsOf(record, OPTIONS)).toEqual(statisticsOf(record, OPTIONS));
  expect(statisticsOf(record, { ...OPTIONS, seed: 8 }).summary.expectancy.low).not.toBe(
    statisticsOf(record, OPTIONS).summary.expectancy.low,
  );
});

it('is wider where the same trades are fewer pieces of evidence', () => {
  const results = Array.from({ length: 200 }, (_, index) => (index % 20 < 10 ? 1 : -1));
  const width = (tokens: number) => {
    const trades = results.map((pnl, index) =>
      aTrade({ id: index, pnl, market: `T${Math.floor((index * tokens) / 200)}`, openedAt: MIDNIGHT }),
    );
    const { low, high } = statisticsOf(aRecord([], { trades }), OPTIONS).summary.expectancy;
    return high - low;
  };
  expect(width(20)).toBeGreaterThan(2 * width(200));
});

const arbTrades = fc.array(
  fc.record({
    pnl: fc.double({ min: -50, max: 50, noNaN: true }),
    market: fc.constantFrom('AUSDT', 'BUSDT', 'CUSDT', 'DUSDT'),
    strategy: fc.constantFrom('simple', 'revival', 'aggressive'),
    regime: fc.constantFrom('bearish', 'neutral', 'unknown'),
    exitReason: fc.constantFrom('stop_loss', 'take_profit'),
    openedAt: fc.integer({ min: MIDNIGHT, max: MIDNIGHT + 70 * DAY_MS }),
  }),
  { minLength: 1, maxLength: 80 },
);

it('every kind of group adds up to the whole, and every interval holds its mean', () => {
  fc.assert(
    fc.property(arbTrades, (rows) => {
      const trades = rows.map((row, id) => aTrade({ ...row, id }));
      const {
        summary,
        verdict: _,
        warnings: __,
        benchmarks: ___,
        span: ____,
        ...kinds
      } = statisticsOf(aRecord([], { trades }), { replicates: 200, seed: 1 });
      for (const groups of Object.values(kinds)) {
        expect(groups.reduce((sum, { trades }) => sum + trades, 0)).toBe(summary.trades);
        expect(groups.reduce((sum, { wins }) => sum + wins, 0)).toBe(summary.wins);
        expect(groups.reduce((sum, { pnl }) => sum + pnl, 0)).toBeCloseTo(summary.pnl, 8);
        expect(groups.reduce((sum, { fees }) => sum + fees, 0)).toBeCloseTo(summary.fees, 8);
      }
      for (const { value, low, high } of [summary.expectancy, ...kinds.byStrategy.map((group) => group.expectancy)]) {
        if (Number.isNaN(low)) continue;
        expect(low).toBeLessThanOrEqual(value + 1e-9);
        expect(high).toBeGreaterThanOrEqual(value - 1e-9);
      }
    }),
    { numRuns: 60 },
  );
});

it('holds the true mean about as often as it says', () => {
  let hits = 0;
  const runs = 120;
  for (let run = 0; run < runs; run++) {
    // results of a token-day are alike: a shared part, and a part of their own
    let state = run * 7919 + 1;
    const random = () => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return state / 2_147_483_648 - 0.5;
    };
    const trades = Array.from({ length: 40 }, (_, day) => {
      const shared = random();
      return [0, 1, 2].map((n) =>
        aTrade({ id: day * 3 + n, pnl: 0.3 + shared + random() / 2, openedAt: MIDNIGHT + day * DAY_MS }),
      );
    }).flat();
    const { low, high } = statisticsOf(aRecord([], { trades }), { replicates: 300, seed: run }).summary.expectancy;
    if (low <= 0.3 && high >= 0.3) hits++;
  }
  expect(hits / runs).toBeGreaterThan(0.87);
});

it.each([
  [0.0042, '+0.0042'],
  [-0.123, '−0.12'],
  [12.3, '+12.30'],
  [0, '0.00'],
  [Number.NaN, '–'],
])('writes %d USDT as %s', (value, text) => expect(moneyText(value)).toBe(text));
