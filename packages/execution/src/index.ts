export { type Accounts, createAccounts } from './accounts.ts';
export { createExecutor, type ExecutionLog, type Executor, type Intent } from './executor.ts';
export { exposureOf } from './exposure.ts';
export { accountOptions, positionRules, restUrl, stopConfig } from './options.ts';
export { setAsideSimulatedBooks, venueIdentity } from './venue.ts';
export { type TradingProcess, wireTrading } from './wiring.ts';
