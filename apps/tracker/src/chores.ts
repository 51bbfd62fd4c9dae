import type { SteadyClock } from '@mexc-bot/core';

export interface Chore {
  readonly name: string;
  /** @returns wall ms until it is due again */
  readonly run: () => Promise<number>;
  /** whether something happened that makes it due at once */
  readonly isDue?: () => boolean;
}

/** Runs each chore when it is due, the first time at once. One that fails keeps no other back, and is tried again at the next call. */
export function createChores(chores: readonly Chore[], clock: Pick<SteadyClock, 'monotonicNow'>): () => Promise<void> {
  const due = new Map(chores.map((chore) => [chore, Number.NEGATIVE_INFINITY]));
  return async () => {
    const failures: unknown[] = [];
    for (const chore of chores) {
      if (clock.monotonicNow() < due.get(chore)! && chore.isDue?.() !== true) continue;
      try {
        due.set(chore, clock.monotonicNow() + (await chore.run()));
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('; '));
  };
}
