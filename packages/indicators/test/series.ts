import fc from 'fast-check';
import type { Series } from './every-indicator.ts';

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
export function arbSeries(maxSteps = 120): fc.Arbitrary<Series> {
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

/** A walk of `length` candles, the same for the same seed. */
export function walk(length: number, seed = 1): Series {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const empty = () => new Float64Array(length);
  const series = { openTime: empty(), open: empty(), high: empty(), low: empty(), close: empty(), volume: empty() };
  let price = 100;
  for (let i = 0; i < length; i++) {
    const open = price * (1 + 0.001 * (random() - 0.5));
    const close = open * (1 + 0.004 * (random() - 0.5));
    series.openTime[i] = Date.UTC(2024, 0, 1) + i * 300_000;
    series.open[i] = open;
    series.close[i] = close;
    series.high[i] = Math.max(open, close) * (1 + 0.002 * random());
    series.low[i] = Math.min(open, close) * (1 - 0.002 * random());
    series.volume[i] = 1000 * random();
    price = close;
  }
  return series;
}
