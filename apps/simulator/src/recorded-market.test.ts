import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { candleOver } from './candle-series.ts';
import { gridOf, klines } from './klines.ts';
import { createQuotes } from './quotes.ts';
import { BadDataFolder, openRecordedMarket } from './recorded-market.ts';

const T = 1_779_235_200_000;
const DAY = 86_400_000;

function csv(candles: number, { first = T, stepMs = 300_000, price = '0.00000000003105' } = {}): string {
  const rows = Array.from(
    { length: candles },
    (_, n) => `${first + n * stepMs},${price},${price},${price},${price},1000`,
  );
  return ['timestamp,open,high,low,close,volume', ...rows].join('\n');
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recorded-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const write = (name: string, text: string): void =>
  writeFileSync(join(folder, name), name.endsWith('.gz') ? gzipSync(text) : text);
const messageOf = (path = folder): string => {
  try {
    openRecordedMarket(path, 1);
  } catch (error) {
    expect(error).toBeInstanceOf(BadDataFolder);
    return (error as Error).message;
  }
  return 'no fault';
};

describe('a recorded market', () => {
  it('is every USDT file of the folder, 5m before 1m, gzip or not', () => {
    write('MEXC_PEPE-USDT_5m.csv.gz', csv(600));
    write('MEXC_PEPE-USDT_1m.csv', csv(600, { stepMs: 60_000 }));
    write('DOGE_USDT_1m.csv', csv(3_000, { stepMs: 60_000 }));
    write('WIFUSDT.csv', csv(600, { first: T + DAY, price: '0.5' }));
    write('MEXC_PEPE-BTC_5m.csv', csv(600));
    write('README.md', 'not candles');
    const market = openRecordedMarket(folder, 1);
    expect(market.listings.map(({ symbol }) => symbol)).toEqual(['DOGEUSDT', 'PEPEUSDT', 'WIFUSDT']);
    expect(market.skipped).toEqual(['MEXC_PEPE-BTC_5m.csv', 'MEXC_PEPE-USDT_1m.csv']);
    expect(market.series('PEPEUSDT').stepMs).toBe(300_000);
    expect(market.series('DOGEUSDT').stepMs).toBe(60_000);
    expect(market.listings[1]).toMatchObject({ priceDecimals: 14, quantityDecimals: 0 });
    expect(market.listings[2]).toMatchObject({ priceDecimals: 1, quantityDecimals: 3 });
    expect(market).toMatchObject({ identity: `recorded/${folder}`, startAt: T + DAY, endAt: T + DAY + 600 * 300_000 });
  });

  it('lists a token when its recording starts', () => {
    write('AUSDT.csv', csv(600));
    write('BUSDT.csv', csv(600));
    write('CUSDT.csv', csv(300, { first: T + DAY + 3_600_000 }));
    const market = openRecordedMarket(folder, 1);
    const quotes = createQuotes(market);
    expect(quotes.listed(market.startAt)).toHaveLength(2);
    expect(quotes.find('CUSDT', market.startAt)).toBeUndefined();
    expect(quotes.find('CUSDT', market.startAt + 3_600_000)).toBeDefined();
    expect(quotes.listed(market.startAt + 3_600_000)).toHaveLength(3);
  });

  it('is refused with every fault of every file in one message', () => {
    write('AUSDT.csv', `${csv(2)}\nx,1,1,1,1,1`);
    write('BUSDT.csv', '');
    write('CUSDT_1h.csv', csv(2));
    write('DUSDT.csv', csv(600));
    write('D-USDT.csv', csv(600));
    const message = messageOf();
    expect(message).toContain(`${folder} cannot be used (4 faults)`);
    expect(message).toContain('AUSDT.csv:4: timestamp is "x", not a number');
    expect(message).toContain('BUSDT.csv: is empty');
    expect(message).toContain('CUSDT_1h.csv: 1h: only candles of 1m and 5m');
    expect(message).toContain('is a second file for DUSDT');
  });

  it('shows the first twenty faults and counts the rest', () => {
    write('AUSDT.csv', ['timestamp,open,high,low,close,volume', ...Array<string>(25).fill('x,1,1,1,1,1')].join('\n'));
    expect(messageOf().split('\n')).toHaveLength(22);
    expect(messageOf()).toContain('… and 5 more');
  });

  it('needs the folder, candles in it, gzip that is gzip, and more than a day', () => {
    expect(messageOf(join(folder, 'missing'))).toContain('there is no such folder');
    mkdirSync(join(folder, 'empty'));
    expect(messageOf(join(folder, 'empty'))).toContain('it has no candle files of USDT markets');
    writeFileSync(join(folder, 'AUSDT.csv.gz'), 'plain text');
    expect(messageOf()).toContain('AUSDT.csv.gz: cannot be read: incorrect header check');
    rmSync(join(folder, 'AUSDT.csv.gz'));
    write('AUSDT.csv', csv(100));
    expect(messageOf()).toContain('shorter than the 24 hours');
  });
});

const recording = resolve(
  process.env.MARKET_DATA ?? join(dirname(fileURLToPath(import.meta.url)), '../../../../shared/market-data'),
  'mexc-spot-2026',
);
describe.skipIf(!existsSync(recording))('candles recorded at MEXC', () => {
  it('come back as they were recorded, and no price is quoted outside them', () => {
    const market = openRecordedMarket(recording, 1);
    expect(market.listings).toHaveLength(211);
    const quotes = createQuotes(market);
    const now = market.startAt + 3 * 3_600_000 + 123_456;
    for (const token of quotes.listed(now)) {
      const { series, listing } = token;
      const [row] = klines(token, gridOf('5m')!, { startTime: null, endTime: now - 300_000, limit: 1 }, now);
      const chunk = series.chunkAt(0);
      if (!row) continue; // listed this very moment
      const index = (row[0] - series.firstOpen) / series.stepMs;
      const stored = [chunk.open, chunk.high, chunk.low, chunk.close, chunk.volume].map((column) => column[index]!);
      expect(row.slice(1, 6).map(Number)).toEqual(stored);
      const { high, low } = candleOver(series, now - (now % 300_000), now);
      const last = quotes.last(token, now);
      const half = 0.5 / 10 ** listing.priceDecimals;
      expect(last).toBeGreaterThanOrEqual(low - half);
      expect(last).toBeLessThanOrEqual(high + half);
      const { bids, asks } = quotes.book(token, now);
      expect(bids[0]!.ticks).toBeLessThan(asks[0]!.ticks);
    }
  });
});
