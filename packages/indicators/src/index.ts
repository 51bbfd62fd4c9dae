export { type HighLowClose, IndicatorInputError } from './columns.ts';
export { adx, type DirectionalMovement } from './trend/adx.ts';
export { atr } from './volatility/atr.ts';
export { trueRange } from './volatility/true-range.ts';
