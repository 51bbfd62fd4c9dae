import { describe, expect, it } from 'vitest';
import { candleAt, mapSeries, type Series } from '../test/every-indicator.ts';
import { walk } from '../test/series.ts';
import {
  bollinger,
  cci,
  createCci,
  createSma,
  donchian,
  linearRegressionSlope,
  mfi,
  sma,
  standardDeviation,
  ultimateOscillator,
  vwap,
} from './index.ts';

const LENGTH = 1_000_000;
const SPIKE_EVERY = 49_999;
const PERIOD = 20;

/** A million candles at prices of 1e-9, now and then one a million billion times as high, with as much volume. */
function spikedSeries(): Series {
  const scaled = mapSeries(walk(LENGTH), (column, name) =>
    name === 'volume' || name === 'openTime' ? column : column.map((value) => value * 1e-11),
  );
  for (const column of [scaled.high, scaled.low, scaled.close, scaled.volume]) {
    for (let i = SPIKE_EVERY; i < LENGTH; i += SPIKE_EVERY) column[i] = column[i]! * 1e15;
  }
  return scaled;
}

const series = spikedSeries();
const { high, low, close, volume } = series;

/** Everywhere near a spike, and each 10,007th candle. */
const watched = Array.from({ length: LENGTH }, (_, i) => i).filter(
  (i) => i > 60 && (i % 10_007 === 0 || (i >= SPIKE_EVERY && i % SPIKE_EVERY < 64)),
);

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
/** `of` for each of the last `period` candles up to `i`, oldest first. */
const windowAt = (i: number, period: number, of: (at: number) => number) =>
  Array.from({ length: period }, (_, k) => of(i - period + 1 + k));

const price = (at: number) => (high[at]! + low[at]! + close[at]!) / 3;
const range = (at: number) => Math.max(high[at]!, close[at - 1]!) - Math.min(low[at]!, close[at - 1]!);
const pressure = (at: number) => close[at]! - Math.min(low[at]!, close[at - 1]!);

function deviationAt(i: number): number {
  const window = windowAt(i, PERIOD, (at) => close[at]! - close[i]!);
  const mean = sumOf(window) / PERIOD;
  return Math.sqrt(sumOf(window.map((d) => (d - mean) ** 2)) / PERIOD);
}

function cciAt(i: number): number {
  const window = windowAt(i, PERIOD, (at) => price(at) - price(i));
  const mean = sumOf(window) / PERIOD;
  return -mean / (0.015 * (sumOf(window.map((d) => Math.abs(d - mean))) / PERIOD));
}

function slopeAt(i: number): number {
  const weighted = windowAt(i, PERIOD, (at) => (at - i + (PERIOD - 1) / 2) * (close[at]! - close[i]!));
  return (12 * sumOf(weighted)) / (PERIOD * (PERIOD ** 2 - 1));
}

function mfiAt(i: number): number {
  const flows = windowAt(i, PERIOD, (at) => price(at) * volume[at]! * Number(price(at) !== price(at - 1)));
  const rises = windowAt(i, PERIOD, (at) => price(at) * volume[at]! * Number(price(at) > price(at - 1)));
  return (100 * sumOf(rises)) / sumOf(flows);
}

function oscillatorAt(i: number): number {
  const share = (period: number) => sumOf(windowAt(i, period, pressure)) / sumOf(windowAt(i, period, range));
  return (100 / 7) * (4 * share(7) + 2 * share(14) + share(28));
}

// each with what is lost where prices are subtracted: a share of the answer, or of its scale
const subjects: readonly [string, Float64Array, (i: number) => number, number][] = [
  ['sma', sma(close, PERIOD), (i) => sumOf(windowAt(i, PERIOD, (at) => close[at]!)) / PERIOD, 0],
  [
    'vwap',
    vwap(series, PERIOD),
    (i) =>
      sumOf(windowAt(i, PERIOD, (at) => price(at) * volume[at]!)) / sumOf(windowAt(i, PERIOD, (at) => volume[at]!)),
    0,
  ],
  ['donchian', donchian(series, PERIOD).upper, (i) => Math.max(...windowAt(i, PERIOD, (at) => high[at]!)), 0],
  ['standardDeviation', standardDeviation(close, PERIOD), deviationAt, 0],
  ['linearRegressionSlope', linearRegressionSlope(close, PERIOD), slopeAt, 1e-24],
  ['cci', cci(series, PERIOD), cciAt, 1e-8],
  ['mfi', mfi(series, PERIOD), mfiAt, 1e-10],
  ['ultimateOscillator', ultimateOscillator(series, 7, 14, 28), oscillatorAt, 1e-10],
];

