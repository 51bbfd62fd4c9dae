import { availableParallelism } from 'node:os';
import type { Card, LabelledRows, TrainedScope } from '@mexc-bot/models';
import { Piscina } from 'piscina';
import { type RowsJob, rowsJob, type ScopeJob, scopeJob, type TokenJob, tokenJob } from './jobs.ts';

/** Where jobs run: in threads, or, for tests, right here. */
export interface Pool {
  /** jobs that may run at one time */
  readonly threads: number;
  rows(job: RowsJob): Promise<LabelledRows>;
  scope(job: ScopeJob): Promise<TrainedScope>;
  token(job: TokenJob): Promise<Card>;
  close(): Promise<void>;
}

/** A thread that needs more is ended, and its job fails: the run goes on. */
const HEAP_MB = 1_024;

/** @param threads 0: as many as the machine has cores */
export function createPool(threads: number): Pool {
  const count = threads > 0 ? threads : availableParallelism();
  const piscina = new Piscina({
    // beside this file, compiled or not
    filename: new URL(`./jobs${import.meta.url.slice(-3)}`, import.meta.url).href,
    minThreads: 0,
    maxThreads: count,
    idleTimeout: 1_000,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  return {
    threads: count,
    rows: (job) => piscina.run(job, { name: 'rowsJob' }),
    scope: (job) => piscina.run(job, { name: 'scopeJob' }),
    token: (job) => piscina.run(job, { name: 'tokenJob' }),
    close: () => piscina.destroy(),
  };
}

export const localPool: Pool = {
  threads: 1,
  rows: async (job) => rowsJob(job),
  scope: scopeJob,
  token: tokenJob,
  close: async () => undefined,
};

/** Works on the items with so many at a time; a fault goes to `failed`, and the others go on. */
export async function inParallel<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<void>,
  failed: (item: Item, error: unknown) => void,
  signal?: AbortSignal,
): Promise<void> {
  let next = 0;
  const runner = async (): Promise<void> => {
    while (next < items.length && signal?.aborted !== true) {
      const item = items[next++]!;
      try {
        await work(item);
      } catch (error) {
        failed(item, error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, runner));
}
