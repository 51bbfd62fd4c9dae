export type { ActivityRow } from './activity.ts';
export type { AlertRow } from './alerts.ts';
export { StoreError } from './errors.ts';
export type { Heartbeat } from './heartbeats.ts';
export { BUDGET_PATIENCE_MS, createRequestBudget, type RequestBudgetDeps } from './request-budget.ts';
export { type BudgetLedger, createMemoryBudgetLedger, openBudgetLedger } from './request-budget-ledger.ts';
export type { CandidateRow, ScanRow } from './scans.ts';
export { openStore, type Store } from './store.ts';
