import { MINUTE_MS } from '@mexc-bot/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gapTable } from '../page/gap-table.ts';
import { aRecord, aTrade, MIDNIGHT } from '../support/records.ts';
import { type GapCause, gapByCause, type PriceAt } from './gap-by-cause.ts';
import type { RecordedTrade } from './trading-record.ts';

const recordOf = (...trades: RecordedTrade[]) => aRecord([], { trades });
const causes = (
  live: RecordedTrade[],
  backtest: RecordedTrade[],
  priceAt?: PriceAt,
): Partial<Record<GapCause, number>> => {
  const { parts } = gapByCause(recordOf(...live), recordOf(...backtest), priceAt);
  const rounded = Object.entries(parts).map(([cause, value]) => [cause, Math.round(value * 1e9) / 1e9] as const);
  return Object.fromEntries(rounded.filter(([, value]) => value !== 0));
};

it('the same trades leave no gap', () => {
  const trade = aTrade({ pnl: 2 });
  expect(causes([trade], [trade])).toEqual({});
});

it('a trade the live run did not make was missed, with what it would have brought', () => {
  expect(causes([], [aTrade({ pnl: 2 })])).toEqual({ missed: -2 });
  expect(causes([aTrade({ pnl: -3 })], [])).toEqual({ extra: -3 });
  const late = aTrade({ pnl: 2, openedAt: MIDNIGHT + 11 * MINUTE_MS });
  expect(causes([late], [aTrade({ pnl: 2 })])).toEqual({ missed: -2, extra: 2 });
});

it('fees, spread and slippage each cost what the live run paid more', () => {
  const backtest = aTrade({ pnl: 2, fees: 0.01, slippage: 0.05, spreadCost: 0.02 });
  const live = aTrade({ pnl: 1.88, fees: 0.03, slippage: 0.15, spreadCost: 0.05 });
  // the rest of the slippage: 0.10 against 0.03
  expect(causes([live], [backtest])).toEqual({ fees: -0.02, spread: -0.03, slippage: -0.07 });
});

it('a larger stake scales the backtest, and nothing else', () => {
  const backtest = aTrade({ pnl: 2, fees: 0.01 });
  const live = aTrade({ pnl: 6, fees: 0.03, cost: 30, quantity: 30 });
  expect(causes([live], [backtest])).toEqual({ stake: 4 });
});

it('an entry decided at a higher price is latency: the same money bought fewer coins', () => {
  // both sold at 1.2 without fees; 10 coins at 1 against 8 at 1.25
  const backtest = aTrade({ pnl: 2, fees: 0 });
  const live = aTrade({ pnl: -0.4, fees: 0, quantity: 8, decisionPrice: 1.25, openedAt: MIDNIGHT + 60_000 });
  expect(causes([live], [backtest])).toEqual({ latency: -2.4 });
});

it('another exit price is latency, for another reason it is another exit', () => {
  const backtest = aTrade({ pnl: 2, fees: 0 });
  expect(causes([aTrade({ pnl: 1.5, fees: 0 })], [backtest])).toEqual({ latency: -0.5 });
  expect(causes([aTrade({ pnl: 1.5, fees: 0, exitReason: 'stop_loss' })], [backtest])).toEqual({ exit: -0.5 });
});

describe('where a record does not know its decision prices', () => {
  const UNKNOWN = { slippage: null, spreadCost: null, decisionPrice: null };
  const priceAt = (entry: number, exit: number) => (_: string, at: number) => (at === MIDNIGHT ? entry : exit);

  it('execution is one part without candles, and another exit a part of its own', () => {
    const live = aTrade({ pnl: 1.5, fees: 0.01, ...UNKNOWN });
    expect(causes([live], [aTrade({ pnl: 2, fees: 0.01 })])).toEqual({ execution: -0.5 });
    const other = aTrade({ pnl: 1.5, fees: 0.01, exitReason: 'stop_loss', ...UNKNOWN });
    expect(causes([other], [aTrade({ pnl: 2, fees: 0.01 })])).toEqual({ exit: -0.5 });
  });

  it('candles tell latency from slippage, and the backtest the spread', () => {
    // 10 bought at 1 when the candles said 0.98, sold at 1.15 when they said 1.2; the backtest decided at 1 and 1.2
    const live = aTrade({ pnl: 1.5, fees: 0, ...UNKNOWN });
    const backtest = aTrade({ pnl: 1.9, fees: 0, slippage: 0.1, spreadCost: 0.04 });
    const { slippage, spread, latency, ...others } = causes([live], [backtest], priceAt(0.98, 1.2));
    expect(others).toEqual({});
    // 0.2 at the entry and 0.5 at the exit, the spread apart; the backtest had 0.1
    expect(slippage! + spread!).toBeCloseTo(-(0.2 + 0.5 - 0.1), 9);
    expect(spread).toBeCloseTo(-0.04 * (21.5 / 21.9 - 1), 9);
    expect(latency).toBeCloseTo(0.2, 9);
  });

  it('one price that the candles do not know leaves it one part', () => {
    const live = aTrade({ pnl: 1.5, fees: 0, ...UNKNOWN });
    const half = (_: string, at: number) => (at === MIDNIGHT ? 1 : null);
    expect(causes([live], [aTrade({ pnl: 2, fees: 0 })], half)).toEqual({ execution: -0.5 });
  });
});

