/** Time that passes only while nothing is left to do: minutes of a run take milliseconds, and every run of a seed is the same. */
export interface VirtualTime {
  /** ms UTC */
  now(): number;
  /** ends early, without throwing, when `signal` aborts */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `work` at that moment, or at once where it has passed. */
  at(time: number, work: () => void): void;
  /** Real work outside this clock, which stands still meanwhile. */
  during<T>(work: Promise<T>): Promise<T>;
  /** Lets time pass up to `until`; sleepers wake one by one, in the order they are due. */
  runTo(until: number): Promise<void>;
  /** how many sleep */
  waiting(): number;
}

interface Sleeper {
  readonly due: number;
  readonly order: number;
  readonly wake: () => void;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function createVirtualTime(startAt: number): VirtualTime {
  let now = startAt;
  let order = 0;
  let working = 0;
  const sleepers = new Set<Sleeper>();

  /** Until no promise chain and no real work is left. */
  const settle = async (): Promise<void> => {
    do await turn();
    while (working > 0);
  };

  const add = (due: number, wake: () => void): Sleeper => {
    order += 1;
    const sleeper = { due: Math.max(due, now), order, wake };
    sleepers.add(sleeper);
    return sleeper;
  };

  const next = (until: number): Sleeper | undefined => {
    let found: Sleeper | undefined;
    for (const sleeper of sleepers) {
      if (sleeper.due > until) continue;
      if (!found || sleeper.due < found.due || (sleeper.due === found.due && sleeper.order < found.order))
        found = sleeper;
    }
    return found;
  };

  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const wake = (): void => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const sleeper = add(now + Math.max(0, Math.ceil(ms)), wake);
        signal?.addEventListener('abort', wake, { once: true });
      }),
    at: (time, work) => void add(time, work),
    async during(work) {
      working += 1;
      try {
        return await work;
      } finally {
        working -= 1;
      }
    },
    async runTo(until) {
      await settle();
      for (let sleeper = next(until); sleeper; sleeper = next(until)) {
        sleepers.delete(sleeper);
        now = Math.max(now, sleeper.due);
        sleeper.wake();
        await settle();
      }
      now = until;
    },
    waiting: () => sleepers.size,
  };
}
