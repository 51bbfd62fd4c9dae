import { type Clock, MINUTE_MS, SECOND_MS } from '@mexc-bot/core';
import type { Logger, ProcessRow, Settings } from '@mexc-bot/runtime';
import type { AlertRow, Heartbeat, Store } from '@mexc-bot/store';

export interface WatchDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: Settings['telegram']['heartbeat'];
  /** workers besides the tracker, and how often they run, market ms; those that run once and exit are not among them */
  readonly workers: readonly { readonly name: string; readonly everyMs: number }[];
  /** Through PM2, which knows it. A failure is logged and tried again later. */
  readonly restart: (name: string) => Promise<void>;
  /** The same of one that PM2 does not know. */
  readonly start: (name: string) => Promise<void>;
  /** What PM2 says of a process; null: it does not know it. A failure says nothing. */
  readonly statusOf: (name: string) => Promise<ProcessRow['status'] | null>;
}

/** The workers that beat for ever, and how often; those that are not running by the owner's wish are told by PM2. */
export const watchedWorkers = ({ scan, collect }: Pick<Settings, 'scan' | 'collect'>): WatchDeps['workers'] => [
  { name: 'scanner', everyMs: scan.everySeconds * SECOND_MS },
  { name: 'collector', everyMs: collect.everyMinutes * MINUTE_MS },
  { name: 'labeler', everyMs: LABELER_MS },
];

/** The labeler's cycle, market ms. */
const LABELER_MS = 5 * MINUTE_MS;

