import { expect, it } from 'vitest';
import { REGIMES } from './regime.ts';
import { adjustHype, adjustments, adjustStake, adjustStrategy, type RegimeAdjustments } from './regime-adjustments.ts';

const hype = {
  minQuoteVolume: 100_000,
  minChange24h: 0.02,
  maxChange24h: 0.4,
  minPrice: 0,
  maxSpread: 0.015,
  maxCandidates: 20,
};
const strategy = {
  minGain: 0.02,
  aggressiveGain: 0.04,
  gainCandles: 2,
  volumeNormCandles: 12,
  momentumSafe: { gainMultiple: 3, minVolumeRatio: 2, maxVolumeRatio: 5, maxAtrFraction: 0.03, minAdx: 20 },
  revival: { minVolumeRatio: 5, quietRange: 0.03, fallenBy: 1, lookbackCandles: 48 },
};
const limits = {
  maxOpenPositions: 5,
  cooldownMs: 0,
  maxPriceAgeMs: 5_000,
  stake: { min: 5, max: 50 },
  equityFraction: 0.05,
  maxSlippage: 0.005,
  account: { stopGuard: null, dailyLossFraction: null, dailyLossQuote: null, maxDrawdown: null },
};
const factors = (over: Partial<RegimeAdjustments>): RegimeAdjustments => ({
  ...{ minQuoteVolume: 1, minGain: 1, aggressiveGain: 1, momentumMultiple: 1, stake: 1, stop: 1, minConfidence: 0 },
  ...over,
});
const table = {
  bearish: factors({ stake: 0.05, minConfidence: 0.85 }),
  bullish: factors({ minQuoteVolume: 1.5, minGain: 1.75, aggressiveGain: 1.5, momentumMultiple: 1.5 }),
};

it('changes nothing in a neutral market', () => {
  const by = adjustments('neutral', table);
  expect(adjustHype(hype, by)).toEqual(hype);
  expect(adjustStrategy(strategy, by)).toEqual(strategy);
  expect(adjustStake(limits, by)).toEqual(limits);
  expect(by).toMatchObject({ stop: 1, minConfidence: 0 });
});

it('multiplies what the owner set, and leaves the rest', () => {
  const by = adjustments('bullish', table);
  expect(adjustHype(hype, by)).toEqual({ ...hype, minQuoteVolume: 150_000 });
  expect(adjustStrategy(strategy, by)).toEqual({
    ...strategy,
    minGain: 0.035,
    aggressiveGain: 0.06,
    momentumSafe: { ...strategy.momentumSafe, gainMultiple: 4.5 },
  });
});

it('never asks for a stake under the smallest', () => {
  const adjusted = adjustStake(limits, adjustments('bearish', table));
  expect(adjusted.stake).toEqual({ min: 5, max: 5 });
  expect(adjusted.equityFraction).toBeCloseTo(0.0025, 12);
});

it('names candidates in a crash as in a bearish market', () => {
  expect(adjustments('crash', table)).toBe(table.bearish);
  for (const regime of REGIMES) expect(adjustments(regime, table)).toBeDefined();
});
