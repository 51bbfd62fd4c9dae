import type { CandleColumns } from './candles.ts';
import type { Check } from './check.ts';
import type { StrategyCriteria, StrategyIndicators, StrategyMeasures } from './strategy-measures.ts';
import type { Strategy } from './strategy-name.ts';
import { nameStrategy, patternChecks } from './strategy-patterns.ts';

/** `candles_unavailable`: they could not be read; `candles_stale`: the newest closed too long ago. */
export type UnclassifiedReason = 'candles_unavailable' | 'candles_stale' | 'too_few_candles' | 'no_pattern';

export type Classification =
  | { readonly strategy: Strategy; readonly measures: StrategyMeasures }
  | {
      readonly strategy: null;
      readonly reason: UnclassifiedReason;
      readonly measures: StrategyMeasures | null;
    };

/** How many closed candles {@link classify} needs. */
export function candlesNeeded(criteria: StrategyCriteria): number {
  return criteria.gainCandles + Math.max(criteria.volumeNormCandles, criteria.revival.lookbackCandles) + 1;
}

/**
 * What a pattern is recognised by, at candle `at`.
 *
 * @param at index of the last closed candle; {@link candlesNeeded} of them up to it
 */
export function measureAt(
  candles: CandleColumns,
  at: number,
  indicators: StrategyIndicators,
  criteria: StrategyCriteria,
): StrategyMeasures {
  const { high: highs, low: lows, close: closes, volume: volumes } = candles;
  const before = at - criteria.gainCandles;
  const closeBefore = closes[before]!;
  const volume = volumes[at]!;

  let norm = 0;
  for (let i = at - criteria.volumeNormCandles; i < at; i++) norm += volumes[i]!;
  norm /= criteria.volumeNormCandles;

  let high = 0;
  let low = Number.POSITIVE_INFINITY;
  for (let i = before - criteria.revival.lookbackCandles + 1; i <= before; i++) {
    high = Math.max(high, highs[i]!);
    low = Math.min(low, lows[i]!);
  }

  return {
    atrFraction: indicators.atrFraction,
    adx: indicators.adx,
    gain: closes[at]! / closeBefore - 1,
    volumeRatio: norm > 0 ? volume / norm : volume > 0 ? Number.POSITIVE_INFINITY : 0,
    rangeBefore: (high - low) / low,
    drawdownBefore: 1 - closeBefore / high,
  };
}

/**
 * Names the pattern of the closed candles up to `at`, first match wins.
 *
 * @param candles closed candles, oldest first; those after `at` are not looked at
 * @param at index of the last closed candle
 * @param indicators at that candle
 */
export function classify(
  candles: CandleColumns,
  at: number,
  indicators: StrategyIndicators,
  criteria: StrategyCriteria,
): Classification {
  if (at + 1 < candlesNeeded(criteria)) return { strategy: null, reason: 'too_few_candles', measures: null };
  const measures = measureAt(candles, at, indicators, criteria);
  const strategy = nameStrategy(measures, criteria);
  return strategy === null ? { strategy, reason: 'no_pattern', measures } : { strategy, measures };
}

/** A market whose newest candle closed so many candles ago stands still, or its candles are not to be had. */
const STALE_CANDLES = 3;

/**
 * {@link classify}, for a moment: an old pattern is none.
 *
 * @param at index of the last closed candle; −1: there is none
 * @param stepMs length of a candle
 * @param asOf market time, ms UTC
 */
export function classifyNow(
  candles: CandleColumns,
  at: number,
  indicators: StrategyIndicators,
  criteria: StrategyCriteria,
  stepMs: number,
  asOf: number,
): Classification {
  const closedAt = at < 0 ? asOf : candles.openTime[at]! + stepMs;
  if (asOf - closedAt > STALE_CANDLES * stepMs) return { strategy: null, reason: 'candles_stale', measures: null };
  return classify(candles, at, indicators, criteria);
}

/** What {@link classify} asked, and its answer. */
export function strategyChecks(classification: Classification, criteria: StrategyCriteria): Check[] {
  const { strategy, measures } = classification;
  return [
    ...(measures === null ? [] : patternChecks(measures, criteria)),
    {
      check: 'pattern',
      value: strategy ?? classification.reason,
      is: null,
      threshold: null,
      verdict: strategy === null ? 'fail' : 'pass',
    },
  ];
}
