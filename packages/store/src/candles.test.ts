import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CandleColumns, DAY_MS, TIMEFRAME_MS, toColumns } from '@mexc-bot/core';
import type { Database } from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aCandidate, anOpenPosition, aScanRow } from '../../../test/support/builders.ts';
import { createCandidates } from './candidates.ts';
import { type CandleRepository, createCandles } from './candles.ts';
import { StoreError } from './errors.ts';
import { openDatabase } from './open.ts';
import { createPositions } from './positions.ts';
import { createScans } from './scans.ts';

const M5 = TIMEFRAME_MS['5m'];
const LATER = 10_000 * M5;
let folder: string;
let db: Database;
let candles: CandleRepository;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'candles-'));
  db = openDatabase(join(folder, 'bot.db'));
  candles = createCandles(db);
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

const someCandles = (slots: readonly number[]): CandleColumns =>
  toColumns(slots.map((i) => ({ openTime: i * M5, open: 1e-9, high: 2e-9, low: 1e-9, close: 2e-9, volume: i })));
const range = (from: number, until: number) => ({ from: from * M5, until: until * M5 });
const slots = (from: number, until: number) => Array.from({ length: until - from }, (_, i) => from + i);
const put = (from: number, until: number, found = slots(from, until), looks: 0 | 1 | 2 = 1) =>
  candles.put('AUSDT', '5m', { range: range(from, until), candles: someCandles(found), looks });
const stored = () => [...candles.between('AUSDT', '5m', range(0, 100_000), 1e15).openTime].map((time) => time / M5);
const known = () => {
  const { checked, gaps } = candles.known('AUSDT', '5m');
  return {
    checked: checked && [checked.from / M5, checked.until / M5],
    gaps: gaps.map(({ from, until, looks }) => [from / M5, until / M5, looks]),
  };
};

describe('stored candles', () => {
  it('come back as they were put, columns of numbers, oldest first', () => {
    expect(put(10, 13)).toBe(3);
    expect(candles.last('AUSDT', '5m', 2, LATER)).toEqual(someCandles([11, 12]));
    expect(candles.between('AUSDT', '5m', range(10, 12), LATER)).toEqual(someCandles([10, 11]));
  });

  it('are none of another market or timeframe', () => {
    put(10, 13);
    expect(candles.last('BUSDT', '5m', 9, LATER).openTime).toHaveLength(0);
    expect(candles.last('AUSDT', '1h', 9, LATER).openTime).toHaveLength(0);
  });

  it('are not seen before they close, to the millisecond', () => {
    put(10, 13);
    expect([...candles.last('AUSDT', '5m', 9, 13 * M5).openTime]).toEqual([10 * M5, 11 * M5, 12 * M5]);
    expect([...candles.last('AUSDT', '5m', 9, 13 * M5 - 1).openTime]).toEqual([10 * M5, 11 * M5]);
    expect([...candles.between('AUSDT', '5m', range(0, 99), 13 * M5 - 1).openTime]).toEqual([10 * M5, 11 * M5]);
  });

  it('stay as they were first put', () => {
    put(10, 13);
    const other = toColumns([{ openTime: 11 * M5, open: 5, high: 5, low: 5, close: 5, volume: 5 }]);
    expect(candles.put('AUSDT', '5m', { range: range(11, 12), candles: other, looks: 1 })).toBe(0);
    expect(candles.last('AUSDT', '5m', 9, LATER)).toEqual(someCandles([10, 11, 12]));
  });

  it('may be more than one transaction holds', () => {
    expect(put(1, 12_001)).toBe(12_000);
    expect(stored()).toEqual(slots(1, 12_001));
    expect(known()).toEqual({ checked: [1, 12_001], gaps: [] });
  });

  it.each<[string, number, number, CandleColumns]>([
    ['off the grid', 10, 12, toColumns([{ openTime: 10 * M5 + 1, open: 1, high: 1, low: 1, close: 1, volume: 1 }])],
    ['out of order', 10, 13, someCandles([11, 10])],
    ['twice', 10, 13, someCandles([10, 10])],
    ['outside of the range', 10, 12, someCandles([12])],
    ['with a NaN', 10, 12, toColumns([{ openTime: 10 * M5, open: Number.NaN, high: 1, low: 1, close: 1, volume: 1 }])],
    [
      'with a high under its low',
      10,
      12,
      toColumns([{ openTime: 10 * M5, open: 1, high: 1, low: 2, close: 1, volume: 1 }]),
    ],
    [
      'with a negative volume',
      10,
      12,
      toColumns([{ openTime: 10 * M5, open: 1, high: 1, low: 1, close: 1, volume: -1 }]),
    ],
  ])('are refused %s, and nothing is written', (_, from, until, bad) => {
    expect(() => candles.put('AUSDT', '5m', { range: range(from, until), candles: bad, looks: 1 })).toThrow(RangeError);
    expect(candles.series()).toEqual([]);
  });
});

