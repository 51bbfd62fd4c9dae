import type { SteadyClock } from '@mexc-bot/core';

/** What a clock needs of this machine. */
export interface LocalTime {
  /** ms UTC; may be set back */
  wallNow(): number;
  /** ms since some moment; never goes back */
  monotonicNow(): number;
  /** ends early, without throwing, when `signal` aborts */
  sleepWall(wallMs: number, signal?: AbortSignal): Promise<void>;
}

// setTimeout takes no longer waits than this
const LONGEST_TIMEOUT = 2 ** 31 - 1;

export const localTime: LocalTime = {
  wallNow: () => Date.now(),
  monotonicNow: () => performance.now(),
  sleepWall: (wallMs, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(Math.max(wallMs, 0), LONGEST_TIMEOUT));
      signal?.addEventListener('abort', done, { once: true });
    }),
};

/** Market time is wall time. */
export function createSystemClock(): SteadyClock {
  return {
    now: localTime.wallNow,
    wallNow: localTime.wallNow,
    monotonicNow: localTime.monotonicNow,
    speed: () => 1,
    sleep: localTime.sleepWall,
    sleepWall: localTime.sleepWall,
  };
}
