export { type Accounts, createAccounts } from './accounts.ts';
export { createExecutor, type ExecutionLog, type Executor, type Intent } from './executor.ts';
export { exposureOf } from './exposure.ts';
export { accountOptions, keyPolicy, positionRules, restUrl, stopConfig, wsUrl } from './options.ts';
export { createReconcile, type Reconciliation } from './reconcile.ts';
export { applyResync, planResync, type Rebuilt } from './resync.ts';
export { createSeller, type Seller } from './seller.ts';
export { setAsideSimulatedBooks, venueIdentity } from './venue.ts';
export { type TradingProcess, wireTrading } from './wiring.ts';
