import { describe, expect, it } from 'vitest';
import { decimalsWritten, parseCandleFileName, parseCandles } from './candle-file.ts';

const HEADER = 'timestamp,open,high,low,close,volume';
const T = 1_779_286_800_000;
const row = (n: number, rest = '1.00,1.20,0.90,1.10,50') => `${T + n * 300_000},${rest}`;
const parse = (lines: readonly string[], timeframe: string | null = '5m') =>
  parseCandles(lines.join('\n'), 'x.csv', timeframe);
const faultsOf = (lines: readonly string[], timeframe: string | null = '5m') => {
  const read = parse(lines, timeframe);
  return 'faults' in read ? read.faults.map(({ line, message }) => `${line}: ${message}`) : [];
};

describe('names of candle files', () => {
  it.each([
    ['MEXC_PEPE-USDT_5m.csv.gz', 'PEPE', '5m'],
    ['MEXC_4-USDT_1m.csv.gz', '4', '1m'],
    ['PEPE_USDT_5m.csv', 'PEPE', '5m'],
    ['PEPE-USDT.csv', 'PEPE', null],
    ['PEPEUSDT.csv', 'PEPE', null],
    ['pepeUSDT_1m.csv', 'PEPE', '1m'],
  ])('%s is %s %s', (name, base, timeframe) => {
    expect(parseCandleFileName(name)).toEqual({ base, quote: 'USDT', timeframe });
  });
  it('of other quotes and other files are not taken for USDT markets', () => {
    expect(parseCandleFileName('MEXC_PEPE-BTC_5m.csv')).toMatchObject({ base: 'PEPE', quote: 'BTC' });
    expect(parseCandleFileName('notes.csv')).toBeNull();
  });
});

it('decimals are counted as written', () => {
  expect(['1', '0.0100', '0.00000000003105', '3.1e-11', '2e3'].map(decimalsWritten)).toEqual([0, 4, 14, 12, 0]);
});

describe('a candle file', () => {
  it('becomes columns on a grid, its holes filled with the last close and no trades', () => {
    const read = parse([HEADER, row(0), row(3, '1.1,1.3,1.1,1.234,7')]);
    if ('faults' in read) throw new Error('unexpected faults');
    const { chunk, stepMs, firstOpen, priceDecimals } = read.candles;
    expect({ stepMs, firstOpen, priceDecimals, length: chunk.length }).toEqual({
      stepMs: 300_000,
      firstOpen: T,
      priceDecimals: 3,
      length: 4,
    });
    expect([...chunk.open]).toEqual([1, 1.1, 1.1, 1.1]);
    expect([...chunk.volume]).toEqual([50, 0, 0, 7]);
    expect([...chunk.baseBefore]).toEqual([0, 50, 50, 50, 57]);
  });

  it('without a timeframe in its name is judged by its rows', () => {
    const minutes = [HEADER, `${T},1,1,1,1,1`, `${T + 60_000},1,1,1,1,1`];
    expect(parse(minutes, null)).toMatchObject({ candles: { stepMs: 60_000 } });
    expect(faultsOf([HEADER, row(0), row(12)], null)[0]).toContain('rows 60 minutes apart');
    expect(faultsOf([HEADER, row(0)], '1h')[0]).toContain('1h: only candles of 1m and 5m');
  });

  it('takes its columns in any order, and Windows line ends', () => {
    const read = parseCandles(`close,volume,timestamp,open,high,low\r\n1.1,5,${T},1,1.2,0.9\r\n`, 'x.csv', '5m');
    expect(read).toMatchObject({ candles: { firstOpen: T, priceDecimals: 1 } });
  });

  it.each([
    ['nothing', [''], 'null: is empty'],
    ['only a header', [HEADER], 'null: has no candles, only a header'],
    ['no header', [row(0)], '1: the header lacks timestamp, open, high, low, close, volume'],
    ['a column missing', ['timestamp,open,high,low,close', row(0)], '1: the header lacks volume'],
    ['text for a number', [HEADER, row(0), row(1, '1,x,1,1,1')], '3: high is "x", not a number'],
    ['a cell missing', [HEADER, row(0, '1,1,1,1')], '2: volume is missing'],
    ['high below low', [HEADER, row(0, '1,0.8,0.9,1,1')], '2: high 0.8 is below low 0.9'],
    ['a close above the high', [HEADER, row(0, '1,1.1,0.9,1.2,1')], '2: open 1 or close 1.2 is above high 1.1'],
    ['a price of zero', [HEADER, row(0, '1,1,0,1,1')], '2: low 0 is not above 0'],
    ['a timestamp twice', [HEADER, row(0), row(0)], `3: timestamp ${T} does not come after ${T}`],
    ['seconds for milliseconds', [HEADER, `${T / 1000},1,1,1,1,1`], '2: timestamp 1779286800 does not open'],
    ['an impossible hole', [HEADER, row(0), row(9e7)], 'null: its timestamps span'],
  ])('with %s says where and what', (_, lines, expected) => {
    expect(faultsOf(lines)[0]).toContain(expected);
  });

  it('tells every fault, not only the first', () => {
    expect(faultsOf([HEADER, row(0, 'a,1,1,1,1'), row(1, '1,1,1,b,1')])).toHaveLength(2);
  });
});
