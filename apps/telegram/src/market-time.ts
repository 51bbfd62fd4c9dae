import type { Clock } from '@mexc-bot/core';
import type { Settings } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';

/** @returns a function that tells the market's time: this machine's at MEXC, and on the simulator what the workers last saw, going on. */
export function marketTime(
  store: Pick<Store, 'heartbeats'>,
  clock: Pick<Clock, 'wallNow'>,
  settings: Pick<Settings, 'venue' | 'simulator'>,
): () => number {
  return () => {
    if (settings.venue === 'mexc') return clock.wallNow();
    // this process keeps wall time
    const beats = store.heartbeats.all().filter((beat) => beat.process !== 'telegram');
    const newest = beats.reduce<(typeof beats)[number] | null>(
      (best, beat) => (best === null || beat.marketAt > best.marketAt ? beat : best),
      null,
    );
    if (newest === null) return clock.wallNow();
    // a market that is switched off stands still
    const since = Math.min(clock.wallNow() - newest.wallAt, STANDS_STILL_MS);
    return newest.marketAt + since * settings.simulator.speed;
  };
}

const STANDS_STILL_MS = 60_000;
