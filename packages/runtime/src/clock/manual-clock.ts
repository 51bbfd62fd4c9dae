import type { SteadyClock } from '@mexc-bot/core';
import type { LocalTime } from './system-clock.ts';

export interface ManualClock extends SteadyClock, LocalTime {
  /** Moves both times on, waking sleepers in the order they are due, and lets each run before the next. */
  advance(ms: number): Promise<void>;
  /** How many wait. */
  sleepers(): number;
  /** Somebody sets the machine's clock, and the exchange's with it: no time passes. */
  jump(ms: number): void;
}

/** Lets promise chains and what they start settle. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A clock for tests: stands still until it is advanced. Market time and wall time are the same. */
export function createManualClock(startMs: number): ManualClock {
  let now = startMs;
  let jumped = 0;
  const waiting = new Set<{ readonly due: number; readonly wake: () => void }>();

  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const sleeper = {
        due: now + Math.max(ms, 0),
        wake: (): void => {
          waiting.delete(sleeper);
          signal?.removeEventListener('abort', sleeper.wake);
          resolve();
        },
      };
      waiting.add(sleeper);
      signal?.addEventListener('abort', sleeper.wake, { once: true });
    });

  const nextDue = (until: number) => {
    let next: { readonly due: number; readonly wake: () => void } | undefined;
    for (const sleeper of waiting) {
      if (sleeper.due <= until && (next === undefined || sleeper.due < next.due)) next = sleeper;
    }
    return next;
  };

  return {
    now: () => now + jumped,
    wallNow: () => now + jumped,
    monotonicNow: () => now,
    speed: () => 1,
    sleep,
    sleepWall: sleep,
    sleepers: () => waiting.size,
    jump: (ms) => {
      jumped += ms;
    },
    async advance(ms) {
      const until = now + ms;
      await settle();
      for (let next = nextDue(until); next !== undefined; next = nextDue(until)) {
        now = Math.max(now, next.due);
        next.wake();
        await settle();
      }
      now = until;
    },
  };
}
