import type { Clock } from '@mexc-bot/core';

/** Wall ms since some moment, which never goes back: when the machine's clock is set back, ages and time-outs go on from there. */
export function createSteadyTime(clock: Pick<Clock, 'wallNow'>): () => number {
  let latest = clock.wallNow();
  let lost = 0;
  return () => {
    const wall = clock.wallNow();
    if (wall < latest) lost += latest - wall;
    latest = wall;
    return wall + lost;
  };
}
