import type { Series } from './every-indicator.ts';

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
