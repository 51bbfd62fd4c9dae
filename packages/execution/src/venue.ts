import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Settings, UserError } from '@mexc-bot/runtime';
import { openStore, type Store } from '@mexc-bot/store';

/** Which market the settings mean: the real one, or one simulated market of many. Books of one are senseless on another. */
export function venueIdentity(settings: Pick<Settings, 'venue' | 'simulator'>): string {
  if (settings.venue === 'mexc') return 'mexc';
  const { dataFolder, seed, tokens } = settings.simulator;
  return dataFolder === null
    ? `simulator: synthetic market, seed ${seed}, ${tokens} tokens`
    : `simulator: ${dataFolder}`;
}

const isSimulated = (venue: string): boolean => venue.startsWith('simulator');

/**
 * Marks new books as this market's.
 *
 * @throws {UserError} the books belong to another market
 */
export function claimBooks(store: Store, settings: Settings, wallAt: number): void {
  const wanted = venueIdentity(settings);
  const found = store.state.venue();
  if (found === null) store.state.setVenue(wanted, wallAt);
  else if (found !== wanted) {
    throw new UserError(
      `${settings.database} holds the books of "${found}", but the settings mean "${wanted}"`,
      'Set back what changed in settings.json or .env, or name another file in settings.json (database).',
    );
  }
}

/**
 * Books of a simulated market make room for another market: they are moved to `data/archive`, nothing is deleted. Books of the
 * real exchange are never moved.
 *
 * @returns where the old books went; null where they stay
 */
export function setAsideSimulatedBooks(settings: Settings, wallAt: number): string | null {
  const { database } = settings;
  if (!existsSync(database)) return null;
  const store = openStore(database);
  const found = store.state.venue();
  store.close();
  if (found === null || !isSimulated(found) || found === venueIdentity(settings)) return null;

  const folder = join(dirname(database), 'archive');
  mkdirSync(folder, { recursive: true });
  const stamp = new Date(wallAt).toISOString().slice(0, 19).replaceAll(':', '-');
  const target = join(folder, `${basename(database, '.db')}-${stamp}.db`);
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(`${database}${suffix}`)) renameSync(`${database}${suffix}`, `${target}${suffix}`);
  }
  return target;
}
