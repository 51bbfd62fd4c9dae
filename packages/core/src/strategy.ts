import type { Candle } from './market.ts';
import type { Strategy } from './strategy-name.ts';

/** Thresholds of the classification; gains and ranges are fractions. */
export interface StrategyCriteria {
  /** `simple` from this gain on */
  readonly minGain: number;
  /** `aggressive` from this gain on */
  readonly aggressiveGain: number;
  /** the gain is the last close against the close this many candles before */
  readonly gainCandles: number;
  /** the volume's norm is the mean of this many candles before the last */
  readonly volumeNormCandles: number;
  readonly momentumSafe: {
    /** gain at least this multiple of `minGain` */
    readonly gainMultiple: number;
    readonly minVolumeRatio: number;
    /** exclusive */
    readonly maxVolumeRatio: number;
    /** ATR ÷ close, at most */
    readonly maxAtrFraction: number;
    readonly minAdx: number;
  };
  readonly revival: {
    readonly minVolumeRatio: number;
    /** quiet: (high − low) ÷ low over the look-back stays under this */
    readonly quietRange: number;
    /** fallen: the close before the move is this far under the look-back's high */
    readonly fallenBy: number;
    /** candles before the move that are looked at */
    readonly lookbackCandles: number;
  };
}

/** Indicator values at the last closed candle; NaN until warm. */
export interface StrategyIndicators {
  /** ATR ÷ close */
  readonly atrFraction: number;
  readonly adx: number;
}

/** What the classification measured; a row of `pnpm scanner once` and of the candidate. */
export interface StrategyMeasures extends StrategyIndicators {
  /** last close against the close `gainCandles` before, fraction */
  readonly gain: number;
  /** last volume ÷ its norm; infinite when volume wakes up from nothing */
  readonly volumeRatio: number;
  /** (high − low) ÷ low of the look-back before the move, fraction */
  readonly rangeBefore: number;
  /** how far the close before the move is under the look-back's high, fraction */
  readonly drawdownBefore: number;
}

export type Classification =
  | { readonly strategy: Strategy; readonly measures: StrategyMeasures }
  | {
      readonly strategy: null;
      readonly reason: 'too_few_candles' | 'no_pattern';
      readonly measures: StrategyMeasures | null;
    };

/** How many closed candles {@link classify} needs. */
export function candlesNeeded(criteria: StrategyCriteria): number {
  return criteria.gainCandles + Math.max(criteria.volumeNormCandles, criteria.revival.lookbackCandles) + 1;
}

function measure(
  candles: readonly Candle[],
  indicators: StrategyIndicators,
  criteria: StrategyCriteria,
): StrategyMeasures {
  const last = candles[candles.length - 1]!;
  const before = candles.length - 1 - criteria.gainCandles;
  const closeBefore = candles[before]!.close;

  let norm = 0;
  for (let i = candles.length - 1 - criteria.volumeNormCandles; i < candles.length - 1; i++) norm += candles[i]!.volume;
  norm /= criteria.volumeNormCandles;

  let high = 0;
  let low = Number.POSITIVE_INFINITY;
  for (let i = before - criteria.revival.lookbackCandles + 1; i <= before; i++) {
    high = Math.max(high, candles[i]!.high);
    low = Math.min(low, candles[i]!.low);
  }

  return {
    ...indicators,
    gain: last.close / closeBefore - 1,
    volumeRatio: norm > 0 ? last.volume / norm : last.volume > 0 ? Number.POSITIVE_INFINITY : 0,
    rangeBefore: (high - low) / low,
    drawdownBefore: 1 - closeBefore / high,
  };
}

/**
 * Names the pattern of the last closed candles, first match wins. `momentum_safe` is asked before `aggressive`: its gain lies
 * above the aggressive threshold, so asked after it could never be reached.
 *
 * @param candles closed candles, oldest first
 */
export function classify(
  candles: readonly Candle[],
  indicators: StrategyIndicators,
  criteria: StrategyCriteria,
): Classification {
  if (candles.length < candlesNeeded(criteria)) return { strategy: null, reason: 'too_few_candles', measures: null };
  const m = measure(candles, indicators, criteria);

  const { revival, momentumSafe } = criteria;
  const quietOrFallen = m.rangeBefore <= revival.quietRange || m.drawdownBefore >= revival.fallenBy;
  if (m.volumeRatio >= revival.minVolumeRatio && quietOrFallen && m.gain > 0)
    return { strategy: 'revival', measures: m };

  // comparisons with NaN are false: an indicator that is not warm never makes a market "safe"
  const calm = m.atrFraction <= momentumSafe.maxAtrFraction && m.adx >= momentumSafe.minAdx;
  const steadyVolume = m.volumeRatio >= momentumSafe.minVolumeRatio && m.volumeRatio < momentumSafe.maxVolumeRatio;
  if (steadyVolume && m.gain >= momentumSafe.gainMultiple * criteria.minGain && calm) {
    return { strategy: 'momentum_safe', measures: m };
  }

  if (m.gain >= criteria.aggressiveGain) return { strategy: 'aggressive', measures: m };
  if (m.gain >= criteria.minGain) return { strategy: 'simple', measures: m };
  return { strategy: null, reason: 'no_pattern', measures: m };
}
