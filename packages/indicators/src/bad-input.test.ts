import { describe, expect, it } from 'vitest';
import { candleAt, columnsOf, everyIndicator, mapSeries, type Series } from '../test/every-indicator.ts';
import { walk } from '../test/series.ts';
import {
  adx,
  aroon,
  atr,
  bollinger,
  bollingerWidth,
  cci,
  createAdx,
  createNatr,
  createRsi,
  createSma,
  donchian,
  ema,
  IndicatorInputError,
  keltner,
  linearRegressionSlope,
  macd,
  mfi,
  natr,
  parabolicSar,
  realizedVolatility,
  roc,
  rsi,
  sma,
  standardDeviation,
  stochastic,
  stochasticRsi,
  ultimateOscillator,
  volumeZScore,
  vwap,
  williamsR,
} from './index.ts';

const series = walk(300);
const long = walk(3000);
const { close } = series;
const subjects = everyIndicator(5).map((subject) => [subject.name, subject] as const);

const first = (length: number): Series => mapSeries(series, (column) => column.slice(0, length));
const spoil = (name: keyof Series, index: number, value: number): Series =>
  mapSeries(series, (column, own) => (own === name ? column.with(index, value) : column));

describe.each(subjects)('%s', (_, subject) => {
  const names = columnsOf(subject.batch(series)).map(([name]) => name);

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'refuses %d anywhere in a column',
    (bad) => {
      for (const name of subject.inputs) {
        for (const index of [0, 1, 3, 6, 150, 298, 299]) {
          const place = `[${index}] is ${bad}`;
          expect(() => subject.batch(spoil(name, index, bad)), `${name}${place}`).toThrow(
            expect.objectContaining({ name: 'IndicatorInputError', message: expect.stringContaining(place) }),
          );
        }
      }
    },
  );

  it('refuses a candle with NaN and stays as it was', () => {
    const stream = subject.stream();
    for (let index = 0; index < 40; index++) stream.push(candleAt(series, index));
    const before = stream.save();
    for (const name of subject.inputs) {
      const bad = { ...candleAt(series, 40), [name]: Number.NaN };
      expect(() => stream.push(bad)).toThrow(IndicatorInputError);
      expect(() => stream.peek(bad)).toThrow(IndicatorInputError);
    }
    expect(stream.save()).toEqual(before);
  });

  it('is empty for no candles and NaN for too few', () => {
    for (const [, values] of columnsOf(subject.batch(first(0)))) expect(values).toHaveLength(0);
    for (const [at, [, values]] of columnsOf(subject.batch(first(3))).entries()) {
      expect(values.findIndex(Number.isFinite)).toBe(subject.warmUp[at]! < 3 ? subject.warmUp[at] : -1);
    }
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 16, 20, 21, 40, 299, 300])(
    'writes every value of the caller’s columns of %i, whatever they held',
    (length) => {
      const part = first(length);
      const fill = (held: number) => {
        const own = names.map((name) => [name, new Float64Array(length).fill(held)] as const);
        const answer = columnsOf(subject.batch(part, names[0] === 'value' ? own[0]![1] : Object.fromEntries(own)));
        expect(answer.every(([, values], at) => values === own[at]![1])).toBe(true);
        return answer;
      };
      expect(fill(7)).toEqual(fill(-8));
    },
  );

  it('answers the same in new columns and in the caller’s', () => {
    const own = names.map((name) => [name, new Float64Array(long.close.length)] as const);
    subject.batch(long, names[0] === 'value' ? own[0]![1] : Object.fromEntries(own));
    expect(columnsOf(subject.batch(long))).toEqual(own);
  });

  it('refuses an output of another length, and one that shares memory with an input', () => {
    const outputs = (make: () => Float64Array) =>
      names[0] === 'value' ? make() : Object.fromEntries(names.map((name) => [name, make()]));
    expect(() =>
      subject.batch(
        series,
        outputs(() => new Float64Array(299)),
      ),
    ).toThrow('output has 299 values, the series 300');
    expect(() =>
      subject.batch(
        series,
        outputs(() => series[subject.inputs[0]!]),
      ),
    ).toThrow('output shares memory');
    if (names.length > 1) {
      const same = new Float64Array(300);
      expect(() =>
        subject.batch(
          series,
          outputs(() => same),
        ),
      ).toThrow('output shares memory');
    }
  });

  it('refuses the state of another indicator, of other parameters, or a damaged one', () => {
    const stream = subject.stream();
    const state = stream.save();
    const wrong = [
      { ...state, indicator: 'another' },
      { ...state, parameters: [...state.parameters, 1] },
      { ...state, values: state.values.slice(1) },
      { ...state, values: state.values.with(0, Number.NaN) },
    ];
    for (const bad of wrong) expect(() => stream.restore(bad)).toThrow(IndicatorInputError);
    expect(stream.save()).toEqual(state);
  });

  it('is sound at prices of 1e-9, over thousands of flat candles, and recovers', () => {
    const flat = 20_000;
    const length = 300 + flat + 300;
    const priceOf = (i: number, column: Float64Array) => {
      if (i < 300) return column[i]! * 1e-11;
      return i < 300 + flat ? close[299]! * 1e-11 : column[i - 300 - flat]! * 1e-11;
    };
    const long = mapSeries(series, (column, name) =>
      Float64Array.from({ length }, (__, i) => {
        if (name === 'openTime') return i * 60_000;
        if (name === 'volume') return i >= 300 && i < 300 + flat ? 0 : column[i % 300]!;
        return priceOf(i, column);
      }),
    );
    for (const [at, [name, values]] of columnsOf(subject.batch(long)).entries()) {
      expect(values.subarray(subject.warmUp[at]).every(Number.isFinite), name).toBe(true);
      const again = columnsOf(subject.batch(mapSeries(long, (column) => column.slice(300 + flat - 1))))[at]![1];
      const off = Math.abs(values.at(-1)! - again.at(-1)!);
      if (subject.kind !== 'volume') expect(off).toBeLessThanOrEqual(1e-9 * Math.abs(again.at(-1)!));
    }
  });
});

