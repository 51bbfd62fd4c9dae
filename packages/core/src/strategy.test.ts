import { describe, expect, it } from 'vitest';
import { candlesFrom } from '../../../test/support/builders.ts';
import { toColumns } from './candles.ts';
import type { Candle } from './market.ts';
import { candlesNeeded, classify as classifyAt } from './strategy.ts';
import type { StrategyCriteria, StrategyIndicators } from './strategy-measures.ts';

const criteria: StrategyCriteria = {
  minGain: 0.02,
  aggressiveGain: 0.04,
  gainCandles: 2,
  volumeNormCandles: 3,
  momentumSafe: { gainMultiple: 3, minVolumeRatio: 2, maxVolumeRatio: 5, maxAtrFraction: 0.03, minAdx: 20 },
  revival: { minVolumeRatio: 5, quietRange: 0.03, fallenBy: 0.05, lookbackCandles: 6 },
};
const calm = { atrFraction: 0.01, adx: 30 };
const wild = { atrFraction: 0.08, adx: 30 };

/** Six choppy candles around 1 that end near their high, then two that gain `gain`; the last has `volumeRatio` × the norm. */
function market(gain: number, volumeRatio: number, before = [0.96, 1, 0.96, 1, 0.97, 1, 1]) {
  const closes = [...before, 1 + gain / 2, 1 + gain];
  const volumes = closes.map((_, i) => (i === closes.length - 1 ? 100 * volumeRatio : 100));
  return candlesFrom(closes, volumes);
}

const classify = (candles: readonly Candle[], indicators: StrategyIndicators, by: StrategyCriteria) =>
  classifyAt(toColumns(candles), candles.length - 1, indicators, by);

describe('classify', () => {
  it.each([
    ['simple', market(0.03, 1), calm],
    ['aggressive', market(0.05, 1), calm],
    ['momentum_safe', market(0.07, 3), calm],
    ['revival', market(0.01, 6, [1, 1, 1, 1, 1, 1, 1]), calm],
    ['revival', market(0.01, 6, [1.2, 1.1, 1.05, 1.02, 1.01, 1, 1]), calm],
  ] as const)('names %s', (strategy, candles, indicators) => {
    expect(classify(candles, indicators, criteria).strategy).toBe(strategy);
  });

  it('asks momentum_safe before aggressive, so that it can be reached', () => {
    expect(classify(market(0.07, 3), calm, criteria).strategy).toBe('momentum_safe');
    expect(classify(market(0.07, 3), wild, criteria).strategy).toBe('aggressive');
  });

  it('does not call a market safe on indicators that are not warm', () => {
    const cold = { atrFraction: Number.NaN, adx: Number.NaN };
    expect(classify(market(0.07, 3), cold, criteria).strategy).toBe('aggressive');
  });

  it('sees volume wake up from nothing', () => {
    const candles = candlesFrom([1, 1, 1, 1, 1, 1, 1, 1.005, 1.01], [0, 0, 0, 0, 0, 0, 0, 0, 50]);
    const result = classify(candles, calm, criteria);
    expect(result.strategy).toBe('revival');
    expect(result.measures?.volumeRatio).toBe(Number.POSITIVE_INFINITY);
  });

  it('finds no revival in a market without any volume', () => {
    const candles = candlesFrom(Array(9).fill(1), Array(9).fill(0));
    expect(classify(candles, calm, criteria)).toMatchObject({ strategy: null, reason: 'no_pattern' });
  });

  it('says nothing on too few candles', () => {
    expect(candlesNeeded(criteria)).toBe(9);
    expect(classify(market(0.07, 3).slice(1), calm, criteria)).toEqual({
      strategy: null,
      reason: 'too_few_candles',
      measures: null,
    });
  });

  it('measures the gain against the close two candles before the last', () => {
    expect(classify(market(0.03, 1), calm, criteria).measures?.gain).toBeCloseTo(0.03, 12);
  });
});
