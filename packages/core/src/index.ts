export { applyExitFill, closeIfDone, realisedPnl } from './book-exit.ts';
export { type Entry, openPosition } from './entry.ts';
export { approveExit, type ExitRefusal } from './exit-order.ts';
export { type GatePolicy, type GateVerdict, gateWithoutModel, type MissingPolicy } from './gate.ts';
export { findHype, type HypeCriteria, type HypeRejection, type HypeResult, type HypeToken, spreadOf } from './hype.ts';
export {
  breakEvenMultiple,
  DEFAULT_EXIT_TABLE,
  type ExitRow,
  type ExitTable,
  type ExitTableFault,
  exitRow,
  faultsInExitTable,
} from './levels.ts';
export * from './market.ts';
export { Decimal, decimalsOf, floorToStep, roundToTick, type Side, ZERO } from './money.ts';
export {
  type ApprovedOrder,
  type ClientOrderId,
  type EntryPlan,
  type Fill,
  isFinal,
  mayBecome,
  type OrderState,
  type TradeOrder,
} from './order.ts';
export { type Performance, performanceOf, type Tally } from './performance.ts';
export type * from './position.ts';
export {
  approveEntry,
  type EntryRequest,
  type Exposure,
  type ProtectionCode,
  type ProtectionLimits,
} from './protection.ts';
export type { OrderReport, PaperAccount, PaperBook, PaperSettlement, TradeReport } from './reports.ts';
export { err, ok, type Result } from './result.ts';
export { forceExit, type StepResult, step } from './step.ts';
export { effectiveStop, type StopConfig, withVolatility } from './stop.ts';
export {
  type Classification,
  candlesNeeded,
  classify,
  type StrategyCriteria,
  type StrategyIndicators,
  type StrategyMeasures,
} from './strategy.ts';
export { STRATEGIES, type Strategy } from './strategy-name.ts';
export { type Clock, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, TIMEFRAME_MS, type Timeframe } from './time.ts';
export { type UniverseCriteria, type UniverseRejection, universeCollapsed, universeRejection } from './universe.ts';
