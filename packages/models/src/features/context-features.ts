import { type CandleColumns, DAY_MS } from '@mexc-bot/core';
import { sma } from '@mexc-bot/indicators';
import { candles, type FeatureDefinition, feature } from './definition.ts';
import type { FeatureSource } from './source.ts';

type Known = Exclude<keyof FeatureSource['context'], 'btc'>;

/** A value of the context, or NaN where it is not known. */
function knownAt(source: FeatureSource, key: Known): (row: number) => number {
  const column = source.context[key];
  return column === null ? () => Number.NaN : (row) => column[row]!;
}

const passed = (key: Known) => (source: FeatureSource) => source.each(knownAt(source, key));

export const LISTING_FEATURES: readonly FeatureDefinition[] = [
  // where the exchange says nothing, the candles do: no reach, as the exchange's own figure needs none
  feature('listing', 'change_24h', candles(0), (source) => {
    const known = knownAt(source, 'change24h');
    return source.each((row) => orElse(known(row), source.changeAt(row, 24)));
  }),
  feature('listing', 'rank', candles(0), (source) => {
    const rank = knownAt(source, 'rank');
    return source.each((row) => Math.log(rank(row)));
  }),
  feature('listing', 'quote_volume_24h', candles(0), (source) => {
    const known = knownAt(source, 'quoteVolume24h');
    const { close, volume } = source.candles;
    const day = source.span(24);
    const traded = new Float64Array(close.length);
    for (let i = 0; i < traded.length; i++) traded[i] = close[i]! * volume[i]!;
    const mean = sma(traded, day);
    const ofDay = (row: number) => (source.isWhole(row, day - 1) ? mean[row]! * day : Number.NaN);
    return source.each((row) => Math.log1p(orElse(known(row), ofDay(row))));
  }),
  feature('listing', 'spread', candles(0), passed('spread')),
  feature('listing', 'age', candles(0), (source) => {
    const age = knownAt(source, 'ageHours');
    return source.each((row) => Math.log1p(age(row)));
  }),
];

export const MARKET_FEATURES: readonly FeatureDefinition[] = [
  feature('market', 'btc_1h', candles(0), btcChange(1)),
  feature('market', 'btc_6h', candles(0), btcChange(6)),
  feature('market', 'btc_24h', candles(0), btcChange(24)),
  feature('market', 'breadth', candles(0), passed('breadth')),
];

export const TIME_FEATURES: readonly FeatureDefinition[] = [
  feature('time', 'hour_sin', candles(0), (source) => source.each((row) => Math.sin(angleOfDay(source, row)))),
  feature('time', 'hour_cos', candles(0), (source) => source.each((row) => Math.cos(angleOfDay(source, row)))),
];

function orElse(value: number, otherwise: number): number {
  return Number.isFinite(value) ? value : otherwise;
}

/** Where in the day, UTC, the row's candle closes. */
function angleOfDay({ candles: { openTime }, candleMs }: FeatureSource, row: number): number {
  return (2 * Math.PI * ((openTime[row]! + candleMs) % DAY_MS)) / DAY_MS;
}

/** Change of BTC/USDT up to the newest of its candles that closed by the row's close; NaN if that is older than an hour. */
function btcChange(span: number): FeatureDefinition['column'] {
  return (source) => {
    const { btc } = source.context;
    if (btc === null) return source.each(() => Number.NaN);
    const { openTime } = source.candles;
    const back = source.span(span);
    let at = lastUpTo(btc, openTime[source.from] ?? 0);
    return source.each((row) => {
      while (at + 1 < btc.openTime.length && btc.openTime[at + 1]! <= openTime[row]!) at++;
      const isFresh = at >= back && openTime[row]! - btc.openTime[at]! <= source.span(1) * source.candleMs;
      return isFresh ? btc.close[at]! / btc.close[at - back]! - 1 : Number.NaN;
    });
  };
}

/** Index of the newest candle that opened by `time`, −1 where there is none. */
function lastUpTo({ openTime }: CandleColumns, time: number): number {
  let low = 0;
  let high = openTime.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (openTime[middle]! <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
