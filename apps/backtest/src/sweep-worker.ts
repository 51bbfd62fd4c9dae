import { parentPort, workerData } from 'node:worker_threads';
import {
  type BacktestSettings,
  fromShared,
  type SharedData,
  type SweepParameters,
  trySettings,
} from '@mexc-bot/backtest';

/** What a thread is given: the data once, then one job after the other. */
export interface SweepJob {
  readonly index: number;
  readonly settings: BacktestSettings;
  readonly parameters: SweepParameters;
}

const { data, split } = workerData as { readonly data: SharedData; readonly split: number };
const prepared = fromShared(data);

parentPort?.on('message', ({ index, settings, parameters }: SweepJob) => {
  parentPort?.postMessage({ index, result: trySettings(prepared, settings, parameters, split) });
});
