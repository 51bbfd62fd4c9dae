import type { Clock } from '@mexc-bot/core';
import type { Store } from '@mexc-bot/store';

/** Wall ms since the tracker's last sign of life after which it guards nothing: its slowest cycle takes less than half of that. */
const SILENT_MS = 30_000;

/**
 * Whether somebody will guard what is bought now. The exchange knows no stops: without a tracker nothing sells a position, whoever
 * stopped it and whatever its process manager says of it.
 */
export const createGuarded =
  ({ heartbeats }: Pick<Store, 'heartbeats'>, clock: Clock) =>
  (): boolean => {
    const beat = heartbeats.all().find(({ process }) => process === 'tracker');
    // a clock that was set back makes an old beat one of the future
    return beat !== undefined && Math.abs(clock.wallNow() - beat.wallAt) < SILENT_MS;
  };
