import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importTradeHistory, type TradingRecord } from '@mexc-bot/backtest';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { gapAgainst, gapText } from './against.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'against-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const T = 1_763_800_000;
const record = (exit: number, start = T): TradingRecord => {
  const trade = { symbol: 'PEPE/USDT', amount: 10, strategy: 'simple' };
  const entries = [
    { ...trade, type: 'buy', price: 1, timestamp: start },
    { ...trade, type: 'sell', price: exit, timestamp: start + 600, reason: 'TP1' },
  ];
  return importTradeHistory({ history: { name: 'h', text: JSON.stringify(entries) }, feeRate: 0 }).record;
};
const stored = (value: unknown) => {
  const path = join(folder, 'backtest.json');
  writeFileSync(path, JSON.stringify(value));
  return path;
};

it('lays imported trades beside a backtest of the same days, cause by cause', () => {
  const text = gapText(gapAgainst(record(1.1), stored(record(1.3))));
  expect(text).toContain('the trades brought +1.000 USDT, the backtest of the same days +3.000');
  expect(text).toMatch(/execution\s+│\s+−2\.000/);
  expect(text).toMatch(/in all\s+│\s+−2\.000/);
});

it('what the backtest traded outside the days of the trades is no miss', () => {
  const before = record(2, T - 90_000);
  const both = { ...record(1.1), span: { from: 0, until: (T + 9_000) * 1_000 } };
  const wide = { ...both, trades: [...before.trades, ...both.trades] };
  expect(gapAgainst(record(1.1), stored(wide))).toMatchObject({ missed: [], total: 0 });
});

it('pairs what was bought just before the days of the trades begin', () => {
  const earlier = record(1.3, T - 60);
  const gap = gapAgainst(record(1.1), stored(earlier));
  expect([gap.pairs.length, gap.missed, gap.extra]).toEqual([1, [], []]);
});

it('refuses a backtest of other days, and what is none', () => {
  expect(() => gapAgainst(record(1.1), stored(record(1.1, T + 900_000)))).toThrow(
    /is of 2025-12-02 to 2025-12-02, and the trades of 2025-11-22 to 2025-11-22/,
  );
  expect(() => gapAgainst(record(1.1), stored({}))).toThrow('backtest.json: startEquity is missing');
  expect(() => gapAgainst(record(1.1), join(folder, 'none'))).toThrow('cannot be read');
});
