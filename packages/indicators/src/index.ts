export {
  type HighLow,
  type HighLowClose,
  type HighLowCloseVolume,
  IndicatorInputError,
} from './columns.ts';
export { cci, createCci } from './momentum/cci.ts';
export { createRoc, roc } from './momentum/roc.ts';
export { createRsi, rsi } from './momentum/rsi.ts';
export { createStochastic, type Stochastic, stochastic } from './momentum/stochastic.ts';
export { createStochasticRsi, stochasticRsi } from './momentum/stochastic-rsi.ts';
export { createUltimateOscillator, ultimateOscillator } from './momentum/ultimate-oscillator.ts';
export { createWilliamsR, williamsR } from './momentum/williams-r.ts';
export {
  CANDLESTICK_PATTERNS,
  type CandlestickPattern,
  candlestickPattern,
  candlestickPatternsAtLast,
  type OpenHighLowClose,
} from './pattern/candlestick.ts';
export type { HighLowCandle, HighLowCloseCandle, Streaming, StreamState, VolumeCandle } from './streaming.ts';
export { adx, createAdx, type DirectionalMovement } from './trend/adx.ts';
export { type Aroon, aroon, createAroon } from './trend/aroon.ts';
export { createEma, ema } from './trend/ema.ts';
export { createLinearRegressionSlope, linearRegressionSlope } from './trend/linear-regression-slope.ts';
export { createMacd, type Macd, macd } from './trend/macd.ts';
export { createParabolicSar, parabolicSar } from './trend/parabolic-sar.ts';
export { createSma, sma } from './trend/sma.ts';
export { atr, createAtr, createNatr, natr } from './volatility/atr.ts';
export {
  type Bands,
  type BollingerValues,
  bollinger,
  bollingerPercentB,
  bollingerWidth,
  createBollinger,
} from './volatility/bollinger.ts';
export { createDonchian, donchian } from './volatility/donchian.ts';
export { createKeltner, keltner } from './volatility/keltner.ts';
export { createRealizedVolatility, realizedVolatility } from './volatility/realized-volatility.ts';
export { createStandardDeviation, standardDeviation } from './volatility/standard-deviation.ts';
export { createTrueRange, trueRange } from './volatility/true-range.ts';
export { createMfi, mfi } from './volume/mfi.ts';
export { createObv, obv } from './volume/obv.ts';
export { createVolumeZScore, volumeZScore } from './volume/volume-z-score.ts';
export {
  createSessionVwap,
  createVwap,
  type SessionCandle,
  type SessionColumns,
  sessionVwap,
  vwap,
} from './volume/vwap.ts';
