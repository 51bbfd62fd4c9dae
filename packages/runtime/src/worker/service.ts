import { localTime } from '../clock/system-clock.ts';
import { closeLogs } from '../logging/create-logger.ts';
import type { Logger } from '../logging/logger.ts';
import { trimPm2Output } from '../logging/pm2-output.ts';
import { type ProcessLike, realProcess } from './process-like.ts';

export interface Service {
  readonly name: string;
  /** Works until the signal aborts; a service that only answers requests has none. */
  readonly run?: (signal: AbortSignal) => Promise<void>;
  /** what is closed at the end, in this order */
  readonly onStop: readonly (() => void | Promise<void>)[];
}

export interface ServiceDeps {
  readonly log: Logger;
  readonly processLike?: ProcessLike;
  readonly sleepWall?: (wallMs: number, signal?: AbortSignal) => Promise<void>;
  /** PM2's files of this process are emptied above this size; 5 unless given */
  readonly maxOutputMb?: number;
}

// together under PM2's kill_timeout of 6 s
const FINISH_MS = 4_000;
const CLOSE_MS = 1_500;

const TRIM_EVERY_MS = 60_000;

/**
 * Says ready, works until it is told to stop, closes, exits 0. A second signal exits 1 at once.
 *
 * SIGINT and SIGTERM tell it, and on Windows, which has no signals, PM2's message `shutdown`.
 */
export async function runService(service: Service, deps: ServiceDeps): Promise<void> {
  const { log } = deps;
  const proc = deps.processLike ?? realProcess();
  const sleepWall = deps.sleepWall ?? localTime.sleepWall;
  const stop = new AbortController();

  const onSignal = (): void => {
    if (stop.signal.aborted) proc.exit(1);
    else stop.abort();
  };
  const onMessage = (message: unknown): void => {
    if (message === 'shutdown') onSignal();
  };
  proc.on('SIGINT', onSignal);
  proc.on('SIGTERM', onSignal);
  proc.on('message', onMessage);
  const stopped = new Promise<void>((resolve) =>
    stop.signal.addEventListener('abort', () => resolve(), { once: true }),
  );

  const ended = new AbortController();
  const trimming = keepTrimmed(proc.env, deps.maxOutputMb ?? 5, { log, sleepWall, signal: ended.signal });
  log.info('ready');
  proc.send?.('ready');

  let failure: { readonly error: unknown } | null = null;
  const work = (service.run?.(stop.signal) ?? stopped).catch((error: unknown) => {
    failure = { error };
  });
  await Promise.race([work, stopped]);
  if (!(await within(FINISH_MS, work, sleepWall)))
    log.warn('what was under way did not end in time; closing all the same');
  await within(CLOSE_MS, closeInOrder(service.onStop, log), sleepWall);

  ended.abort();
  await trimming;
  if (failure !== null) log.error('ended by a fault', failure);
  else log.info('stopped');
  await closeLogs();
  proc.off('SIGINT', onSignal);
  proc.off('SIGTERM', onSignal);
  proc.off('message', onMessage);
  proc.exit(failure === null ? 0 : 1);
}

/** Now and every minute, whatever the process does: a job of one run, or a service without cycles, prints too. */
async function keepTrimmed(
  env: ProcessLike['env'],
  maxOutputMb: number,
  { log, sleepWall, signal }: Required<Pick<ServiceDeps, 'log' | 'sleepWall'>> & { readonly signal: AbortSignal },
): Promise<void> {
  let failed = false;
  while (!signal.aborted) {
    try {
      trimPm2Output(env, maxOutputMb);
      failed = false;
    } catch (error) {
      if (!failed) log.error('the output file cannot be emptied', { error });
      failed = true;
    }
    await sleepWall(TRIM_EVERY_MS, signal);
  }
}

/** @returns whether the work ended in time */
async function within(
  ms: number,
  work: Promise<void>,
  sleepWall: NonNullable<ServiceDeps['sleepWall']>,
): Promise<boolean> {
  const done = new AbortController();
  const inTime = work.then(() => true);
  const result = await Promise.race([inTime, sleepWall(ms, done.signal).then(() => false)]);
  done.abort();
  return result;
}

async function closeInOrder(onStop: Service['onStop'], log: Logger): Promise<void> {
  for (const close of onStop) {
    try {
      await close();
    } catch (error) {
      log.error('closing failed', { error });
    }
  }
}
