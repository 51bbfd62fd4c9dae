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
