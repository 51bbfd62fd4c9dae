import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { RunResult } from './run.ts';

export interface PoolOptions {
  /** folder of this harness: the checkout's, or a copy's */
  readonly folder: string;
  readonly seeds: readonly number[];
  /** a plan file followed in every run, besides the seed's own faults */
  readonly plan?: string | undefined;
  readonly onResult?: (result: RunResult, done: number) => void;
  /** stops at the first run with a break */
  readonly untilBroken?: boolean;
  readonly processes?: number;
}

/** Seeds in a process at a time: small enough to keep both cores busy to the end. */
const BATCH = 5;
/** Real ms without a result after which a process hangs: that is a finding, not a slow machine. */
const STUCK_MS = 120_000;

/** Runs seeds in child processes, one a core. @returns results in the order of their seeds */
export async function runSeeds(options: PoolOptions): Promise<readonly RunResult[]> {
  const { folder, seeds, plan, onResult, untilBroken = false } = options;
  const results: RunResult[] = [];
  const queue = [...seeds];
  let stopped = false;

  const worker = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = fork(join(folder, 'worker.ts'), plan === undefined ? [] : [plan], {
        execArgv: ['--max-semi-space-size=64'],
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      let batch: number[] = [];
      let timer: NodeJS.Timeout | undefined;
      const next = (): void => {
        clearTimeout(timer);
        batch = stopped ? [] : queue.splice(0, BATCH);
        if (batch.length === 0) {
          child.kill();
          resolve();
          return;
        }
        timer = setTimeout(() => {
          reject(new Error(`no result of seeds ${batch.join(', ')} for ${STUCK_MS / 1000} s`));
          child.kill('SIGKILL');
        }, STUCK_MS);
        child.send(batch);
      };
      child.on('message', (message: RunResult | 'done') => {
        if (message === 'done') return next();
        timer?.refresh();
        results.push(message);
        onResult?.(message, results.length);
        if (untilBroken && message.breaks.length > 0) stopped = true;
        if (stopped) {
          clearTimeout(timer);
          child.kill();
          resolve();
        }
      });
      child.on('exit', (code) => {
        clearTimeout(timer);
        if (code !== null && code !== 0)
          reject(new Error(`a process ended with ${code} at one of the seeds ${batch.join(', ')}`));
        else resolve();
      });
      next();
    });

  const processes = Math.max(1, Math.min(options.processes ?? availableParallelism(), Math.ceil(seeds.length / BATCH)));
  await Promise.all(Array.from({ length: processes }, worker));
  return results.sort((a, b) => a.seed - b.seed);
}