describe('what is missing', () => {
  it('is a gap until it was looked for twice, then a hole', () => {
    put(10, 20, [10, 11, 15, 16, 19]);
    expect(known().gaps).toEqual([
      [12, 15, 1],
      [17, 19, 1],
    ]);
    put(11, 16, [13]);
    expect(known().gaps).toEqual([
      [12, 13, 2],
      [14, 15, 2],
      [17, 19, 1],
    ]);
    expect(stored()).toEqual([10, 11, 13, 15, 16, 19]);
  });

  it('is filled by what comes later', () => {
    put(10, 20, [10, 19]);
    put(12, 15);
    expect(known()).toEqual({
      checked: [10, 20],
      gaps: [
        [11, 12, 1],
        [15, 19, 1],
      ],
    });
    put(10, 20);
    expect(known()).toEqual({ checked: [10, 20], gaps: [] });
  });

  it('between two looks was never looked for', () => {
    put(10, 12);
    put(20, 22);
    expect(known()).toEqual({ checked: [10, 22], gaps: [[12, 20, 0]] });
    put(2, 4);
    expect(known()).toEqual({
      checked: [2, 22],
      gaps: [
        [4, 10, 0],
        [12, 20, 0],
      ],
    });
    put(2, 22, [2, 3, 10, 11, 20, 21]);
    expect(known().gaps).toEqual([
      [4, 10, 1],
      [12, 20, 1],
    ]);
  });

  it('of a file is still to be asked of the exchange', () => {
    put(10, 20, [10, 19], 0);
    expect(known().gaps).toEqual([[11, 19, 0]]);
  });

  it('is found across transactions too', () => {
    const found = slots(1, 12_001).filter((slot) => slot !== 5_001 && slot !== 7_000);
    expect(put(1, 12_001, found)).toBe(11_998);
    expect(known().gaps).toEqual([
      [5_001, 5_002, 1],
      [7_000, 7_001, 1],
    ]);
  });
});

describe('pruning', () => {
  it('deletes what is older, with its gaps, and a series that is nothing but old', () => {
    put(
      10,
      7_000,
      slots(10, 7_000).filter((slot) => slot < 100 || slot > 6_600),
    );
    candles.put('OLDUSDT', '5m', { range: range(1, 5), candles: someCandles(slots(1, 5)), looks: 1 });
    const pruned = candles.prune('5m', 6_500 * M5, LATER);
    expect(pruned).toEqual({ candles: 94, markets: 2, spared: 0 });
    expect(known()).toEqual({ checked: [6_500, 7_000], gaps: [[6_500, 6_601, 1]] });
    expect(candles.series().map(({ market }) => market)).toEqual(['AUSDT']);
  });

  it('spares a day before an open position and before a candidate that waits for its label, though not for ever', () => {
    const day = DAY_MS / M5;
    const asOf = 40 * DAY_MS;
    for (const market of ['AUSDT', 'BUSDT', 'CUSDT', 'DUSDT']) {
      candles.put(market, '5m', { range: range(day, 40 * day), candles: someCandles(slots(day, 40 * day)), looks: 1 });
    }
    createPositions(db).save(anOpenPosition({ market: 'AUSDT', openedAt: 5 * DAY_MS }));
    const candidates = createCandidates(db);
    const scans = createScans(db, candidates);
    const seen = (market: string, daysAgo: number) =>
      scans.record(aScanRow({ at: asOf - daysAgo * DAY_MS }), [aCandidate({ market })]);
    seen('BUSDT', 7);
    seen('CUSDT', 7);
    seen('DUSDT', 8);
    candidates.label(2, { state: 'vanished', at: asOf });

    expect(candles.prune('5m', asOf, asOf).spared).toBe(2);
    const first = (market: string) => candles.between(market, '5m', range(0, 1e6), asOf).openTime[0];
    expect(first('AUSDT')).toBe(4 * DAY_MS);
    expect(first('BUSDT')).toBe(32 * DAY_MS);
    expect([first('CUSDT'), first('DUSDT')]).toEqual([undefined, undefined]);
  });

  it('says how much space new rows may use', () => {
    put(1, 20_001);
    const before = candles.space().free;
    candles.prune('5m', LATER * 3, LATER);
    expect(candles.space().free - before).toBeGreaterThan(20_000 * 40);
  });
});

it('a full disk is named, and what was written before is whole', () => {
  put(1, 101);
  db.pragma(`max_page_count = ${(db.pragma('page_count', { simple: true }) as number) + 90}`);
  expect(() => put(101, 20_101)).toThrow(StoreError);
  expect(() => put(101, 20_101)).toThrow(/disk .* is full/);
  const { checked, gaps } = known();
  expect(gaps).toEqual([]);
  expect(stored()).toEqual(slots(...(checked as [number, number])));
});
