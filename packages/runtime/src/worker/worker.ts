import type { Clock } from '@mexc-bot/core';
import type { Logger } from '../logging/logger.ts';
import { type ProcessLike, realProcess } from './process-like.ts';
import { runService } from './service.ts';

/** What a worker says of itself after each cycle. */
export interface Heartbeat {
  readonly process: string;
  readonly pid: number;
  /** wall time, ms UTC */
  readonly wallAt: number;
  /** market time, ms UTC */
  readonly marketAt: number;
  /** cycles since this process started, failed ones too */
  readonly cycles: number;
  /** failed cycles in a row */
  readonly failures: number;
  readonly lastError: string | null;
  readonly memoryMb: number;
}

export interface Worker {
  readonly name: string;
  /** from the start of one cycle to the start of the next, market ms */
  readonly everyMs: number;
  /** rest between two cycles, at least, wall ms; 20 unless given */
  readonly minWallMs?: number;
  /** longest wait after failed cycles, wall ms; 30,000 unless given */
  readonly maxBackoffWallMs?: number;
  /** One cycle; a long one ends early when the signal aborts. */
  readonly cycle: (signal: AbortSignal) => Promise<void>;
  readonly onStop: readonly (() => void | Promise<void>)[];
}

export interface WorkerDeps {
  readonly heartbeats: { beat(row: Heartbeat): void };
  readonly clock: Clock;
  readonly log: Logger;
  readonly processLike?: ProcessLike;
  /** as a service's */
  readonly maxOutputMb?: number;
}

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;

/** Runs one cycle at a time, for ever; a cycle that throws is logged, counted and backed off, never the end. */
export async function runWorker(worker: Worker, deps: WorkerDeps): Promise<void> {
  const { clock, log, maxOutputMb } = deps;
  const proc = deps.processLike ?? realProcess();
  await runService(
    { name: worker.name, run: (signal) => loop(worker, { ...deps, processLike: proc }, signal), onStop: worker.onStop },
    { log, processLike: proc, sleepWall: clock.sleepWall, ...(maxOutputMb === undefined ? {} : { maxOutputMb }) },
  );
}

async function loop(
  { name, everyMs, minWallMs = 20, maxBackoffWallMs = LONGEST_BACKOFF_MS, cycle }: Worker,
  { heartbeats, clock, log, processLike: proc }: WorkerDeps & { readonly processLike: ProcessLike },
  signal: AbortSignal,
): Promise<void> {
  const cycleFaults = createFaultLog('cycle', log);
  const sideFaults = createFaultLog('heartbeat', log);
  let cycles = 0;

  while (!signal.aborted) {
    const startedAt = clock.now();
    await cycleFaults.watch(() => cycle(signal));
    cycles += 1;

    await sideFaults.watch(() => {
      heartbeats.beat({
        process: name,
        pid: proc.pid,
        wallAt: clock.wallNow(),
        marketAt: clock.now(),
        cycles,
        failures: cycleFaults.failures(),
        lastError: cycleFaults.lastError(),
        memoryMb: Math.round(proc.memoryUsage().rss / 104_857.6) / 10,
      });
    });

    const restMs = Math.max((startedAt + everyMs - clock.now()) / clock.speed(), minWallMs);
    await clock.sleepWall(Math.max(restMs, Math.min(backoffMs(cycleFaults.failures()), maxBackoffWallMs)), signal);
  }
}

/** @returns wall ms to wait after so many failures in a row */
export const backoffMs = (failures: number): number =>
  failures === 0 ? 0 : Math.min(FIRST_BACKOFF_MS * 2 ** (failures - 1), LONGEST_BACKOFF_MS);

/** Says each fault once until all is well again: the same one every second would bury everything else. */
function createFaultLog(what: string, log: Logger) {
  let failures = 0;
  let lastError: string | null = null;
  const said = new Set<string>();

  return {
    failures: () => failures,
    lastError: () => lastError,
    async watch(attempt: () => void | Promise<void>): Promise<void> {
      try {
        await attempt();
        if (failures > 0) log.info(`${what} works again`, { afterFailures: failures });
        failures = 0;
        lastError = null;
        said.clear();
      } catch (error) {
        failures += 1;
        lastError = error instanceof Error ? error.message : String(error);
        const gist = lastError.replace(/\d+/g, '#'); // times and ids do not make it another fault
        if (!said.has(gist)) log.error(`${what} failed`, { error });
        said.add(gist);
      }
    },
  };
}
