export {
  type AccountGuardCode,
  type AccountLimits,
  type AccountRecord,
  type AccountStop,
  accountRecord,
  accountStop,
  type HighWaterMark,
  highWaterMark,
  recordSince,
} from './account-guard.ts';
export { ASSUMED_TRADE, assumedFill, isAssumed, withListedFills } from './assumed-fill.ts';
export { applyExitFill, closeIfDone, realisedPnl } from './book-exit.ts';
export {
  type CandleGap,
  gapsAfterLook,
  gapsOutside,
  missingRanges,
  type TimeRange,
} from './candle-gaps.ts';
export {
  CANDLE_CLOSED_FOR_MS,
  CANDLE_PAGE,
  type CandlePlan,
  type CandlesKnown,
  lookedUntil,
  planCandles,
} from './candle-plan.ts';
export {
  aggregateCandles,
  type CandleColumns,
  candleAt,
  emptyColumns,
  firstAt,
  KEPT_TIMEFRAMES,
  type KeptTimeframe,
  toCandles,
  toColumns,
} from './candles.ts';
export { type Check, type Comparison, STAGES, type Stage, type StageName } from './check.ts';
export {
  type DecisionRules,
  decideToken,
  type EntryFacts,
  openScan,
  type ScanMoment,
  type ScanOpening,
  type ScanTerms,
  type TokenDecision,
  type TokenFacts,
  termsOf,
} from './decide.ts';
export { type Entry, openPosition } from './entry.ts';
export { EXIT_TYPES, type ExitType, exitRung, type Rung } from './exit-ladder.ts';
export { approveExit, type ExitRefusal } from './exit-order.ts';
export { explainRejected, explainToken } from './explain.ts';
export {
  type Gate,
  type GateAsked,
  type GatePolicy,
  type GateReason,
  type GateRequest,
  type GateVerdict,
  gateRejection,
  gateWithoutModel,
  type MissingPolicy,
  type ModelAnswer,
  NEEDS_MODEL,
  type UnprovenPolicy,
} from './gate.ts';
export { gateVerdict, letsThrough } from './gate-verdict.ts';
export { compareHolding, type Holding, shrinkToOwned } from './holding.ts';
export {
  findHype,
  type HypeCriteria,
  type HypeRejection,
  type HypeResult,
  type HypeToken,
  hypeRejection,
  rankHype,
  spreadOf,
} from './hype.ts';
export {
  type KeyFault,
  type KeyPolicy,
  type KeyStatus,
  type KeyVerdict,
  keyDaysLeft,
  keyVerdict,
} from './key-life.ts';
export {
  grantedUse,
  judged,
  type KeyRecord,
  type KeyUse,
  keyStop,
  refusedUse,
  triedAgain,
  unknownKey,
} from './key-record.ts';
export { KEY_SENTENCES, type KeySentence } from './key-sentences.ts';
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
export { parseMoment } from './moment.ts';
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
export { type Execution, type ExecutionTotals, limitPrice, totalsOf, walkDepth } from './paper-fills.ts';
export { type ClosedResult, type Performance, performanceOf, type Tally } from './performance.ts';
export type * from './position.ts';
export {
  approveEntry,
  type EntryRequest,
  type Exposure,
  type ProtectionCode,
  type ProtectionLimits,
} from './protection.ts';
export { type QuietBand, quietBand } from './quiet.ts';
export {
  type BtcMeasures,
  breadthOf,
  breadthOfCounts,
  nextRegime,
  REGIMES,
  type Regime,
  type RegimeCriteria,
  type RegimeReading,
  type RegimeReason,
  type RegimeState,
  readBtc,
} from './regime.ts';
export {
  adjustHype,
  adjustments,
  adjustStake,
  adjustStrategy,
  type RegimeAdjustments,
} from './regime-adjustments.ts';
export type { OrderReport, PaperAccount, PaperBook, PaperSettlement, TradeReport } from './reports.ts';
export {
  BudgetRefused,
  type Penalty,
  type RequestBudget,
  type RequestCost,
  type RequestPriority,
} from './request-budget.ts';
export {
  askBudget,
  type BudgetAnswer,
  type BudgetRequest,
  type BudgetState,
  type BudgetTerms,
  EMPTY_BUDGET,
  LONGEST_NAP_MS,
  penaliseBudget,
  REQUEST_LIMITS,
  withdraw,
} from './request-rules.ts';
export { err, ok, type Result } from './result.ts';
export { type ExitSlippage, exitSlippages, type SlippageTally, slippageByReason } from './slippage.ts';
export { forceExit, type StepResult, step } from './step.ts';
export { effectiveStop, type StopConfig, stopDistance, withVolatility } from './stop.ts';
export {
  type Classification,
  candlesNeeded,
  classify,
  classifyNow,
  measureAt,
  type UnclassifiedReason,
} from './strategy.ts';
export type { StrategyCriteria, StrategyIndicators, StrategyMeasures } from './strategy-measures.ts';
export { STRATEGIES, type Strategy } from './strategy-name.ts';
export { nameStrategy } from './strategy-patterns.ts';
export {
  type Clock,
  DAY_MS,
  HOUR_MS,
  LABEL_AFTER_MS,
  MINUTE_MS,
  SECOND_MS,
  type SteadyClock,
  TIMEFRAME_MS,
  type Timeframe,
} from './time.ts';
export { hasOnlyRisen, type Rise, withRise } from './trailing.ts';
export { type UniverseCriteria, type UniverseRejection, universeCollapsed, universeRejection } from './universe.ts';
