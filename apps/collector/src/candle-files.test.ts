import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY_MS, HOUR_MS, TIMEFRAME_MS, toColumns } from '@mexc-bot/core';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { deleteExports, exportCandles, importCandles } from './candle-files.ts';
import { pruneCandles } from './prune-candles.ts';

const M5 = TIMEFRAME_MS['5m'];
const HEADER = 'timestamp,open,high,low,close,volume';
let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'candle-files-'));
  store = openStore(join(folder, 'bot.db'));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});
const write = (name: string, ...lines: readonly string[]) =>
  writeFileSync(join(folder, name), [HEADER, ...lines, ''].join('\n'));
const all = { from: 0, until: 1e15 };

it('an import names every bad file with its line, and stores the others', async () => {
  write('MEXC_A-USDT_5m.csv', '300000,1,1,1,1,1', '1200000,2,2,2,2,2');
  write('MEXC_B-USDT_5m.csv', '300000,1,1,1,1,1', '600000,1,x,1,1,1');
  write('whatever.csv', '300000,1,1,1,1,1');
  writeFileSync(join(folder, 'README.md'), 'not a candle file');
  const result = await importCandles(store, folder, 1e12);
  expect(result).toMatchObject({ files: 3, rows: 2, candles: 2 });
  expect(result.faults).toEqual([
    { file: 'MEXC_B-USDT_5m.csv', line: 3, message: 'high is "x", not a number' },
    { file: 'whatever.csv', line: null, message: expect.stringContaining('must tell the market') },
  ]);
  expect(store.candles.series()).toEqual([
    {
      market: 'AUSDT',
      timeframe: '5m',
      checked: { from: M5, until: 5 * M5 },
      gaps: [{ from: 2 * M5, until: 4 * M5, looks: 0 }],
    },
  ]);
  expect((await importCandles(store, folder, 1e12)).candles).toBe(0);
});

it('what is exported and imported elsewhere is the same, and a second export replaces the first', async () => {
  const candles = toColumns(
    [3, 4, 6].map((i) => ({ openTime: i * M5, open: 0.1 * i, high: i, low: 1e-10, close: 0.3, volume: i / 3 })),
  );
  store.candles.put('AUSDT', '5m', { range: { from: 3 * M5, until: 7 * M5 }, candles, looks: 1 });
  const request = { folder: join(folder, 'out'), gzip: true, asOf: 7 * M5, quote: 'USDT' };
  await exportCandles(store, request);
  expect(await exportCandles(store, request)).toMatchObject({ files: 1, candles: 3 });
  expect(readdirSync(request.folder)).toEqual(['MEXC_A-USDT_5m.csv.gz']);

  const other = openStore(join(folder, 'other.db'));
  await importCandles(other, request.folder, 1e12);
  expect(other.candles.between('AUSDT', '5m', all, 1e15)).toEqual(candles);
  other.close();
});

it('an export has what is asked for, and nothing of the candle still open', async () => {
  const put = (market: string, timeframe: '5m' | '1h') => {
    const step = TIMEFRAME_MS[timeframe];
    const candles = toColumns(
      [10, 11].map((i) => ({ openTime: i * step, open: 1, high: 1, low: 1, close: 1, volume: 1 })),
    );
    store.candles.put(market, timeframe, { range: { from: 10 * step, until: 12 * step }, candles, looks: 1 });
  };
  put('AUSDT', '5m');
  put('AUSDT', '1h');
  put('BUSDT', '5m');
  const request = { folder: join(folder, 'out'), gzip: false, asOf: 12 * M5 - 1, quote: 'USDT' };
  expect(await exportCandles(store, { ...request, market: 'AUSDT', timeframe: '5m' })).toMatchObject({
    files: 1,
    candles: 1,
  });
  expect(await exportCandles(store, { ...request, asOf: 12 * HOUR_MS, since: 11 * M5, timeframe: '5m' })).toMatchObject(
    { files: 2, candles: 2 },
  );
});

it('an export into a folder that cannot be is one message', async () => {
  write('MEXC_A-USDT_5m.csv', '300000,1,1,1,1,1');
  await importCandles(store, folder, 1e12);
  const below = join(folder, 'MEXC_A-USDT_5m.csv', 'out');
  await expect(exportCandles(store, { folder: below, gzip: false, asOf: 1e12, quote: 'USDT' })).rejects.toThrow(
    'MEXC_A-USDT_5m.csv cannot be written',
  );
});

it('old exports are deleted, and nothing else that lies in their folder', () => {
  const old = new Date(Date.now() - 4 * DAY_MS);
  mkdirSync(join(folder, 'csv'));
  for (const name of [
    'MEXC_A-USDT_5m.csv',
    'MEXC_B-USDT_1h.csv.gz',
    'PEPEUSDT.csv',
    'notes.txt',
    'MEXC_C-USDT_5m.csv',
  ]) {
    writeFileSync(join(folder, 'csv', name), 'x'.repeat(100));
    if (!name.includes('_C-')) utimesSync(join(folder, 'csv', name), old, old);
  }
  expect(deleteExports(join(folder, 'csv'), Date.now() - 3 * DAY_MS)).toEqual({ files: 2, bytes: 200 });
  expect(readdirSync(join(folder, 'csv'))).toEqual(['MEXC_C-USDT_5m.csv', 'PEPEUSDT.csv', 'notes.txt']);
  expect(deleteExports(join(folder, 'nowhere'), Date.now())).toEqual({ files: 0, bytes: 0 });
});

it('each timeframe is kept as long as its setting says', () => {
  for (const timeframe of ['5m', '1h'] as const) {
    const step = TIMEFRAME_MS[timeframe];
    const candles = toColumns(
      Array.from({ length: 100 }, (_, i) => ({ openTime: i * step, open: 1, high: 1, low: 1, close: 1, volume: 1 })),
    );
    store.candles.put('AUSDT', timeframe, { range: { from: 0, until: 100 * step }, candles, looks: 1 });
  }
  const keepDays = { '1m': 1, '5m': 1, '15m': 1, '1h': 3, '4h': 1 };
  const pruned = pruneCandles(store, keepDays, 100 * HOUR_MS);
  expect(pruned).toMatchObject({ candles: 128, byTimeframe: { '5m': 100, '1h': 28 }, spared: 0 });
});
