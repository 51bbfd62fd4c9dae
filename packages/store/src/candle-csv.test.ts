import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';
import { TIMEFRAME_MS, toColumns } from '@mexc-bot/core';
import { describe, expect, it } from 'vitest';
import { csvName, EXPORT_NAME, parseFileName, readCandleCsv, writeCandleCsv } from './candle-csv.ts';

const M5 = TIMEFRAME_MS['5m'];
const HEADER = 'timestamp,open,high,low,close,volume';
const NOW = 1_000 * M5;
const read = (text: string | Buffer, timeframe: string | null = '5m') =>
  readCandleCsv(typeof text === 'string' ? Buffer.from(text) : text, 'A.csv', timeframe, NOW);
const rows = (...lines: readonly string[]) => [HEADER, ...lines].join('\n');

describe('a candle file', () => {
  it('is read back as it was written, plain and packed, tiny prices too', () => {
    const candles = toColumns([
      { openTime: 7 * M5, open: 1.23e-9, high: 4e-9, low: 1e-9, close: 2e-9, volume: 0 },
      { openTime: 9 * M5, open: 0.1 + 0.2, high: 1, low: 0.3, close: 0.5, volume: 123_456_789.123 },
    ]);
    for (const gzip of [false, true]) {
      expect(read(writeCandleCsv(candles, gzip))).toEqual({ ok: true, value: { timeframe: '5m', candles } });
    }
  });

  it('may have Windows line ends, a byte order mark, columns in another order, and no last line end', () => {
    const text = '\uFEFFclose,Open,high,low,volume,timestamp\r\n2,1,3,1,5,300000\r\n2,2,3,1,5,600000';
    const result = read(text);
    expect(result.ok && [...result.value.candles.close]).toEqual([2, 2]);
    expect(result.ok && [...result.value.candles.openTime]).toEqual([M5, 2 * M5]);
  });

  it('tells its timeframe by the spacing of its rows where its name does not', () => {
    const result = read(rows('3600000,1,1,1,1,1', '10800000,1,1,1,1,1', '14400000,1,1,1,1,1'), null);
    expect(result.ok && result.value.timeframe).toBe('1h');
  });

  it.each<[string, string | Buffer, number | null, RegExp]>([
    ['is empty', '', null, /is empty/],
    ['is another table', 'a,b\n1,2', 1, /header lacks timestamp, open/],
    ['has no rows', HEADER, null, /only a header/],
    ['was cut off in a row', rows('300000,1,1,1,1,1', '600000,1,1,'), 3, /low is missing/],
    ['was cut off in a packed file', gzipSync(rows('300000,1,1,1,1,1')).subarray(0, 40), null, /cannot be unpacked/],
    ['has a null volume', rows('300000,1,1,1,1,'), 2, /volume is missing/],
    ['has a word for a number', rows('300000,1,1,1,NaN,1'), 2, /close is "NaN", not a number/],
    ['has a row twice', rows('300000,1,1,1,1,1', '300000,1,1,1,1,1'), 3, /does not come after/],
    ['is not sorted', rows('600000,1,1,1,1,1', '300000,1,1,1,1,1'), 3, /300000 does not come after 600000/],
    ['has a high under its low', rows('300000,1,1,2,1,1'), 2, /high 1 is below low 2/],
    ['has a close over its high', rows('300000,1,1,1,2,1'), 2, /above high/],
    ['has a price of 0', rows('300000,0,1,0,1,1'), 2, /not above 0/],
    ['has a negative volume', rows('300000,1,1,1,1,-1'), 2, /volume -1/],
    ['has times in seconds', rows('301,1,1,1,1,1'), 2, /milliseconds UTC expected/],
    ['holds a candle that is not closed', rows('299700000,1,1,1,1,1', '300000000,1,1,1,1,1'), 3, /not closed yet/],
  ])('is refused where it %s', (_, text, line, message) => {
    const result = read(text);
    expect(result.ok).toBe(false);
    if (!result.ok) expect(result.error).toEqual([{ file: 'A.csv', line, message: expect.stringMatching(message) }]);
  });

  it.each(['30m', '1d'])('of %s is refused: its candles are not kept', (timeframe) => {
    expect(read(rows('0,1,1,1,1,1'), timeframe)).toMatchObject({ ok: false, error: [{ line: null }] });
  });
});

describe('file names', () => {
  it.each([
    ['MEXC_PEPE-USDT_5m.csv.gz', 'PEPEUSDT', '5m'],
    ['PEPE_USDT_1h.csv', 'PEPEUSDT', '1h'],
    ['PEPEUSDT.csv', 'PEPEUSDT', null],
    ['MEXC_4-USDT_5m.csv.gz', '4USDT', '5m'],
  ])('%s tell the market', (name, market, timeframe) => {
    expect(parseFileName(name)).toEqual({ market, timeframe });
  });

  it.each([
    ['GOLD(XAUT)USDT', 'MEXC_GOLD(XAUT)-USDT_5m.csv'],
    ['币安人生USDT', 'MEXC_币安人生-USDT_5m.csv'],
    ['../../x/USDT', 'MEXC_%2E%2E%2F%2E%2E%2F%78%2F-USDT_5m.csv'],
    ['A-B_C%USDT', 'MEXC_A%2DB%5FC%25-USDT_5m.csv'],
    ['a\\🐸ßUSDT', 'MEXC_%61%5C%F0%9F%90%B8%C3%9F-USDT_5m.csv'],
    ['X/Y', 'MEXC_X%2FY_5m.csv'],
  ])('of exports hold whatever the market is called: %s', (market, name) => {
    expect(csvName(market, 'USDT', '5m', false)).toBe(name);
    expect(EXPORT_NAME.test(name)).toBe(true);
    expect(basename(name)).toBe(name);
    if (market.endsWith('USDT')) expect(parseFileName(name)).toEqual({ market, timeframe: '5m' });
  });

  it('of others stay as they are where they only look encoded', () => {
    expect(parseFileName('100%USDT.csv')).toEqual({ market: '100%USDT', timeframe: null });
    expect(parseFileName('MEXC_%FF-USDT_5m.csv')).toEqual({ market: '%FFUSDT', timeframe: '5m' });
  });

  it('of exports can be imported, and only they are recognised as exports', () => {
    const name = csvName('1000XUSDT', 'USDT', '15m', true);
    expect(name).toBe('MEXC_1000X-USDT_15m.csv.gz');
    expect(parseFileName(name)).toEqual({ market: '1000XUSDT', timeframe: '15m' });
    expect(EXPORT_NAME.test(name)).toBe(true);
    for (const other of [
      'PEPEUSDT.csv',
      'MEXC_A-USDT_5m.txt',
      'notes.csv',
      'MEXC_A-USDT_7m.csv',
      'MEXC_../A-USDT_5m.csv',
    ]) {
      expect(EXPORT_NAME.test(other)).toBe(false);
    }
  });
});
