import { DEFAULT_EXIT_TABLE, type DecisionRules, type ProtectionLimits } from '@mexc-bot/core';

const limits: ProtectionLimits = {
  maxOpenPositions: 2,
  cooldownMs: 600_000,
  maxPriceAgeMs: 5_000,
  stake: { min: 5, max: 50 },
  equityFraction: 0.1,
  maxSlippage: 0.005,
  account: { stopGuard: null, dailyLossFraction: null, dailyLossQuote: null, maxDrawdown: null },
};
const factors = { minQuoteVolume: 2, minGain: 1, aggressiveGain: 1, momentumMultiple: 1, stake: 0.5, stop: 1 };

/** Rules with round figures, for tests of the way from the market to a buy. */
export const someRulesOfDecision: DecisionRules = {
  hype: {
    minQuoteVolume: 100_000,
    minChange24h: 0.02,
    maxChange24h: 0.4,
    minPrice: 0,
    maxSpread: 0.015,
    maxCandidates: 2,
  },
  strategy: {
    minGain: 0.02,
    aggressiveGain: 0.04,
    gainCandles: 2,
    volumeNormCandles: 12,
    momentumSafe: { gainMultiple: 3, minVolumeRatio: 2, maxVolumeRatio: 5, maxAtrFraction: 0.03, minAdx: 20 },
    revival: { minVolumeRatio: 5, quietRange: 0.03, fallenBy: 1, lookbackCandles: 24 },
  },
  regime: {
    crash: { change1h: -0.03, change4h: -0.05, change24h: -0.1 },
    bearish: { change4h: -0.02, change24h: -0.03, breadth: 0.4 },
    bullish: { change24h: 0.02, breadth: 0.6, maxVolatility: 0.01 },
    margin: { change: 0, breadth: 0, volatility: 0 },
    readings: 1,
    forgetAfterMs: 1_800_000,
  },
  adjust: { bearish: { ...factors, minConfidence: 0.5 }, bullish: { ...factors, minConfidence: 0 } },
  gate: {
    onMissing: { test: 'pass', live: 'reject' },
    onUnproven: { test: 'pass', live: 'reject' },
    fallbackConfidence: { simple: 0.8, aggressive: 0.9, revival: 0.85, momentum_safe: 0.87 },
  },
  limits: { test: limits, live: limits },
  exits: DEFAULT_EXIT_TABLE,
  widestStop: 1.2,
};
