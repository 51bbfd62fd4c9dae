import { expect, it } from 'vitest';
import { walk } from '../../test/series.ts';
import {
  CANDLESTICK_PATTERNS,
  candlestickPattern,
  candlestickPatternsAtLast,
  type OpenHighLowClose,
} from '../index.ts';

/** Candles of [open, high, low, close]. */
function candles(...rows: [number, number, number, number][]): OpenHighLowClose {
  const column = (at: 0 | 1 | 2 | 3) => Float64Array.from(rows, (row) => row[at]);
  return { open: column(0), high: column(1), low: column(2), close: column(3) };
}

const engulfing = candles([10, 10.2, 8.9, 9], [8.8, 10.6, 8.7, 10.5]);

it('marks the candle that completes a pattern', () => {
  expect([...candlestickPattern(engulfing, 'bullishEngulfing')]).toEqual([0, 1]);
  expect([...candlestickPattern(engulfing, 'bearishEngulfing')]).toEqual([0, 0]);
});

it('names the patterns complete with the last candle', () => {
  expect(candlestickPatternsAtLast(engulfing)).toContain('bullishEngulfing');
  expect(candlestickPatternsAtLast(candles([10, 10.6, 9.4, 10.001]))).toContain('doji');
});

it('finds the same patterns at prices of 1e-9', () => {
  const scale = (column: Float64Array) => column.map((price) => price * 2 ** -33);
  const { open, high, low, close } = engulfing;
  const tiny = { open: scale(open), high: scale(high), low: scale(low), close: scale(close) };
  expect(candlestickPatternsAtLast(tiny)).toEqual(candlestickPatternsAtLast(engulfing));
});

it.each(CANDLESTICK_PATTERNS)('%s looks only at the candles up to its own', (pattern) => {
  const series = walk(200);
  const { open, high, low, close } = series;
  const all = candlestickPattern(series, pattern);
  for (const n of [0, 1, 4, 5, 50, 199]) {
    const part = { open: open.slice(0, n), high: high.slice(0, n), low: low.slice(0, n), close: close.slice(0, n) };
    expect(candlestickPattern(part, pattern)).toEqual(all.slice(0, n));
    expect(n > 0 && candlestickPatternsAtLast(part).includes(pattern)).toBe(n > 0 && all[n - 1] === 1);
  }
});

it('refuses columns of unequal length and NaN', () => {
  const torn = { ...engulfing, open: engulfing.open.slice(1) };
  expect(() => candlestickPatternsAtLast(torn)).toThrow('columns differ in length: open 1, close 2');
  const bad = { ...engulfing, open: engulfing.open.with(1, Number.NaN) };
  expect(() => candlestickPattern(bad, 'doji')).toThrow('open[1] is NaN');
});
