import type { HypeCriteria } from './hype.ts';
import type { ProtectionLimits } from './protection.ts';
import type { Regime } from './regime.ts';
import type { StrategyCriteria } from './strategy-measures.ts';

/** What a regime does to the settings: factors on them, 1 changes nothing. */
export interface RegimeAdjustments {
  readonly minQuoteVolume: number;
  readonly minGain: number;
  readonly aggressiveGain: number;
  /** on `momentumSafe.gainMultiple` */
  readonly momentumMultiple: number;
  /** on the share of the equity and the largest stake; the smallest stays */
  readonly stake: number;
  /** on the table's stop-loss fraction */
  readonly stop: number;
  /** confidence a candidate must have, 0..1; not a factor */
  readonly minConfidence: number;
}

const UNCHANGED: RegimeAdjustments = {
  minQuoteVolume: 1,
  minGain: 1,
  aggressiveGain: 1,
  momentumMultiple: 1,
  stake: 1,
  stop: 1,
  minConfidence: 0,
};

/** The settings are those of a neutral market. In a crash candidates are still named, as in a bearish one, and none is bought. */
export function adjustments(
  regime: Regime,
  table: Readonly<Record<'bearish' | 'bullish', RegimeAdjustments>>,
): RegimeAdjustments {
  if (regime === 'neutral') return UNCHANGED;
  return regime === 'bullish' ? table.bullish : table.bearish;
}

export const adjustHype = (criteria: HypeCriteria, by: RegimeAdjustments): HypeCriteria => ({
  ...criteria,
  minQuoteVolume: criteria.minQuoteVolume * by.minQuoteVolume,
});

export const adjustStrategy = (criteria: StrategyCriteria, by: RegimeAdjustments): StrategyCriteria => ({
  ...criteria,
  minGain: criteria.minGain * by.minGain,
  aggressiveGain: criteria.aggressiveGain * by.aggressiveGain,
  momentumSafe: {
    ...criteria.momentumSafe,
    gainMultiple: criteria.momentumSafe.gainMultiple * by.momentumMultiple,
  },
});

export const adjustStake = (limits: ProtectionLimits, by: RegimeAdjustments): ProtectionLimits => ({
  ...limits,
  stake: { min: limits.stake.min, max: Math.max(limits.stake.min, limits.stake.max * by.stake) },
  equityFraction: Math.min(1, limits.equityFraction * by.stake),
});
