import type { Clock } from '@mexc-bot/core';

/** Waits for work, but no longer than so many wall ms; what takes longer goes on. Rejects where the work does in that time. */
export async function within(clock: Pick<Clock, 'sleepWall'>, ms: number, work: Promise<unknown>): Promise<void> {
  const ended = new AbortController();
  try {
    await Promise.race([work, clock.sleepWall(ms, ended.signal)]);
  } finally {
    ended.abort(null);
  }
}
