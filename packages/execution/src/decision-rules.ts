import {
  DAY_MS,
  type DecisionRules,
  HOUR_MS,
  MINUTE_MS,
  type Mode,
  type ProtectionLimits,
  type UniverseCriteria,
} from '@mexc-bot/core';
import type { Settings } from '@mexc-bot/runtime';

/** What the settings say about buying, in the shape core's rules take it: the scanner and every replay decide by these. */
export function decisionRules(settings: Settings): DecisionRules {
  const { hype, scan, strategy, regime, ai, position } = settings;
  return {
    hype: { ...hype, maxCandidates: scan.maxCandidates },
    strategy,
    regime: { ...regime, forgetAfterMs: regime.forgetAfterMinutes * MINUTE_MS },
    adjust: regime.adjust,
    gate: ai,
    limits: { test: limitsOf(settings, 'test'), live: limitsOf(settings, 'live') },
    exits: position.exits,
    widestStop: position.atr.wildFactor,
  };
}

export const universeCriteria = ({ universe }: Pick<Settings, 'universe'>): UniverseCriteria => ({
  ...universe,
  minAgeMs: universe.minAgeHours * HOUR_MS,
});

/** How long the highest equity counts, market ms; null: for ever. */
export const forgetPeakMs = ({ protections }: Pick<Settings, 'protections'>): number | null =>
  protections.forgetPeakDays === null ? null : protections.forgetPeakDays * DAY_MS;

function limitsOf({ protections, stake, execution }: Settings, mode: Mode): ProtectionLimits {
  const { stops, withinMinutes, pauseMinutes } = protections.stopGuard;
  return {
    maxOpenPositions: protections.maxOpenPositions,
    cooldownMs: protections.cooldownMinutes * MINUTE_MS,
    maxPriceAgeMs: protections.maxPriceAgeMs,
    stake: stake[mode],
    equityFraction: stake.equityFraction,
    maxSlippage: execution.maxSlippage,
    account: {
      stopGuard: stops === 0 ? null : { stops, withinMs: withinMinutes * MINUTE_MS, pauseMs: pauseMinutes * MINUTE_MS },
      dailyLossFraction: protections.dailyLossFraction,
      dailyLossQuote: protections.dailyLossUsdt,
      maxDrawdown: protections.maxDrawdown,
    },
  };
}
