import { type OpenPosition, type Rise, type SteadyClock, withRise } from '@mexc-bot/core';
import type { Store } from '@mexc-bot/store';
import type { StopNews } from './stop-news.ts';

/**
 * Peaks and trailing stops that rose are written together, and so often, wall ms: in a fast market each of a thousand prices a second
 * raises one, and an order would wait for the disk to take them all.
 */
const WRITE_EVERY_MS = 100;

export interface RisesDeps {
  readonly store: Store;
  readonly clock: SteadyClock;
  readonly stopNews: StopNews;
}

/**
 * How far peaks and trailing stops have risen beyond what is written. A position is judged with this, and what is decided on it is
 * written with it: so a stop that anyone has seen, or anything was decided by, is never lost. The end of the process may lose the
 * last rise that nothing came of.
 */
export interface Rises {
  /** A position as far as it has risen. */
  over(position: OpenPosition): OpenPosition;
  /** Keeps a rise, and writes all that are kept when it is time. The first after a pause is written at once. */
  keep(position: OpenPosition): void;
  /** A position was written as far as it has risen. */
  written(positionId: string): void;
  /** Writes all that are kept. */
  write(): void;
}

export function createRises({ store, clock, stopNews }: RisesDeps): Rises {
  const kept = new Map<string, Rise>();
  let writtenAt = Number.NEGATIVE_INFINITY;

  function write(): void {
    if (kept.size === 0) return;
    store.write(() => {
      for (const [id, rise] of kept) {
        const position = store.positions.get(id);
        if (position?.state !== 'open') continue;
        const risen = withRise(position, rise);
        if (risen === position) continue;
        store.positions.save(risen);
        stopNews.look(position, risen);
      }
    }, 'soon');
    kept.clear();
    writtenAt = clock.monotonicNow();
  }

  return {
    over(position) {
      const rise = kept.get(position.id);
      return rise === undefined ? position : withRise(position, rise);
    },
    keep({ id, peak, trailingStop }) {
      kept.set(id, { peak, trailingStop });
      if (clock.monotonicNow() - writtenAt >= WRITE_EVERY_MS) write();
    },
    written: (id) => void kept.delete(id),
    write,
  };
}
