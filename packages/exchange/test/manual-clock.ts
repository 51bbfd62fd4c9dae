import type { Clock } from '@mexc-bot/core';

export interface ManualClock extends Clock {
  /** Moves wall time on, waking sleepers in the order they are due, and lets each run before the next. */
  advance(wallMs: number): Promise<void>;
  /** How many wait. */
  sleepers(): number;
  /** The machine's clock is set; no time passes. */
  set(wallMs: number): void;
}

/** Lets promise chains and what they start settle. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Stands still until it is advanced. Market time is wall time at the start, and passes `speed` times as fast. */
export function createManualClock(startMs: number, speed = 1): ManualClock {
  let passed = 0;
  let offset = startMs;
  const waiting = new Set<{ readonly due: number; readonly wake: () => void }>();

  const sleepWall = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) {
        resolve();
        return;
      }
      const sleeper = {
        due: passed + Math.max(ms, 0),
        wake: (): void => {
          waiting.delete(sleeper);
          signal?.removeEventListener('abort', sleeper.wake);
          resolve();
        },
      };
      waiting.add(sleeper);
      signal?.addEventListener('abort', sleeper.wake, { once: true });
    });

  const nextDue = (until: number) =>
    [...waiting].filter(({ due }) => due <= until).sort((first, second) => first.due - second.due)[0];

  return {
    now: () => startMs + passed * speed,
    wallNow: () => offset + passed,
    speed: () => speed,
    sleep: (marketMs, signal) => sleepWall(marketMs / speed, signal),
    sleepWall,
    sleepers: () => waiting.size,
    set: (wallMs) => {
      offset = wallMs - passed;
    },
    async advance(wallMs) {
      const until = passed + wallMs;
      await settle();
      for (let next = nextDue(until); next !== undefined; next = nextDue(until)) {
        passed = Math.max(passed, next.due);
        next.wake();
        await settle();
      }
      passed = until;
    },
  };
}
