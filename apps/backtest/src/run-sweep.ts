import { Worker } from 'node:worker_threads';
import type { PreparedData, SweepTry } from '@mexc-bot/backtest';
import { shareData } from '@mexc-bot/backtest';
import type { SweepJob } from './sweep-worker.ts';

const EXTENSION = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

/**
 * Runs jobs on worker threads that share the candles and features. Which thread runs which job changes no result.
 *
 * @param onDone called in the order jobs end
 * @returns in the order of the jobs
 */
export async function runSweep(
  data: PreparedData,
  split: number,
  jobs: readonly Omit<SweepJob, 'index'>[],
  threads: number,
  onDone: (result: SweepTry) => void,
): Promise<readonly SweepTry[]> {
  const shared = shareData(data);
  const results: SweepTry[] = [];
  let next = 0;
  const runThread = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL(`./sweep-worker.${EXTENSION}`, import.meta.url), {
        workerData: { data: shared, split },
      });
      const give = (): void => {
        const index = next++;
        const job = jobs[index];
        if (job === undefined) worker.terminate().then(() => resolve(), reject);
        else worker.postMessage({ ...job, index } satisfies SweepJob);
      };
      worker.on('error', reject);
      worker.on('message', ({ index, result }: { readonly index: number; readonly result: SweepTry }) => {
        results[index] = result;
        onDone(result);
        give();
      });
      give();
    });
  await Promise.all(Array.from({ length: Math.min(threads, jobs.length) }, runThread));
  return results;
}
