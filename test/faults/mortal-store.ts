import type { Store } from '@mexc-bot/store';
import type { Life } from './life.ts';

/** What is done to the store, told as it happens. */
export type StoreWatcher = (repository: string, method: string, args: readonly unknown[]) => void;

const WRITES = /^(set|save|intend|advance|add|put|lift|record|sync|beat|deposit|settle|stop|claim|take)/;

/**
 * A process's own view of the store: it may crash before each transaction and right after its commit, and a crashed process
 * writes nothing any more. Inside a transaction there is no such place: SQLite undoes what was begun.
 */
export function mortalStore(store: Store, life: Life, watch: StoreWatcher): Store {
  let depth = 0;

  const committed = <T>(where: string, run: () => T): T => {
    if (depth > 0) {
      if (!life.alive()) life.step(where);
      return run();
    }
    life.step(`before ${where}`);
    depth += 1;
    let result: T;
    try {
      result = run();
    } finally {
      depth -= 1;
    }
    life.step(`after ${where}`);
    return result;
  };

  const repository = <Repository extends object>(name: string, real: Repository): Repository =>
    new Proxy(real, {
      get(target, key) {
        const method = Reflect.get(target, key) as unknown;
        if (typeof method !== 'function' || typeof key !== 'string') return method;
        const call = (...args: unknown[]): unknown => Reflect.apply(method, target, args);
        if (!WRITES.test(key)) {
          return (...args: unknown[]) => {
            if (!life.alive()) life.step(`${name}.${key}`);
            watch(name, key, args);
            return call(...args);
          };
        }
        return (...args: unknown[]) =>
          committed(`${name}.${key}`, () => {
            watch(name, key, args);
            return call(...args);
          });
      },
    });

  const views = Object.fromEntries(
    Object.entries(store)
      .filter(([, value]) => typeof value === 'object' && value !== null)
      .map(([name, value]) => [name, repository(name, value as object)]),
  );
  return {
    ...store,
    ...views,
    write: <T>(change: () => T): T => committed('write', () => store.write(change)),
  };
}
