import { describe, expect, it } from 'vitest';
import { candlesFrom } from '../../../test/support/builders.ts';
import { breadthOf, nextRegime, type RegimeCriteria, type RegimeReading, type RegimeState, readBtc } from './regime.ts';
import { HOUR_MS, MINUTE_MS } from './time.ts';

const criteria: RegimeCriteria = {
  crash: { change1h: -0.03, change4h: -0.05, change24h: -0.1 },
  bearish: { change4h: -0.02, change24h: -0.03, breadth: 0.4 },
  bullish: { change24h: 0.02, breadth: 0.6, maxVolatility: 0.01 },
  margin: { change: 0.005, breadth: 0.05, volatility: 0.001 },
  readings: 3,
  forgetAfterMs: 30 * MINUTE_MS,
};
const btc = { change1h: 0, change4h: 0, change24h: 0, volatility: 0.004 };

type Step = { readonly btc?: Partial<typeof btc> | null; readonly breadth?: number | null };

/** Readings a minute apart, from a fresh start; each step says only what is unusual about it. */
function regimesAfter(steps: readonly Step[], from: RegimeState | null = null): RegimeState[] {
  const states: RegimeState[] = [];
  for (const step of steps) {
    const before = states.at(-1) ?? from;
    const reading: RegimeReading = {
      at: (before?.at ?? 0) + MINUTE_MS,
      btc: step.btc === null ? null : { ...btc, ...step.btc },
      breadth: step.breadth === undefined ? 0.5 : step.breadth,
    };
    states.push(nextRegime(before, reading, criteria));
  }
  return states;
}
const names = (states: readonly RegimeState[]) => states.map(({ regime }) => regime);
const times = (n: number, step: Step): Step[] => Array.from({ length: n }, () => step);

describe('nextRegime', () => {
  it.each([
    ['crash', 'btc_1h', { btc: { change1h: -0.03 } }],
    ['crash', 'btc_4h', { btc: { change4h: -0.05 } }],
    ['crash', 'btc_24h', { btc: { change24h: -0.1 } }],
    ['bearish', 'btc_4h', { btc: { change4h: -0.02 } }],
    ['bearish', 'btc_24h', { btc: { change24h: -0.03 } }],
    ['bearish', 'breadth', { breadth: 0.4 }],
    ['bullish', 'rising', { btc: { change24h: 0.02 }, breadth: 0.6 }],
    ['neutral', 'calm', {}],
    ['neutral', 'calm', { btc: { change24h: 0.02, volatility: 0.011 }, breadth: 0.6 }],
    ['neutral', 'calm', { btc: { change24h: 0.1 }, breadth: null }],
    ['neutral', 'no_btc', { btc: null }],
    ['bearish', 'no_btc', { btc: null, breadth: 0.1 }],
    ['bullish', 'no_btc', { btc: null, breadth: 0.9 }],
    ['neutral', 'no_data', { btc: null, breadth: null }],
  ] as const)('begins as %s because of %s', (regime, reason, step) => {
    expect(regimesAfter([step])[0]).toMatchObject({ regime, reason });
  });

  it('changes after enough readings in a row past the margin, and not before', () => {
    expect(names(regimesAfter([{}, ...times(3, { breadth: 0.34 })]))).toEqual([
      'neutral',
      'neutral',
      'neutral',
      'bearish',
    ]);
  });

  it('counts anew after a reading that says stay', () => {
    const states = regimesAfter([{}, ...times(2, { breadth: 0.34 }), {}, ...times(2, { breadth: 0.34 })]);
    expect(new Set(names(states))).toEqual(new Set(['neutral']));
  });

  it('stays inside the margin, on both sides of a threshold', () => {
    const inBand = [0.36, 0.44, 0.36, 0.44, 0.36].map((breadth) => ({ breadth }));
    expect(new Set(names(regimesAfter([{}, ...inBand])))).toEqual(new Set(['neutral']));
    expect(new Set(names(regimesAfter([{ breadth: 0.2 }, ...inBand])))).toEqual(new Set(['bearish']));
  });

  it('enters a crash at once and leaves it slowly, to the nearest regime the readings named', () => {
    const crash = { btc: { change1h: -0.031 } };
    const states = regimesAfter([{}, crash, {}, { breadth: 0.2 }, {}]);
    expect(names(states)).toEqual(['neutral', 'crash', 'crash', 'crash', 'bearish']);
    const barely = times(9, { btc: { change1h: -0.026 } });
    expect(names(regimesAfter([crash, ...barely])).at(-1)).toBe('crash');
  });

  it('keeps the time it began and says where the readings point', () => {
    const states = regimesAfter([{}, {}, { breadth: 0.1 }]);
    expect(states[2]).toEqual({
      regime: 'neutral',
      reason: 'calm',
      since: MINUTE_MS,
      at: 3 * MINUTE_MS,
      btcAt: 3 * MINUTE_MS,
      next: { regime: 'bearish', reason: 'breadth', readings: 1 },
    });
  });

  it('stands while BTC cannot be read, until that is too long ago', () => {
    const states = regimesAfter([{ btc: { change1h: -0.05 } }, ...times(40, { btc: null, breadth: 0.7 })]);
    expect(names(states).slice(0, 31)).toEqual(Array(31).fill('crash'));
    expect(states.at(-1)).toMatchObject({ regime: 'bullish', reason: 'no_btc' });
  });

  it('decides anew after a long stop', () => {
    const old = { ...regimesAfter([{ btc: { change1h: -0.05 } }])[0]!, at: -31 * MINUTE_MS, since: -HOUR_MS };
    expect(nextRegime(old, { at: -MINUTE_MS, btc, breadth: 0.5 }, criteria)).toMatchObject({ regime: 'crash' });
    expect(nextRegime(old, { at: 0, btc, breadth: 0.5 }, criteria)).toMatchObject({ regime: 'neutral', since: 0 });
  });
});