describe.each([299, 300, 301, 501])('CCI over long windows: %i candles', (period) => {
  const unit = 0.015;
  const afresh = (prices: Float64Array, i: number) => {
    const window = Array.from(prices.subarray(i + 1 - period, i + 1), (value) => value - prices[i]!);
    const mean = sumOf(window) / period;
    const distances = sumOf(window.map((d) => Math.abs(d - mean)));
    return distances === 0 ? 0 : -mean / ((unit * distances) / period);
  };
  const length = 4 * period + 7;
  const plain = walk(length);
  const each = (priceAt: (price: number, i: number) => number) =>
    mapSeries(plain, (column) => column.map((price, i) => priceAt(price, i)));
  const plausible: readonly [string, Series][] = [
    ['a walk', plain],
    ['prices of 1e-9', each((price) => price * 1e-11)],
    ['crashes', each((price, i) => (i % 89 === 5 ? price * 1e-9 : price))],
    ['a jump to a thousand times the price and back', each((price, i) => (i % 700 < 350 ? price : price * 1000))],
    ['a market that stands still now and then', each((price, i) => (i % 400 < 220 ? 3e-9 : price))],
    ['two prices', each((_, i) => (i % 3 === 0 ? 1 : 2))],
  ];
  const absurd: readonly [string, Series][] = [
    ['spikes', each((price, i) => (i % 97 === 5 ? price * 1e15 : price))],
    ['a price that doubles with every candle', each((_, i) => 2 ** (i % 900))],
  ];

  it.each([...plausible, ...absurd])('%s: what each window gives afresh, and the stream', (_, market) => {
    const values = cci(market, period);
    const prices = Float64Array.from(market.close, (price, i) => market.high[i]! + market.low[i]! + price);
    const stream = createCci(period);
    for (let i = 0; i < length; i++) {
      const streamed = stream.push(candleAt(market, i));
      if (i < period - 1) {
        expect(values[i]).toBeNaN();
        continue;
      }
      const expected = afresh(prices, i);
      expect(Math.abs(values[i]! - expected), `index ${i}`).toBeLessThanOrEqual(1e-9 + 1e-12 * Math.abs(expected));
      expect(Math.abs(values[i]! - streamed), `index ${i}`).toBeLessThanOrEqual(1e-12 * Math.abs(streamed));
    }
  });

  const cuts = [0, 1, period - 1, period, period + 40, 2 * period + 3].map((past) => period + past);
  const part = (market: Series, n: number) => mapSeries(market, (column) => column.slice(0, n));

  it.each(plausible)('%s: later candles change nothing', (_, market) => {
    const values = cci(market, period);
    for (const n of cuts) expect(cci(part(market, n), period)).toEqual(values.slice(0, n));
  });

  it.each(absurd)('%s: later candles change nothing but the last digits', (_, market) => {
    const values = cci(market, period);
    for (const n of cuts) {
      for (const [i, value] of cci(part(market, n), period).entries()) {
        if (i < period - 1) continue;
        expect(Math.abs(value - values[i]!)).toBeLessThanOrEqual(1e-12 * Math.abs(value));
      }
    }
  });
});

describe('over a million candles with extremes', () => {
  it.each(subjects)('%s is what each window gives afresh', (_, values, valueAt, absolute) => {
    for (const i of watched) {
      const expected = valueAt(i);
      const isNear = Math.abs(values[i]! - expected) <= absolute + 1e-12 * Math.abs(expected);
      if (!isNear) expect(values[i], `index ${i}`).toBe(expected);
    }
    expect(watched.length).toBeGreaterThan(1000);
  });

  it('Bollinger bands meet their deviation again after a spike', () => {
    const { upper, lower } = bollinger(close, PERIOD, 2);
    for (const i of watched) {
      const deviation = deviationAt(i);
      expect(Math.abs(upper[i]! - lower[i]! - 4 * deviation)).toBeLessThanOrEqual(
        1e-15 * upper[i]! + 1e-12 * deviation,
      );
    }
  });
});

it('streams share a buffer, not their memories', () => {
  const averages = Array.from({ length: 300 }, (_, at) => ({ at, stream: createSma(1 + (at % 90)) }));
  for (let round = 0; round < 200; round++) for (const { at, stream } of averages) stream.push(at);
  for (const { at, stream } of averages) expect(stream.push(at)).toBeCloseTo(at, 9);
});

it('the ultimate oscillator is the same of prices so small that the product of three ranges vanishes', () => {
  const plain = walk(200);
  const tiny = mapSeries(plain, (column) => column.map((value) => value * 2 ** -300));
  const expected = ultimateOscillator(plain, 7, 14, 28).subarray(28);
  for (const [i, value] of ultimateOscillator(tiny, 7, 14, 28).subarray(28).entries()) {
    expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-11);
  }
});
