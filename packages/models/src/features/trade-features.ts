import { linearRegressionSlope, mfi, obv, volumeZScore } from '@mexc-bot/indicators';
import { candles, type FeatureDefinition, feature, hours } from './definition.ts';
import type { FeatureSource } from './source.ts';

/** log(1 + mean of the last candles ÷ mean of the longer stretch): volumes differ by orders of magnitude. */
const volumeRatio = (count: number, span: number) => (source: FeatureSource) => {
  const [recent, norm] = [source.meanVolume(count), source.meanVolume(source.span(span))];
  return source.each((row) => Math.log1p(recent[row]! / norm[row]!));
};

export const VOLUME_FEATURES: readonly FeatureDefinition[] = [
  feature('volume', 'mfi_14', candles(14), (source) => mfi(source.candles, 14)),
  feature('volume', 'obv_slope', hours(6), (source) => {
    const period = Math.max(source.span(6), 2);
    const slopes = linearRegressionSlope(obv(source.candles), period);
    const norm = source.meanVolume(period);
    return source.each((row) => slopes[row]! / norm[row]!);
  }),
  feature('volume', 'volume_z', candles(47), (source) => volumeZScore(source.candles.volume, 48)),
  feature('volume', 'volume_1_12', candles(11), (source) => {
    const [now, norm] = [source.candles.volume, source.meanVolume(12)];
    return source.each((row) => Math.log1p(now[row]! / norm[row]!));
  }),
  feature('volume', 'volume_3_6h', hours(6), volumeRatio(3, 6)),
  feature('volume', 'volume_12_24h', hours(24), volumeRatio(12, 24)),
];

export const SHAPE_FEATURES: readonly FeatureDefinition[] = [
  feature('shape', 'body', candles(0), inRange('open', 'close')),
  feature('shape', 'wick_up', candles(0), ({ each, candles: { open, high, low, close } }) =>
    each((row) => (high[row]! - Math.max(open[row]!, close[row]!)) / (high[row]! - low[row]!)),
  ),
  feature('shape', 'close_in_hour', hours(1), (source) => {
    const { close } = source.candles;
    const [highest, lowest] = [source.highest(1), source.lowest(1)];
    return source.each((row) => (close[row]! - lowest[row]!) / (highest[row]! - lowest[row]!));
  }),
  feature('shape', 'rising_share_1h', hours(1), ({ each, span, candles: { close } }) => {
    const count = span(1);
    return each((row) => {
      let rising = 0;
      for (let i = Math.max(row - count, 0) + 1; i <= row; i++) if (close[i]! > close[i - 1]!) rising++;
      return rising / count;
    });
  }),
  /** 1 bullish, −1 bearish: the body covers the previous one, which went the other way */
  feature('shape', 'engulfing', candles(1), ({ each, candles: { open, close } }) =>
    each((row) => {
      if (row === 0) return Number.NaN;
      const [before, now] = [close[row - 1]! - open[row - 1]!, close[row]! - open[row]!];
      if (before * now >= 0) return 0;
      const covers =
        Math.max(open[row]!, close[row]!) >= Math.max(open[row - 1]!, close[row - 1]!) &&
        Math.min(open[row]!, close[row]!) <= Math.min(open[row - 1]!, close[row - 1]!);
      return covers ? Math.sign(now) : 0;
    }),
  ),
  /** 1 hammer, −1 shooting star: one wick is at least twice the body and the other at most half of it */
  feature('shape', 'hammer', candles(0), ({ each, candles: { open, high, low, close } }) =>
    each((row) => {
      const body = Math.abs(close[row]! - open[row]!);
      const above = high[row]! - Math.max(open[row]!, close[row]!);
      const below = Math.min(open[row]!, close[row]!) - low[row]!;
      if (body === 0) return 0;
      if (below >= 2 * body && above <= body / 2) return 1;
      return above >= 2 * body && below <= body / 2 ? -1 : 0;
    }),
  ),
];

/** (to − from) ÷ (high − low); undefined in a candle without a range. */
function inRange(from: 'open', to: 'close'): FeatureDefinition['column'] {
  return ({ each, candles: columns }) =>
    each((row) => (columns[to][row]! - columns[from][row]!) / (columns.high[row]! - columns.low[row]!));
}
