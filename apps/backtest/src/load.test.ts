import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY_MS, toColumns, universeRejection } from '@mexc-bot/core';
import { openStore, writeCandleCsv } from '@mexc-bot/store';
import { expect, it } from 'vitest';
import { aMarket } from '../../../test/support/builders.ts';
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

    const request = { symbols: null, timeframe: null, detail: null, quote: 'USDT', takerFeeRate: 0.0005 };
    const { markets } = loadStore(path, request);
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

it('decides on what most markets have, where there are no 5 m candles', () => {
  const root = mkdtempSync(join(tmpdir(), 'load-'));
  try {
    for (const [name, minutes] of [
      ['A-USDT_15m', 15],
      ['A-USDT_1h', 60],
      ['B-USDT_1h', 60],
    ] as const) {
      const candles = Array.from({ length: 3 }, (_, i) => ({
        openTime: START + i * minutes * 60_000,
        open: 1,
        high: 1,
        low: 1,
        close: 1,
        volume: 1,
      }));
      writeFileSync(join(root, `MEXC_${name}.csv`), writeCandleCsv(toColumns(candles), false));
    }
    const request = { symbols: null, timeframe: null, detail: null, quote: 'USDT', takerFeeRate: 0.0005 };
    const { timeframe, markets } = loadFolder(root, request, START + DAY_MS);
    expect({ timeframe, markets: markets.length }).toEqual({ timeframe: '1h', markets: 2 });
  } finally {
    rmSync(root, { recursive: true });
  }
});
