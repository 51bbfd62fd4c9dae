import type { Store } from '@mexc-bot/store';
import { openDatabase } from '../../packages/store/dist/open.js';
import { storeOver } from '../../packages/store/dist/store.js';

let kept: { readonly store: Store; readonly empty: () => void } | undefined;

/**
 * A store in memory, as a new one would be. Making the schema and preparing its statements is a tenth of a run, so a process makes
 * one and empties it: whoever has it from before must be done with it.
 */
export function takeEmptyStore(): Store {
  kept ??= make();
  kept.empty();
  return kept.store;
}

function make(): NonNullable<typeof kept> {
  const db = openDatabase(':memory:');
  const names = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all() as string[];
  // what the schema itself fills stays; SQLite's own table counts the ids, and a new store begins at 1
  const tables = names.filter(
    (name) => name === 'sqlite_sequence' || db.prepare(`SELECT count(*) FROM ${name}`).pluck().get() === 0,
  );
  const deletions = tables.map((name) => db.prepare(`DELETE FROM ${name}`));
  const deleteAll = db.transaction(() => {
    for (const deletion of deletions) deletion.run();
  });
  return {
    store: storeOver(db),
    empty() {
      // parents may go before their children
      db.pragma('foreign_keys = OFF');
      deleteAll();
      db.pragma('foreign_keys = ON');
    },
  };
}
