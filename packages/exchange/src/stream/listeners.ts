import { MINUTE_MS } from '@mexc-bot/core';

export interface Listeners<Event> {
  /** @returns ends it */
  add(listener: (event: Event) => void): () => void;
  tell(event: Event): void;
}

/** A listener that throws is reported, once a minute, and keeps neither the others nor the stream from going on. */
export function createListeners<Event>(
  log: { error(message: string, details?: object): void },
  now: () => number,
): Listeners<Event> {
  const listeners = new Set<(event: Event) => void>();
  let reportedAt = Number.NEGATIVE_INFINITY;

  const report = (error: unknown): void => {
    if (now() - reportedAt < MINUTE_MS) return;
    reportedAt = now();
    log.error('price stream: a listener failed', { error });
  };

  return {
    add(listener) {
      const own = (event: Event): void => listener(event); // the same function may be added twice
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    tell(event) {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          report(error);
        }
      }
    },
  };
}