export interface Watch {
  /** One look at all heartbeats. */
  check(): Promise<void>;
  /** Looks every few seconds until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

const LOOK_MS = 5_000;
/** This process itself slept: what it missed says nothing about the others. */
const OVERSLEPT_MS = 20_000;
/** First and longest wait between two restarts of the tracker, wall ms. */
const FIRST_RESTART_MS = 60_000;
const LONGEST_RESTART_MS = 15 * 60_000;
/** PM2 is asked of a silent process this often, wall ms. */
const ASK_AGAIN_MS = 60_000;
/** Shortest silence that is told of any worker, wall ms: a cycle may take its time. */
const LEAST_SILENCE_MS = 60_000;

/**
 * Watches signs of life. The tracker silent while positions are open is an alarm and is restarted, or started where a start failed
 * and PM2 knows it no more, less and less often while that does not help; a process the owner stopped is left alone, and he is told once
 * what that means. Any other silence, and cycles that keep failing, are told once, and once more when they are over.
 */
export function createWatch(deps: WatchDeps): Watch {
  const { store, clock, log, settings } = deps;
  /** what was told of a process and is not over, by kind and name */
  const told = new Map<string, Set<string>>();
  const askedAt = new Map<string, number>();
  let watchedSince = clock.wallNow();
  let lookedAt = clock.wallNow();
  let restarts = 0;
  let nextRestartAt = 0;

  return {
    check,
    async run(signal) {
      while (!signal.aborted) {
        try {
          await check();
        } catch (error) {
          log.error('the watch over the other processes failed', { error });
        }
        await clock.sleepWall(LOOK_MS, signal);
      }
    },
  };

  async function check(): Promise<void> {
    const now = clock.wallNow();
    // after a start, or a pause of the whole machine, everybody gets the time to beat again
    if (now - lookedAt > OVERSLEPT_MS || now < lookedAt) watchedSince = now;
    lookedAt = now;
    const beats = new Map(store.heartbeats.all().map((beat) => [beat.process, beat]));
    const open = store.positions.open().length;
    await checkTracker(beats.get('tracker'), open, isAlive(beats.get('scanner'), settings.trackerSeconds * 1_000));
    for (const { name, everyMs } of deps.workers) {
      const patience = Math.max((everyMs / clock.speed()) * settings.silentCycles, LEAST_SILENCE_MS);
      await checkWorker(name, beats.get(name), patience);
    }
    for (const beat of beats.values()) checkFailures(beat, open);
  }

  function silenceOf(beat: Heartbeat | undefined): number {
    return clock.wallNow() - Math.max(beat?.wallAt ?? 0, watchedSince);
  }

  async function checkTracker(beat: Heartbeat | undefined, open: number, scannerRuns: boolean): Promise<void> {
    const now = clock.wallNow();
    const silence = silenceOf(beat);
    const patienceMs = settings.trackerSeconds * 1_000;
    if (silence < patienceMs) {
      if (!isAlive(beat, patienceMs)) return;
      restarts = 0;
      nextRestartAt = 0;
      over('tracker', 'worker_silent');
      return;
    }
    if (open === 0) return checkWorker('tracker', beat, LEAST_SILENCE_MS, scannerRuns);
    if (now < nextRestartAt) return;

    nextRestartAt = now + Math.min(FIRST_RESTART_MS * 2 ** restarts, LONGEST_RESTART_MS);
    const status = await statusOf('tracker');
    const figures = { seconds: Math.round(silence / 1_000), positions: open };
    if (status === 'stopped') {
      tellOnce('alarm', 'tracker', 'worker_silent', { state: 'stopped', ...figures });
      return;
    }
    tellOnce('alarm', 'tracker', 'worker_silent', { state: 'unguarded', ...figures });
    restarts += 1;
    log.error(`the tracker is silent for ${figures.seconds} s with ${open} position(s) open: restarting it`);
    try {
      await (status === null ? deps.start : deps.restart)('tracker');
    } catch (error) {
      log.error('the tracker could not be restarted; it is tried again', { error });
    }
  }

  /** @param missed whether what still runs waits for it, also where it was stopped */
  async function checkWorker(
    name: string,
    beat: Heartbeat | undefined,
    patienceMs: number,
    missed = false,
  ): Promise<void> {
    const now = clock.wallNow();
    if (isAlive(beat, patienceMs)) over(name, 'worker_silent');
    const silence = silenceOf(beat);
    if (silence < patienceMs || isTold(name, 'worker_silent')) return;
    // PM2 takes half a second of a core to answer
    if (now - (askedAt.get(name) ?? Number.NEGATIVE_INFINITY) < ASK_AGAIN_MS) return;
    askedAt.set(name, now);
    const seconds = Math.round(silence / 1_000);
    const status = await statusOf(name);
    if (status !== null && status !== 'stopped')
      tellOnce('notice', name, 'worker_silent', { state: 'silent', seconds });
    // else stopped or never started on purpose, and nobody needs to be told; but PM2 calls it stopped too when it refused to start
    else if (missed) tellOnce('notice', name, 'worker_silent', { state: 'missed', seconds });
  }

  function checkFailures({ process, failures, lastError, wallAt }: Heartbeat, open: number): void {
    if (failures === 0) over(process, 'worker_failing');
    // of a process that ended long ago, the row says nothing any more
    if (failures < settings.failedCycles || clock.wallNow() - wallAt > 5 * LEAST_SILENCE_MS) return;
    const rank = process === 'tracker' && open > 0 ? 'alarm' : 'notice';
    tellOnce(rank, process, 'worker_failing', { state: 'failing', failures, error: lastError ?? '' });
  }

  function isAlive(beat: Heartbeat | undefined, patienceMs: number): boolean {
    return beat !== undefined && clock.wallNow() - beat.wallAt < patienceMs;
  }

  async function statusOf(name: string): Promise<ProcessRow['status'] | null> {
    try {
      return await deps.statusOf(name);
    } catch (error) {
      log.warn(`PM2 does not say how ${name} is`, { error });
      return name === 'tracker' ? 'other' : null;
    }
  }

  function tellOnce(
    rank: AlertRow['rank'],
    name: string,
    kind: string,
    detail: { readonly state: string } & Record<string, unknown>,
  ): void {
    const states = told.get(`${kind} ${name}`) ?? new Set();
    if (states.has(detail.state)) return;
    told.set(`${kind} ${name}`, states.add(detail.state));
    tell(rank, kind, { process: name, ...detail });
  }

  function isTold(name: string, kind: string): boolean {
    return told.has(`${kind} ${name}`);
  }

  function over(name: string, kind: string): void {
    if (told.delete(`${kind} ${name}`)) tell('notice', kind, { process: name, state: 'back' });
  }

  function tell(rank: AlertRow['rank'], kind: string, detail: Record<string, unknown>): void {
    store.alerts.add({
      mode: null,
      at: clock.now(),
      wallAt: clock.wallNow(),
      source: 'telegram',
      rank,
      kind,
      detail,
    });
  }
}
