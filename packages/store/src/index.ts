export type { ActivityRow } from './activity.ts';
export { StoreError } from './errors.ts';
export type { Heartbeat } from './heartbeats.ts';
export type { CandidateRow, ScanRow } from './scans.ts';
export { openStore, type Store } from './store.ts';
