import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { adx, atr, type HighLowClose, trueRange } from './index.ts';

// Synthetic candles and reference values of TA-Lib C 0.6 (period 14, unstable period 0); rows thinned, cells empty until warm.
type Row = Readonly<Record<string, string>>;

function readTable(file: string): Row[] {
  const text = readFileSync(new URL(`../fixtures/${file}.csv`, import.meta.url), 'utf8');
  const [header, ...lines] = text.trimEnd().split('\n');
  const names = header!.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, i) => [name, cells[i]!]));
  });
}

function readCandles(series: string): HighLowClose {
  const rows = readTable(`candles-${series}`);
  const column = (name: string) => Float64Array.from(rows, (row) => Number(row[name]));
  return { high: column('high'), low: column('low'), close: column('close') };
}

const tolerances = readTable('tolerances');
const limitsOf = (series: string, column: string) => {
  const found = tolerances.find((row) => row.file === series && row.column === column)!;
  return { rtol: Number(found.rtol), atol: Number(found.atol) };
};

describe.each(['walk', 'tiny', 'flat', 'pump', 'short'])('%s', (series) => {
  const candles = readCandles(series);
  const reference = readTable(`reference-${series}`);
  const movement = adx(candles, 14);

  it.each([
    ['trange', trueRange(candles)],
    ['atr_14', atr(candles, 14)],
    ['plus_di_14', movement.plusDi],
    ['minus_di_14', movement.minusDi],
    ['adx_14', movement.adx],
  ] as const)('%s agrees with TA-Lib in every cell, warm-up included', (column, values) => {
    const { rtol, atol } = limitsOf(series, column);
    expect(values).toHaveLength(candles.close.length);

    let filled = 0;
    for (const row of reference) {
      const index = Number(row.index);
      const cell = row[column]!;
      const value = values[index]!;
      if (cell === '') {
        expect(value, `${column}[${index}]`).toBeNaN();
        continue;
      }
      filled++;
      const expected = Number(cell);
      const off = Math.abs(value - expected);
      if (!(off <= atol + rtol * Math.abs(expected))) expect(value, `${column}[${index}]`).toBe(expected);
    }
    expect(filled).toBeGreaterThan(0);
  });

  it('is finite in every candle after warm-up, flat stretches included', () => {
    for (const [first, values] of [
      [1, trueRange(candles)],
      [14, atr(candles, 14)],
      [14, movement.plusDi],
      [14, movement.minusDi],
      [27, movement.adx],
    ] as const) {
      expect(values.subarray(0, first).every(Number.isNaN)).toBe(true);
      expect(values.subarray(first).every(Number.isFinite)).toBe(true);
    }
  });
});

describe('indicators of candles', () => {
  const candles = readCandles('pump');
  const upTo = (n: number): HighLowClose => ({
    high: candles.high.slice(0, n),
    low: candles.low.slice(0, n),
    close: candles.close.slice(0, n),
  });

  it.each([1, 14, 15, 27, 28, 100, 499])('over the first %i candles ignore the later ones', (n) => {
    const all = adx(candles, 14);
    const some = adx(upTo(n), 14);
    expect(trueRange(upTo(n))).toEqual(trueRange(candles).slice(0, n));
    expect(atr(upTo(n), 14)).toEqual(atr(candles, 14).slice(0, n));
    expect(some.adx).toEqual(all.adx.slice(0, n));
    expect(some.plusDi).toEqual(all.plusDi.slice(0, n));
    expect(some.minusDi).toEqual(all.minusDi.slice(0, n));
  });

  it('are empty for no candles', () => {
    expect(trueRange(upTo(0))).toHaveLength(0);
    expect(atr(upTo(0), 14)).toHaveLength(0);
    expect(adx(upTo(0), 14).adx).toHaveLength(0);
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuse the period %d', (period) => {
    expect(() => atr(candles, period)).toThrow(`period ${period} is not a whole number of at least 1`);
    expect(() => adx(candles, period)).toThrow(`period ${period} is not a whole number of at least 2`);
  });

  it('refuse an ADX period of 1, which has no candle to start its sums from', () => {
    expect(() => adx(candles, 1)).toThrow('period 1 is not a whole number of at least 2');
    expect(Array.from(atr(candles, 1))).toEqual(Array.from(trueRange(candles)));
  });

  it('refuse columns of unequal length, naming each', () => {
    const torn = { ...candles, low: candles.low.slice(1) };
    for (const indicator of [trueRange, (c: HighLowClose) => atr(c, 14), (c: HighLowClose) => adx(c, 14)]) {
      expect(() => indicator(torn)).toThrow('columns differ in length: high 1000, low 999, close 1000');
      expect(() => indicator(torn)).toThrow(expect.objectContaining({ name: 'IndicatorInputError' }));
    }
  });
});
