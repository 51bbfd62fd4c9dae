import { existsSync } from 'node:fs';
import { findDatabase } from '@mexc-bot/runtime';
import { openStore } from '@mexc-bot/store';

/**
 * Stops buys. Settings with a fault do not prevent it: the suite that runs read them before, and trades on.
 *
 * @throws {SettingsError} the settings have a fault, and no books are found
 */
export function pause(say: (line: string) => void): void {
  const { path, fault } = findDatabase(process.env);
  if (fault !== null) {
    if (!existsSync(path)) throw fault;
    say(`! ${fault.message}\n  The books in ${path} are paused all the same.`);
  }
  const store = openStore(path);
  try {
    store.state.setPaused(true, Date.now());
  } finally {
    store.close();
  }
}
