import { Worker } from 'node:worker_threads';
import type { PreparedData, SweepTry } from '@mexc-bot/backtest';
import { shareData } from '@mexc-bot/backtest';
import type { SweepJob } from './sweep-worker.ts';

const EXTENSION = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

/**
 * Runs jobs on worker threads that share the candles and features. Which thread runs which job changes no result.
 *
 * @param onDone called with the number of the job, in the order jobs end; what it throws ends the sweep
 * @returns in the order of the jobs
 */
export async function runSweep(
  data: PreparedData,
  split: number,
  jobs: readonly Omit<SweepJob, 'index'>[],
  threads: number,
  onDone: (job: number, result: SweepTry) => void,
): Promise<readonly SweepTry[]> {
  const results: SweepTry[] = [];
  const shared = shareData(
    data,
    jobs.map(({ settings }) => settings.stopAtrPeriod),
  );
  const count = Math.min(threads, jobs.length);
  const take = jobQueue(jobs.length, count);
  const runThread = (thread: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL(`./sweep-worker.${EXTENSION}`, import.meta.url), {
        workerData: { data: shared, split },
      });
      const give = (): void => {
        const index = take(thread);
        const job = index === null ? undefined : jobs[index];
        if (index === null || job === undefined) worker.terminate().then(() => resolve(), reject);
        else worker.postMessage({ ...job, index } satisfies SweepJob);
      };
      worker.on('error', reject);
      worker.on('message', ({ index, result }: { readonly index: number; readonly result: SweepTry }) => {
        results[index] = result;
        try {
          onDone(index, result);
          give();
        } catch (error) {
          reject(error);
        }
      });
      give();
    });
  await Promise.all(Array.from({ length: count }, (_, thread) => runThread(thread)));
  return results;
}

/**
 * Hands out jobs so that a thread gets neighbours: they share most of their parameters, and what a thread found out for one (patterns,
 * hype tokens) it need not find out again for the next. A thread that is done helps the one with most left.
 *
 * @returns the next job of a thread; null: there is none left
 */
export function jobQueue(jobs: number, threads: number): (thread: number) => number | null {
  const parts = Array.from({ length: threads }, (_, thread) => ({
    next: Math.floor((jobs * thread) / threads),
    end: Math.floor((jobs * (thread + 1)) / threads),
  }));
  const left = ({ next, end }: (typeof parts)[number]): number => end - next;
  return (thread) => {
    const own = parts[thread]!;
    if (left(own) > 0) return own.next++;
    const fullest = parts.reduce((a, b) => (left(b) > left(a) ? b : a));
    return left(fullest) > 0 ? --fullest.end : null;
  };
}
