export { type PreparedData, type PreparedMarket, prepareData } from './data.ts';
export { assumedMarket } from './markets.ts';
export { type BacktestGate, type BacktestSettings, DEFAULT_COSTS } from './options.ts';
export { type Allocate, featuresOf, type MarketCandles, type MarketFeatures } from './prepare.ts';
export type * from './result.ts';
export { runBacktest } from './run.ts';
