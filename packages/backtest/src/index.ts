export { backtestView } from './compare/backtest-view.ts';
export { type DecisionPair, pairDecisions } from './compare/decisions.ts';
export { type ExitPair, pairExits } from './compare/exits.ts';
export type { DifferenceCause } from './compare/explain.ts';
export type { RecordedDecision, RecordedScan, RecordedScans } from './compare/recorded.ts';
export { type PreparedData, type PreparedMarket, prepareData } from './data.ts';
export { crossTrades, emaCrossReturn } from './ema-cross.ts';
export { ImportFault } from './imported/entries.ts';
export type { ImportFile } from './imported/import-file.ts';
export { parseTradingRecord } from './imported/record-file.ts';
export {
  type ImportedHistory,
  importTradeHistory,
  type TradeHistoryImport,
} from './imported/trade-history.ts';
export { type LookaheadReport, lookForLookahead } from './lookahead.ts';
export { assumedMarket } from './markets.ts';
export { type BacktestGate, type BacktestSettings, boughtOnly, DEFAULT_COSTS } from './options.ts';
export { backtestPage } from './page/backtest-page.ts';
export { estimatedWords, gapTable } from './page/gap-table.ts';
export { type ReportPage, reportPage } from './page/report-page.ts';
export type { PageTable } from './page/tables.ts';
export type { ReadCandles } from './page/trade-section.ts';
export { type Allocate, featuresOf, type MarketCandles, type MarketFeatures } from './prepare.ts';
export { broughtBy, recordOfBooks, type TradingBooks } from './record/from-books.ts';
export {
  type Gap,
  type GapCause,
  type GapParts,
  gapByCause,
  type PriceAt,
  type TradePair,
} from './record/gap-by-cause.ts';
export type { KnownPrice } from './record/mark-to-market.ts';
export type { EntryDecision } from './record/position-trade.ts';
export type * from './record/trading-record.ts';
export type * from './result.ts';
export { runBacktest } from './run.ts';
export { fromShared, type SharedData, shareData } from './shared-data.ts';
export { type Drawdown, dailyReturns, type Exposure, exposureOf, maxDrawdown } from './statistics/account.ts';
export {
  type DeflatedSharpe,
  deflatedSharpe,
  expectedBestSharpe,
  probabilisticSharpe,
  type SharpeReading,
  sharpeReading,
} from './statistics/deflated-sharpe.ts';
export type { Expectancy, ResampleOptions } from './statistics/episodes.ts';
export type { TradeGroup, TradeGroups } from './statistics/groups.ts';
export { type Statistics, statisticsOf } from './statistics/statistics.ts';
export type { Benchmark, Summary } from './statistics/summary.ts';
export type { Verdict } from './statistics/verdict.ts';
export {
  chooseTry,
  idleParameters,
  partsAt,
  SHORTEST_PART_MS,
  type SweepParameters,
  type SweepPart,
  type SweepTry,
  type SweepVerdict,
  trySettings,
} from './sweep.ts';
export { type TickerReach, tickerReach } from './tickers.ts';
export { type WalkForward, type WalkForwardOptions, walkForward } from './walk-forward/walk-forward.ts';
