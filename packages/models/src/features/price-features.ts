import { bollingerPercentB, bollingerWidth, ema, natr, rsi, sma, stochastic, trueRange } from '@mexc-bot/indicators';
import { candles, type FeatureDefinition, feature, hours } from './definition.ts';
import type { FeatureSource } from './source.ts';

const ratio =
  (shortHours: number, longHours: number) =>
  (source: FeatureSource): Float64Array => {
    const [short, long] = [source.volatility(shortHours), source.volatility(longHours)];
    return source.each((row) => short[row]! / long[row]!);
  };

const change = (span: number) => (source: FeatureSource) => source.each((row) => source.changeAt(row, span));

/** A return in units of what the market usually moves in that time. */
const changePerVolatility = (span: number) => (source: FeatureSource) => {
  const daily = source.volatility(24);
  const scale = Math.sqrt(source.span(span));
  return source.each((row) => source.changeAt(row, span) / (daily[row]! * scale));
};

/** Mean true range of so many hours ÷ close. */
const meanRange = (span: number) => (source: FeatureSource) => {
  const { close } = source.candles;
  const period = source.span(span);
  const means = new Float64Array(close.length).fill(Number.NaN);
  // the first candle has no true range
  if (close.length > 1) sma(trueRange(source.candles).subarray(1), period, means.subarray(1));
  return source.each((row) => means[row]! / close[row]!);
};

export const VOLATILITY_FEATURES: readonly FeatureDefinition[] = [
  feature('volatility', 'atr_pct', candles(14), (source) => natr(source.candles, 14)),
  feature('volatility', 'atr_24h', hours(24), meanRange(24)),
  feature('volatility', 'rv_1h', hours(1), (source) => source.volatility(1)),
  feature('volatility', 'rv_6h', hours(6), (source) => source.volatility(6)),
  feature('volatility', 'rv_24h', hours(24), (source) => source.volatility(24)),
  feature('volatility', 'rv_1h_24h', hours(24), ratio(1, 24)),
  feature('volatility', 'rv_6h_24h', hours(24), ratio(6, 24)),
  feature('volatility', 'bb_width', candles(19), (source) => bollingerWidth(source.candles.close, 20, 2)),
];

export const RETURN_FEATURES: readonly FeatureDefinition[] = [
  feature('return', 'ret_15m', hours(0.25), change(0.25)),
  feature('return', 'ret_1h', hours(1), change(1)),
  feature('return', 'ret_4h', hours(4), change(4)),
  feature('return', 'ret_6h', hours(6), change(6)),
  feature('return', 'ret_12h', hours(12), change(12)),
  feature('return', 'ret_1h_vol', hours(24), changePerVolatility(1)),
  feature('return', 'ret_6h_vol', hours(24), changePerVolatility(6)),
  feature('return', 'ret_24h_vol', hours(24), changePerVolatility(24)),
];

export const OSCILLATOR_FEATURES: readonly FeatureDefinition[] = [
  feature('oscillator', 'rsi_14', candles(14), (source) => rsi(source.candles.close, 14)),
  feature('oscillator', 'rsi_28', candles(28), (source) => rsi(source.candles.close, 28)),
  feature('oscillator', 'macd', candles(33), (source) => {
    const { close } = source.candles;
    const lines = source.macd.macd;
    return source.each((row) => lines[row]! / close[row]!);
  }),
  feature('oscillator', 'macd_hist', candles(33), (source) => {
    const { close } = source.candles;
    const { histogram } = source.macd;
    return source.each((row) => histogram[row]! / close[row]!);
  }),
  feature('oscillator', 'bb_b', candles(19), (source) => bollingerPercentB(source.candles.close, 20, 2)),
  feature('oscillator', 'ema_dist', candles(20), (source) => {
    const { close } = source.candles;
    const averages = ema(close, 20);
    return source.each((row) => close[row]! / averages[row]! - 1);
  }),
  feature('oscillator', 'ema_cross', candles(48), (source) => {
    const [fast, slow] = [ema(source.candles.close, 12), ema(source.candles.close, 48)];
    return source.each((row) => fast[row]! / slow[row]! - 1);
  }),
  feature('oscillator', 'adx', candles(27), (source) => source.direction.adx),
  feature('oscillator', 'di_diff', candles(14), (source) => {
    const { plusDi, minusDi } = source.direction;
    return source.each((row) => plusDi[row]! - minusDi[row]!);
  }),
  feature('oscillator', 'stoch_k', candles(17), (source) => stochastic(source.candles, 14, 3, 3).k),
];

export const DISTANCE_FEATURES: readonly FeatureDefinition[] = [
  feature('distance', 'high_6h', hours(6), distanceTo('highest', 6)),
  feature('distance', 'high_24h', hours(24), distanceTo('highest', 24)),
  feature('distance', 'low_6h', hours(6), distanceTo('lowest', 6)),
  feature('distance', 'low_24h', hours(24), distanceTo('lowest', 24)),
];

/** Close ÷ the extreme − 1. */
function distanceTo(side: 'highest' | 'lowest', span: number): FeatureDefinition['column'] {
  return (source) => {
    const { close } = source.candles;
    const extremes = source[side](span);
    return source.each((row) => close[row]! / extremes[row]! - 1);
  };
}
