import { type FeatureSource, spanOf } from './source.ts';

/**
 * What a feature looks at. `market` and `time` are computed and stored, and off by default: in weeks of data there are few
 * independent days, and these are a clock by which a model memorises them.
 */
export type FeatureGroup =
  | 'volatility'
  | 'return'
  | 'oscillator'
  | 'volume'
  | 'distance'
  | 'shape'
  | 'listing'
  | 'market'
  | 'time';

export interface FeatureDefinition {
  readonly name: string;
  readonly group: FeatureGroup;
  /** candles before a row's own that the feature looks at; where they are not there, or have holes, it is NaN */
  reach(candleMs: number): number;
  /** one value per candle; what is not finite counts as undefined */
  column(source: FeatureSource): Float64Array;
}

type Reach = FeatureDefinition['reach'];

export const candles =
  (count: number): Reach =>
  () =>
    count;

export const hours =
  (count: number): Reach =>
  (candleMs) =>
    spanOf(count, candleMs);

export const feature = (
  group: FeatureGroup,
  name: string,
  reach: Reach,
  column: FeatureDefinition['column'],
): FeatureDefinition => ({ name, group, reach, column });