describe('breadthOf', () => {
  const moved = (up: number, down: number) => [
    ...Array.from({ length: up }, () => ({ change: 0.01 })),
    ...Array.from({ length: down }, () => ({ change: -0.01 })),
  ];
  it('is the share of the markets that moved which rose', () => {
    const silent = [{ change: 0 }, { change: null }, { change: Number.NaN }];
    expect(breadthOf([...moved(30, 10), ...silent])).toBe(0.75);
  });
  it('is unknown with too few markets', () => {
    expect(breadthOf(moved(20, 9))).toBeNull();
    expect(breadthOf([])).toBeNull();
  });
});

describe('readBtc', () => {
  const STEP = 5 * MINUTE_MS;
  /** 25 h of candles at 100, then what a test adds */
  const candles = (...last: number[]) => candlesFrom([...Array(300).fill(100), ...last]);
  const closeOf = (n: number) => n * STEP;

  it('measures the changes against the closes 1, 4 and 24 h before the last', () => {
    const rising = candlesFrom(Array.from({ length: 301 }, (_, i) => 100 + i));
    const measures = readBtc(rising, '5m', closeOf(301))!;
    expect(measures.change1h).toBeCloseTo(400 / 388 - 1, 12);
    expect(measures.change4h).toBeCloseTo(400 / 352 - 1, 12);
    expect(measures.change24h).toBeCloseTo(400 / 112 - 1, 12);
  });

  it('finds no volatility where nothing moves', () => {
    expect(readBtc(candles(), '5m', closeOf(300))).toEqual({ change1h: 0, change4h: 0, change24h: 0, volatility: 0 });
  });

  it('gives the same from 5 m and from 1 h candles', () => {
    const closes = Array.from({ length: 312 }, (_, i) => 100 + 5 * Math.sin(i / 7));
    const fine = candlesFrom(closes);
    const hourly = fine
      .filter((_, i) => i % 12 === 11)
      .map((candle) => ({ ...candle, openTime: candle.openTime - 11 * STEP }));
    expect(readBtc(hourly, '1h', closeOf(312))).toEqual(readBtc(fine, '5m', closeOf(312)));
  });

  it('ignores candles that are not closed yet', () => {
    expect(readBtc(candles(50), '5m', closeOf(300))).toEqual(readBtc(candles(), '5m', closeOf(300)));
  });

  it('says nothing on old, short or broken candles', () => {
    expect(readBtc(candles(), '5m', closeOf(300) + 2 * STEP)).not.toBeNull();
    expect(readBtc(candles(), '5m', closeOf(300) + 2 * STEP + 1)).toBeNull();
    expect(readBtc(candles().slice(13), '5m', closeOf(300))).toBeNull();
    expect(readBtc(candles().toSpliced(96, 24), '5m', closeOf(300))).toBeNull();
    expect(readBtc(candles(0), '5m', closeOf(301))).toBeNull();
    expect(readBtc([], '5m', 0)).toBeNull();
  });
});
