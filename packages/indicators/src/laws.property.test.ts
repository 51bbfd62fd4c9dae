import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candleAt, columnsOf, everyIndicator, mapSeries, type Series, streamed } from '../test/every-indicator.ts';
import { walk } from '../test/series.ts';
import type { StreamState } from './index.ts';

/** Prices are whole multiples of this, so that sums with whole numbers are exact. */
const TICK = 2 ** -6;

interface Step {
  readonly gap: number;
  readonly body: number;
  readonly above: number;
  readonly below: number;
  readonly volume: number;
  /** candles that repeat it with nothing traded */
  readonly still: number;
}

const arbStep: fc.Arbitrary<Step> = fc.record({
  gap: fc.integer({ min: -20, max: 20 }),
  body: fc.integer({ min: -200, max: 200 }),
  above: fc.nat(60),
  below: fc.nat(60),
  volume: fc.oneof(fc.constant(0), fc.nat(1000), fc.nat(1_000_000)),
  still: fc.oneof({ arbitrary: fc.constant(0), weight: 9 }, { arbitrary: fc.nat(30), weight: 1 }),
});

/** Candles of a walk with gaps, flat stretches and days that end, all prices above 0. */
function arbSeries(maxSteps = 120): fc.Arbitrary<Series> {
  return fc.array(arbStep, { maxLength: maxSteps }).map((steps) => {
    const rows: number[][] = [];
    let price = 100_000;
    for (const { gap, body, above, below, volume, still } of steps) {
      const open = Math.max(price + gap, 400);
      const close = Math.max(open + body, 400);
      rows.push([open, Math.max(open, close) + above, Math.min(open, close) - below, close, volume]);
      for (let i = 0; i < still; i++) rows.push([close, close, close, close, 0]);
      price = close;
    }
    const column = (at: number, unit: number) => Float64Array.from(rows, (row) => row[at]! * unit);
    return {
      openTime: Float64Array.from(rows, (_, index) => Date.UTC(2024, 0, 1, 20) + index * 900_000),
      open: column(0, TICK),
      high: column(1, TICK),
      low: column(2, TICK),
      close: column(3, TICK),
      volume: column(4, 1),
    };
  });
}

const PERIODS = [1, 2, 3, 5, 14, 20];
const subjects = PERIODS.flatMap((period) =>
  everyIndicator(period).map((subject) => [subject.name, period, subject] as const),
);
const runs = { numRuns: 25 };

const first = (series: Series, length: number) => mapSeries(series, (column) => column.slice(0, length));

/** Equal within `relative`, NaN where NaN; `absolute` for answers that are differences of larger numbers. */
function expectNear(actual: Float64Array, expected: Float64Array, relative: number, absolute = 0): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) {
    const [a, b] = [actual[i]!, expected[i]!];
    const isNear = Object.is(a, b) || Math.abs(a - b) <= absolute + relative * Math.max(Math.abs(a), Math.abs(b));
    if (!isNear) expect(a, `index ${i}`).toBe(b);
  }
}

describe.each(subjects)('%s, period %i', (_, __, subject) => {
  it('gives in batch what it gives candle by candle, within 1e-12', () => {
    const check = (series: Series) => {
      const batch = columnsOf(subject.batch(series));
      const stream = new Map(streamed(subject.stream(), series));
      for (const [name, values] of batch) expectNear(stream.get(name) ?? new Float64Array(), values, 1e-12);
    };
    fc.assert(fc.property(arbSeries(), check), runs);
    check(walk(1500));
  });

  it('ignores later candles', () => {
    const property = fc.property(arbSeries(), fc.nat(200), (series, length) => {
      const whole = columnsOf(subject.batch(series));
      const part = columnsOf(subject.batch(first(series, length)));
      for (const [at, [, values]] of part.entries()) expect(values).toEqual(whole[at]![1].slice(0, length));
    });
    fc.assert(property, runs);
  });

  it('is NaN until warm, finite and sound from then on', () => {
    const property = fc.property(arbSeries(), (series) => {
      for (const [at, [, values]] of columnsOf(subject.batch(series)).entries()) {
        const warm = Math.min(subject.warmUp[at]!, values.length);
        expect(values.subarray(0, warm).every(Number.isNaN)).toBe(true);
        expect(values.subarray(warm).every(Number.isFinite)).toBe(true);
      }
    });
    fc.assert(property, runs);
  });

  it('answers a peek like the push after it, and peeking changes nothing', () => {
    const property = fc.property(arbSeries(60), (series) => {
      const stream = subject.stream();
      const other = candleAt(walk(1), 0);
      for (let index = 0; index < series.close.length; index++) {
        const candle = candleAt(series, index);
        const before = stream.save();
        const peeked = stream.peek(candle);
        stream.peek(other);
        expect(stream.save()).toEqual(before);
        expect(stream.push(candle)).toEqual(peeked);
      }
    });
    fc.assert(property, runs);
  });

  it('goes on from a saved state as if never stopped', () => {
    const property = fc.property(arbSeries(60), fc.nat(100), (series, cut) => {
      const stopped = subject.stream();
      streamed(stopped, first(series, cut));
      const resumed = subject.stream();
      resumed.restore(JSON.parse(JSON.stringify(stopped.save())) as StreamState);
      const rest = mapSeries(series, (column) => column.slice(cut));
      expect(streamed(resumed, rest)).toEqual(streamed(stopped, rest));
    });
    fc.assert(property, runs);
  });

  it('goes back to a saved state, also to one that was not warm', () => {
    const property = fc.property(arbSeries(60), fc.nat(100), (series, cut) => {
      const stream = subject.stream();
      streamed(stream, first(series, cut));
      const state = stream.save();
      const rest = mapSeries(series, (column) => column.slice(cut));
      const once = streamed(stream, rest);
      stream.restore(state);
      expect(streamed(stream, rest)).toEqual(once);
    });
    fc.assert(property, runs);
  });

  it('scales with prices: a price by the factor, a ratio not at all', () => {
    const property = fc.property(arbSeries(), fc.integer({ min: -40, max: 20 }), (series, exponent) => {
      const factor = 2 ** exponent;
      const isPrice = (name: string) => name !== 'volume' && name !== 'openTime';
      const scaled = mapSeries(series, (column, name) => (isPrice(name) ? column.map((x) => x * factor) : column));
      const expectedFactor = subject.kind === 'price' || subject.kind === 'difference' ? factor : 1;
      const answers = columnsOf(subject.batch(scaled));
      for (const [at, [, values]] of columnsOf(subject.batch(series)).entries()) {
        const expected = values.map((value) => value * expectedFactor);
        expectNear(answers[at]![1], expected, 1e-14);
      }
    });
    fc.assert(property, runs);
  });
});

const movable = subjects.filter(([, , { kind }]) => kind !== 'ratio' && kind !== 'volume');

it.each(movable)('%s, period %i, moves with prices: only a price follows a shift', (_, __, subject) => {
  const property = fc.property(arbSeries(), fc.integer({ min: 0, max: 5000 }), (series, shift) => {
    const isPrice = (name: string) => name !== 'volume' && name !== 'openTime';
    const shifted = mapSeries(series, (column, name) => (isPrice(name) ? column.map((x) => x + shift) : column));
    const expectedShift = subject.kind === 'price' ? shift : 0;
    const answers = columnsOf(subject.batch(shifted));
    for (const [at, [, values]] of columnsOf(subject.batch(series)).entries()) {
      const expected = values.map((value) => value + expectedShift);
      expectNear(answers[at]![1], expected, 1e-12, 1e-8);
    }
  });
  fc.assert(property, runs);
});
