import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY_MS, toColumns, universeRejection } from '@mexc-bot/core';
import { openStore, writeCandleCsv } from '@mexc-bot/store';
import { expect, it } from 'vitest';
import { aMarket, candlesFrom } from '../../../test/support/builders.ts';
import { loadFolder, loadStore } from './load.ts';

const START = Date.UTC(2026, 0, 5);
const STEP = 300_000;

it('a coin that was delisted, closed or flagged since could be bought while its candles went on', () => {
  const root = mkdtempSync(join(tmpdir(), 'load-'));
  try {
    const path = join(root, 'bot.db');
    const store = openStore(path);
    const days = { GONEUSDT: 1, SHUTUSDT: 4, RISKUSDT: 4, PEPEUSDT: 4 };
    for (const [id, count] of Object.entries(days)) {
      const until = START + count * DAY_MS;
      const candles = Array.from({ length: (until - START) / STEP }, (_, i) => ({
        openTime: START + i * STEP,
        open: 1,
        high: 1.01,
        low: 0.99,
        close: 1,
        volume: 100,
      }));
      store.candles.put(id, '5m', { range: { from: START, until }, candles: toColumns(candles), looks: 0 });
    }
    const closed = { status: 'offline', apiTradable: false } as const;
    store.markets.sync(
      [
        aMarket({ id: 'GONEUSDT', base: 'GONE', ...closed, riskFlagged: true }),
        aMarket({ id: 'SHUTUSDT', base: 'SHUT', ...closed }),
        aMarket({ id: 'RISKUSDT', base: 'RISK', sides: 'sell', riskFlagged: true }),
        aMarket({ id: 'PEPEUSDT', base: 'PEPE' }),
      ],
      START + 4 * DAY_MS,
    );
    store.close();

    const { markets } = loadStore(path, REQUEST);
    const universe = { quote: 'USDT', excludedBases: [], blocklist: [], minAgeMs: 0 };
    expect(markets.map(({ market }) => [market.id, universeRejection(market, null, universe, START)])).toEqual(
      Object.keys(days)
        .sort()
        .map((id) => [id, null]),
    );
    expect(markets.find(({ market }) => market.id === 'GONEUSDT')!.market.rules).toEqual(aMarket().rules);
  } finally {
    rmSync(root, { recursive: true });
  }
});

/** Files of three candles in a folder of their own. */
function withFiles(files: Readonly<Record<string, number>>, check: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'load-'));
  try {
    for (const [name, minutes] of Object.entries(files)) {
      const candles = candlesFrom([1, 1, 1]).map((candle, i) => ({
        ...candle,
        openTime: START + i * minutes * 60_000,
      }));
      writeFileSync(join(folder, name), writeCandleCsv(toColumns(candles), false));
    }
    check(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
const REQUEST = { buysOnly: null, timeframe: null, detail: null, quote: 'USDT', takerFeeRate: 0.0005 };

it('decides on what most markets have, where there are no 5 m candles', () => {
  withFiles({ 'MEXC_A-USDT_15m.csv': 15, 'MEXC_A-USDT_1h.csv': 60, 'MEXC_B-USDT_1h.csv': 60 }, (folder) => {
    const { timeframe, markets } = loadFolder(folder, REQUEST, START + DAY_MS);
    expect({ timeframe, markets: markets.length }).toEqual({ timeframe: '1h', markets: 2 });
  });
});

it('asks the rows where a name does not tell the timeframe', () => {
  withFiles({ 'PEPEUSDT.csv': 5, 'MEXC_A-USDT_1h.csv': 60 }, (folder) => {
    const { timeframe, markets } = loadFolder(folder, REQUEST, START + DAY_MS);
    expect([timeframe, ...markets.map(({ market }) => market.id)]).toEqual(['5m', 'PEPEUSDT']);
  });
});

it('loads all markets whatever is bought, finer candles of these alone, and names what is missing', () => {
  const files = { 'A-USDT_5m.csv': 5, 'A-USDT_1m.csv': 1, 'B-USDT_5m.csv': 5, 'B-USDT_1m.csv': 1, 'C-USDT_1m.csv': 1 };
  withFiles(files, (folder) => {
    const load = (...buysOnly: string[]) =>
      loadFolder(folder, { ...REQUEST, buysOnly, timeframe: '5m', detail: '1m' }, START + DAY_MS);
    expect(load('BUSDT').markets.map(({ market, detail }) => [market.id, detail !== null])).toEqual([
      ['AUSDT', false],
      ['BUSDT', true],
    ]);
    expect(() => load('AUSDT', 'CUSDT')).toThrow('no 5m candles of CUSDT');
    expect(() => load('XUSDT')).toThrow('no candles of XUSDT');
  });
});