it('entries are as far apart as the candles of the backtest allow', () => {
  const pairsOn = (timeframe: '5m' | '1h') => {
    const late = aTrade({ openedAt: MIDNIGHT + 90 * MINUTE_MS });
    return gapByCause(recordOf(late), { ...recordOf(aTrade()), timeframe }).pairs.length;
  };
  expect([pairsOn('5m'), pairsOn('1h')]).toEqual([0, 1]);
});

it('pairs the nearest entries', () => {
  const at = (minute: number, pnl: number) => aTrade({ id: minute, pnl, openedAt: MIDNIGHT + minute * MINUTE_MS });
  const { pairs, missed, extra } = gapByCause(recordOf(at(5, 1), at(30, 1)), recordOf(at(0, 1), at(6, 1), at(33, 1)));
  expect(pairs.map(({ live, backtest }) => [live.id, backtest.id])).toEqual([
    [5, 6],
    [30, 33],
  ]);
  expect([missed.map(({ id }) => id), extra]).toEqual([[0], []]);
});

const arbTrades = fc.array(
  fc
    .record({
      market: fc.constantFrom('AUSDT', 'BUSDT'),
      openedAt: fc.integer({ min: 0, max: 60 }).map((minute) => MIDNIGHT + minute * MINUTE_MS),
      cost: fc.double({ min: 1, max: 50, noNaN: true }),
      quantity: fc.double({ min: 0.1, max: 1_000, noNaN: true }),
      proceeds: fc.double({ min: 0, max: 90, noNaN: true }),
      fees: fc.double({ min: 0, max: 1, noNaN: true }),
      slippage: fc.option(fc.double({ min: -1, max: 1, noNaN: true })),
      spreadCost: fc.double({ min: 0, max: 1, noNaN: true }),
      exitReason: fc.constantFrom('stop_loss', 'take_profit'),
    })
    .map((row) => aTrade({ ...row, pnl: row.proceeds - row.cost - row.fees })),
  { maxLength: 12 },
);

it('the parts add up to the gap, trade by trade and in all', () => {
  fc.assert(
    fc.property(
      arbTrades,
      arbTrades,
      fc.option(fc.double({ min: 0.1, max: 9, noNaN: true })),
      (live, backtest, price) => {
        const priceAt = (market: string) => (market === 'AUSDT' ? price : null);
        const { total, parts, pairs, missed, extra } = gapByCause(recordOf(...live), recordOf(...backtest), priceAt);
        const sum = (of: Readonly<Record<GapCause, number>>) => Object.values(of).reduce((a, b) => a + b, 0);
        expect(sum(parts)).toBeCloseTo(total, 7);
        for (const pair of pairs) expect(sum(pair.parts)).toBeCloseTo(pair.gap, 7);
        expect(pairs.length + extra.length).toBe(live.length);
        expect(pairs.length + missed.length).toBe(backtest.length);
      },
    ),
  );
});

it('as a table, it names the causes there are, the worst first', () => {
  const gap = gapByCause(
    recordOf(aTrade({ pnl: 1.9, fees: 0.11 })),
    recordOf(aTrade({ pnl: 2 }), aTrade({ pnl: 3, market: 'X' })),
  );
  const { rows, note } = gapTable(gap);
  expect(rows.map(([cause]) => cause)).toEqual([
    'the backtest brought',
    'missed: only the backtest bought',
    'fees',
    'the run brought',
    'the gap',
  ]);
  expect(note).toContain('1 trades are in both, 1 in the backtest alone, 0 in the run alone');
});