const ofSeveral = subjects.filter(([, { inputs }]) => inputs.length > 1);

it.each(ofSeveral)('%s refuses columns of unequal length', (_, subject) => {
  for (const name of subject.inputs) {
    const torn = mapSeries(series, (column, own) => (own === name ? column.slice(1) : column));
    expect(() => subject.batch(torn)).toThrow(expect.objectContaining({ name: 'IndicatorInputError' }));
  }
});

describe('a period', () => {
  const withPeriod: Record<string, (period: number) => unknown> = {
    sma: (p) => sma(close, p),
    ema: (p) => ema(close, p),
    rsi: (p) => rsi(close, p),
    atr: (p) => atr(series, p),
    'macd, fast': (p) => macd(close, p, 26, 9),
    'macd, slow': (p) => macd(close, 12, p, 9),
    'macd, signal': (p) => macd(close, 12, 26, p),
    aroon: (p) => aroon(series, p),
    stochastic: (p) => stochastic(series, p, 3, 3),
    'stochastic, smoothing': (p) => stochastic(series, 14, p, 3),
    'stochastic, signal': (p) => stochastic(series, 14, 3, p),
    stochasticRsi: (p) => stochasticRsi(close, p, 14, 3),
    cci: (p) => cci(series, p),
    roc: (p) => roc(close, p),
    williamsR: (p) => williamsR(series, p),
    ultimateOscillator: (p) => ultimateOscillator(series, 7, p, 28),
    bollinger: (p) => bollinger(close, p, 2),
    standardDeviation: (p) => standardDeviation(close, p),
    keltner: (p) => keltner(series, p, 10, 2),
    'keltner, ATR': (p) => keltner(series, 20, p, 2),
    donchian: (p) => donchian(series, p),
    mfi: (p) => mfi(series, p),
    vwap: (p) => vwap(series, p),
    volumeZScore: (p) => volumeZScore(series.volume, p),
    createSma: (p) => createSma(p),
    createRsi: (p) => createRsi(p),
  };

  it.each(Object.entries(withPeriod))('of %s is a whole number of at least 1', (_, indicator) => {
    for (const period of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => indicator(period)).toThrow(`period ${period} is not a whole number of at least 1`);
      expect(() => indicator(period)).toThrow(IndicatorInputError);
    }
  });

  it('beyond any use is refused before memory is asked for', () => {
    expect(() => createSma(1e12)).toThrow('period 1000000000000 is above 10000000');
    expect(donchian(series, 10_000_000).upper.every(Number.isNaN)).toBe(true);
  });

  it('of ADX, a slope or a sample deviation is at least 2', () => {
    for (const indicator of [
      () => adx(series, 1),
      () => createAdx(1),
      () => linearRegressionSlope(close, 1),
      () => realizedVolatility(close, 1),
    ]) {
      expect(indicator).toThrow('period 1 is not a whole number of at least 2');
    }
  });

  it('of MACD’s fast average is under the slow one', () => {
    expect(() => macd(close, 26, 26, 9)).toThrow('fast period 26 is not under the slow period 26');
  });
});

describe('a factor', () => {
  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('of %d is refused', (factor) => {
    expect(() => bollinger(close, 20, factor)).toThrow(`deviations ${factor} is not a finite number above 0`);
    expect(() => keltner(series, 20, 10, factor)).toThrow(`ranges ${factor} is not a finite number above 0`);
    expect(() => parabolicSar(series, factor, 0.2)).toThrow(`acceleration ${factor} is not a finite number above 0`);
  });

  it('of acceleration is at most its maximum', () => {
    expect(() => parabolicSar(series, 0.3, 0.2)).toThrow('maximum acceleration 0.2 is under the acceleration 0.3');
  });
});

it('refuses a price without a logarithm', () => {
  expect(() => realizedVolatility(close.with(4, 0), 20)).toThrow('price 0 has no logarithm');
});

it('has no percent of a price that is not above 0', () => {
  const spoilt = { ...series, close: close.with(20, 0) };
  const values = natr(spoilt, 5);
  expect(values[20]).toBeNaN();
  expect(Number.isFinite(values[19]) && Number.isFinite(values[21])).toBe(true);
  const stream = createNatr(5);
  const streamed = Array.from(close, (_, index) => stream.push(candleAt({ ...series, ...spoilt }, index)));
  expect(streamed).toEqual(Array.from(values));

  const around = Float64Array.from([1, 2, -1, -2, -3, 3, 3, 3]);
  const widths = [
    Number.NaN,
    Number.NaN,
    expect.any(Number),
    Number.NaN,
    Number.NaN,
    Number.NaN,
    expect.any(Number),
    0,
  ];
  expect(Array.from(bollingerWidth(around, 3, 2))).toEqual(widths);
});

it('refuses finite values that overflow, rather than answer Infinity', () => {
  const huge = new Float64Array(50).fill(1.7e308);
  const market = { high: huge, low: huge, close: huge, volume: huge };
  for (const indicator of [cci, mfi, vwap]) {
    expect(() => indicator(market, 5)).toThrow('values are too large to add up');
  }
  expect(() => sma(huge, 5)).toThrow('values are too large to add up');
  expect(() => ema(huge, 5)).toThrow('values are too large to add up');
});

it('names every column of unequal length', () => {
  const torn = { ...series, low: series.low.slice(1) };
  expect(() => atr(torn, 14)).toThrow('columns differ in length: high 300, low 299, close 300');
});
