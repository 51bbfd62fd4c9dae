export type { ActivityRow } from './activity.ts';
export type { AlertRow, StoredAlert } from './alerts.ts';
export type { AuditRow } from './audit.ts';
export type { Candidate, CandidateLabel, CandidateRow, CandidateScan } from './candidates.ts';
export {
  type CsvCandles,
  type CsvFault,
  csvName,
  EXPORT_NAME,
  parseFileName,
  readCandleCsv,
  writeCandleCsv,
} from './candle-csv.ts';
export type { CandleRepository, CandleSeries } from './candles.ts';
export type { CandleLook } from './candles-write.ts';
export type { CardRow } from './cards.ts';
export type { DailySummaryRow, Days } from './daily-summary.ts';
export { StoreError } from './errors.ts';
export type { Heartbeat } from './heartbeats.ts';
export type { FunnelSum } from './history.ts';
export type { MarketChanges } from './markets.ts';
export type { ModelEntry, ModelRepository, ModelState, NewModel } from './models.ts';
export type { PendingAlert, Settlement } from './outbox.ts';
export type { ClosedResult } from './positions.ts';
export { BUDGET_PATIENCE_MS, createRequestBudget, type RequestBudgetDeps } from './request-budget.ts';
export { type BudgetLedger, createMemoryBudgetLedger, openBudgetLedger } from './request-budget-ledger.ts';
export type { RequestResult, StoredRequest, TradeRequest } from './requests.ts';
export type { ScanInputs, ScanRecord, ScanRow } from './scans.ts';
export { openStore, openStoreToRead, type Store } from './store.ts';
export type { PairingOffer, RestartNote, TelegramRepository } from './telegram.ts';
export type { TestDataRepository } from './test-data.ts';
export type { TrainingRequest } from './training-requests.ts';
export type { VolatilityRow } from './volatility.ts';
