export { restUrl, wsUrl } from '@mexc-bot/runtime';
export { accountStopOf, type Resumed, resumeEntries } from './account-stop.ts';
export { type Accounts, createAccounts } from './accounts.ts';
export { decisionRules, forgetPeakMs, universeCriteria } from './decision-rules.ts';
export { createExecutor, type Executor } from './executor.ts';
export { exposureOf } from './exposure.ts';
export type { ExecutionLog, Intent } from './intent.ts';
export type { KeyWatch } from './key-watch.ts';
export { accountOptions, labelBarriers, positionRules, stopConfig, tradeCosts } from './options.ts';
export { createReconcile, type Reconciliation } from './reconcile.ts';
export { applyResync, planResync, type Rebuilt } from './resync.ts';
export {
  type DecidedToken,
  decidedToken,
  decodeInputs,
  encodeInputs,
  LAST_SCAN,
  openStored,
  type StoredToken,
} from './scan-inputs.ts';
export { createSeller, type Seller } from './seller.ts';
export { type Evidence, evidenceOf, unclearOrders } from './unclear.ts';
export { setAsideSimulatedBooks, venueIdentity } from './venue.ts';
export { type Why, whyOf } from './why.ts';
export { type TradingProcess, wireTrading } from './wiring.ts';
export { requireRightClock, wrongClock } from './wrong-clock.ts';
