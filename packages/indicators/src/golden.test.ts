import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Series } from '../test/every-indicator.ts';
import {
  adx,
  aroon,
  atr,
  bollinger,
  cci,
  donchian,
  ema,
  keltner,
  linearRegressionSlope,
  macd,
  mfi,
  natr,
  obv,
  parabolicSar,
  realizedVolatility,
  roc,
  rsi,
  sessionVwap,
  sma,
  standardDeviation,
  stochastic,
  stochasticRsi,
  trueRange,
  ultimateOscillator,
  volumeZScore,
  vwap,
  williamsR,
} from './index.ts';

// Synthetic candles with values of TA-Lib C 0.6 (or, where TA-Lib is wrong or has none, exact ones), rows thinned, cells
// empty until warm. Cells that are 0/0 are compared with the neutral value of undefined-cells.csv.
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

function readCandles(series: string): Series {
  const rows = readTable(`candles-${series}`);
  const column = (name: string) => Float64Array.from(rows, (row) => Number(row[name]));
  return {
    openTime: column('timestamp'),
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
  };
}

function columnsOf(candles: Series): Readonly<Record<string, Float64Array>> {
  const { close, volume } = candles;
  const lines = macd(close, 12, 26, 9);
  const bands = bollinger(close, 20, 2);
  const movement = adx(candles, 14);
  const slow = stochastic(candles, 14, 3, 3);
  const stochastic14 = stochasticRsi(close, 14, 14, 3);
  const stochastic5 = stochasticRsi(close, 14, 5, 3);
  const ages = aroon(candles, 14);
  const channel = keltner(candles, 20, 10, 2);
  const extremes = donchian(candles, 20);
  return {
    sma_20: sma(close, 20),
    ema_9: ema(close, 9),
    ema_20: ema(close, 20),
    ema_50: ema(close, 50),
    rsi_14: rsi(close, 14),
    macd_12_26_9: lines.macd,
    macd_signal: lines.signal,
    macd_hist: lines.histogram,
    bb_upper: bands.upper,
    bb_middle: bands.middle,
    bb_lower: bands.lower,
    trange: trueRange(candles),
    atr_14: atr(candles, 14),
    natr_14: natr(candles, 14),
    plus_di_14: movement.plusDi,
    minus_di_14: movement.minusDi,
    adx_14: movement.adx,
    stoch_k: slow.k,
    stoch_d: slow.d,
    stochrsi_14_k: stochastic14.k,
    stochrsi_14_d: stochastic14.d,
    stochrsi_5_k: stochastic5.k,
    stochrsi_5_d: stochastic5.d,
    cci_20: cci(candles, 20),
    mfi_14: mfi(candles, 14),
    obv: obv(candles),
    roc_10: roc(close, 10),
    willr_14: williamsR(candles, 14),
    aroon_up: ages.up,
    aroon_down: ages.down,
    stddev_20: standardDeviation(close, 20),
    linreg_slope_14: linearRegressionSlope(close, 14),
    ultosc: ultimateOscillator(candles, 7, 14, 28),
    sar: parabolicSar(candles, 0.02, 0.2),
    vwap_20: vwap(candles, 20),
    vwap_day: sessionVwap(candles),
    keltner_upper: channel.upper,
    keltner_middle: channel.middle,
    keltner_lower: channel.lower,
    donchian_upper: extremes.upper,
    donchian_middle: extremes.middle,
    donchian_lower: extremes.lower,
    volume_z_20: volumeZScore(volume, 20),
    realized_vol_20: realizedVolatility(close, 20),
  };
}

const tolerances = readTable('tolerances');
const neutrals = readTable('undefined-cells');

describe.each(['walk', 'tiny', 'flat', 'pump', 'short'])('%s', (series) => {
  const candles = readCandles(series);
  const reference = readTable(`reference-${series}`);
  const columns = columnsOf(candles);
  const names = Object.keys(reference[0]!).filter((name) => name !== 'index' && name !== 'timestamp');

  it('has every column of the reference', () => expect(Object.keys(columns).toSorted()).toEqual(names.toSorted()));

  it.each(names)('%s agrees with the reference in every cell, warm-up included', (column) => {
    const values = columns[column]!;
    const limits = tolerances.find((row) => row.file === series && row.column === column);
    const undefinedCells = neutrals.filter((row) => row.file === series && row.column === column);
    expect(values).toHaveLength(candles.close.length);

    for (const row of reference) {
      const index = Number(row.index);
      const value = values[index]!;
      if (row[column] === '') {
        expect(value, `${column}[${index}]`).toBeNaN();
        continue;
      }
      const neutral = undefinedCells.find(
        ({ first, last }) => index >= Number(first) && index <= Number(last),
      )?.neutral;
      const expected = Number(neutral ?? row[column]);
      const off = Math.abs(value - expected);
      const isNear = off <= Number(limits!.atol) + Number(limits!.rtol) * Math.abs(expected);
      if (!isNear) expect(value, `${column}[${index}]`).toBe(expected);
    }
  });

  it.each(names)('%s is finite in every candle after warm-up, flat stretches included', (column) => {
    const values = columns[column]!;
    const first = values.findIndex((value) => !Number.isNaN(value));
    if (first >= 0) expect(values.subarray(first).every(Number.isFinite)).toBe(true);
  });
});
