import { type Clock, type Decimal, effectiveStop, type OpenPosition } from '@mexc-bot/core';
import type { Store } from '@mexc-bot/store';

/** A stop that follows the price moves with every tick: told only when it rose by this much, and not more often than this. */
const RISE = 1.01;
const EVERY_WALL_MS = 5 * 60_000;

/** Writes down that a stop was raised, as activity and as a notice, now and then. */
export interface StopNews {
  /** Called in the transaction that changes the position. */
  look(before: OpenPosition, after: OpenPosition): void;
  /** The others are closed. */
  keep(open: ReadonlySet<string>): void;
}

export function createStopNews({ store, clock }: { readonly store: Store; readonly clock: Clock }): StopNews {
  const told = new Map<string, { readonly stop: Decimal; readonly wallAt: number }>();

  return {
    look(before, after) {
      const { id, mode, market } = after;
      const stop = effectiveStop(after);
      const last = told.get(id) ?? { stop: effectiveStop(before), wallAt: Number.NEGATIVE_INFINITY };
      told.set(id, last);
      if (stop.lt(last.stop.mul(RISE)) || clock.wallNow() - last.wallAt < EVERY_WALL_MS) return;
      told.set(id, { stop, wallAt: clock.wallNow() });
      const row = {
        mode,
        at: clock.now(),
        wallAt: clock.wallNow(),
        source: 'tracker',
        kind: 'stop_raised',
        market,
        positionId: id,
        detail: { from: last.stop, stop, peak: after.peak },
      };
      store.activity.add(row);
      store.alerts.add({ ...row, rank: 'notice' });
    },
    keep(open) {
      for (const id of told.keys()) if (!open.has(id)) told.delete(id);
    },
  };
}
