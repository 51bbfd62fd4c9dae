/** A seeded random walk of candles, in the two shapes the libraries take: typed columns and plain arrays or objects. */
export function randomWalk(length, seed = 1) {
  let state = seed * 20_240_301;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const names = ['openTime', 'open', 'high', 'low', 'close', 'volume'];
  const typed = Object.fromEntries(names.map((name) => [name, new Float64Array(length)]));
  let price = 100;
  for (let i = 0; i < length; i++) {
    // candles open off the last close, so a close may lie outside the next range
    const open = price * (1 + 0.001 * (random() - 0.5));
    const close = open * (1 + 0.004 * (random() - 0.5));
    typed.openTime[i] = 1_704_067_200_000 + i * 300_000;
    typed.open[i] = open;
    typed.high[i] = Math.max(open, close) * (1 + 0.002 * random());
    typed.low[i] = Math.min(open, close) * (1 - 0.002 * random());
    typed.close[i] = close;
    typed.volume[i] = 1000 * random();
    price = close;
  }
  const plain = Object.fromEntries(names.map((name) => [name, Array.from(typed[name])]));
  const candles = plain.close.map((close, i) => ({
    openTime: plain.openTime[i],
    open: plain.open[i],
    high: plain.high[i],
    low: plain.low[i],
    close,
    volume: plain.volume[i],
  }));
  return { length, typed, plain, candles };
}
