import { type Clock, HOUR_MS, MINUTE_MS } from '@mexc-bot/core';
import type { Logger, Pm2 } from '@mexc-bot/runtime';

/** So many labels come together in this time, market ms, that learning again is worth it. */
const EVERY_MS = 6 * HOUR_MS;
/** And at least this long between two runs, wall ms, however fast the market's clock runs. */
const REST_MS = 2 * MINUTE_MS;

/**
 * Starts the trainer now and then: it makes one run and ends. A run that finds everything up to date takes a second.
 *
 * @returns to be called every cycle; a trainer that does not start is a warning, not a fault of the labeler
 */
export function createWakeTrainer(deps: {
  readonly pm2: Pick<Pm2, 'list' | 'start'>;
  readonly clock: Pick<Clock, 'now' | 'wallNow'>;
  readonly log: Pick<Logger, 'warn' | 'info'>;
}): () => Promise<void> {
  const { pm2, clock, log } = deps;
  let wokenAt = clock.now();
  let wokenWallAt = clock.wallNow();

  return async () => {
    const [now, wallNow] = [clock.now(), clock.wallNow()];
    if (now - wokenAt < EVERY_MS || wallNow - wokenWallAt < REST_MS) return;
    wokenAt = now;
    wokenWallAt = wallNow;
    try {
      const running = (await pm2.list()).some(({ name, status }) => name === 'trainer' && status === 'online');
      if (running) return;
      await pm2.start(['trainer'], { TRAINER_ARGS: 'all' });
      log.info('trainer started');
    } catch (error) {
      log.warn('the trainer did not start', { error });
    }
  };
}
