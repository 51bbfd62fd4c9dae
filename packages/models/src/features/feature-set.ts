import { createHash } from 'node:crypto';
import { LISTING_FEATURES, MARKET_FEATURES, TIME_FEATURES } from './context-features.ts';
import type { FeatureDefinition, FeatureGroup } from './definition.ts';
import { DISTANCE_FEATURES, OSCILLATOR_FEATURES, RETURN_FEATURES, VOLATILITY_FEATURES } from './price-features.ts';
import { SHAPE_FEATURES, VOLUME_FEATURES } from './trade-features.ts';

/** To be raised whenever a definition computes something else under the same name: models of the old one are then stale. */
const DEFINITIONS_VERSION = 1;

/**
 * Candles after which a row no longer depends on where its series begins: a day for the longest windows, and the rest for
 * the averages without an end (of what they started with, less than a millionth is left). With fewer, features whose
 * windows are not full are NaN.
 */
export const FEATURE_CANDLES = 400;

export const FEATURES: readonly FeatureDefinition[] = [
  ...VOLATILITY_FEATURES,
  ...RETURN_FEATURES,
  ...OSCILLATOR_FEATURES,
  ...VOLUME_FEATURES,
  ...DISTANCE_FEATURES,
  ...SHAPE_FEATURES,
  ...LISTING_FEATURES,
  ...MARKET_FEATURES,
  ...TIME_FEATURES,
];

/** Groups that models learn from unless told otherwise. */
export const DEFAULT_GROUPS: readonly FeatureGroup[] = [
  'volatility',
  'return',
  'oscillator',
  'volume',
  'distance',
  'shape',
  'listing',
];

export interface FeatureSet {
  /** in the order of a row's values */
  readonly names: readonly string[];
  /** one a name */
  readonly groups: readonly FeatureGroup[];
  /** of names, order, groups and the version of their definitions: a model of another hash is stale */
  readonly hash: string;
}

/** Everything that is computed and stored. */
export const FEATURE_SET: FeatureSet = {
  names: FEATURES.map(({ name }) => name),
  groups: FEATURES.map(({ group }) => group),
  hash: createHash('sha256')
    .update(JSON.stringify([DEFINITIONS_VERSION, FEATURES.map(({ name, group }) => [name, group])]))
    .digest('hex')
    .slice(0, 16),
};

/** Indices, in {@link FEATURE_SET}'s order, of the features of some groups: what of a stored row a model reads. */
export function featuresOf(groups: readonly FeatureGroup[] = DEFAULT_GROUPS): readonly number[] {
  return FEATURE_SET.groups.flatMap((group, index) => (groups.includes(group) ? [index] : []));
}

/** Index of a feature in a row. */
export function featureIndex(name: string): number {
  const index = FEATURE_SET.names.indexOf(name);
  if (index === -1) throw new RangeError(`no feature is named ${name}`);
  return index;
}
