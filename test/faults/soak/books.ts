import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '@mexc-bot/store';
import { openDatabase } from '../../../packages/store/dist/open.js';
import { storeOver } from '../../../packages/store/dist/store.js';

/** The database as a file, as days of rows may not stay in memory, and its log is one of the things that may grow. */
export interface SoakBooks {
  readonly store: Store;
  /** rows of each table */
  rows(): Readonly<Record<string, number>>;
  /** bytes of the pages in use, and of the write-ahead log */
  space(): { readonly used: number; readonly wal: number };
  close(): void;
}

export function openSoakBooks(): SoakBooks {
  const folder = mkdtempSync(join(tmpdir(), 'mexc-bot-soak-'));
  const path = join(folder, 'bot.db');
  const db = openDatabase(path);
  const pragma = db.pragma.bind(db);
  // nobody cuts the power here, and the disk would be waited for most of the time
  db.pragma = (source, options) => pragma(source.startsWith('synchronous') ? 'synchronous = OFF' : source, options);
  db.pragma('synchronous = OFF');
  const names = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .pluck()
    .all() as string[];
  const counts = names.map((name) => [name, db.prepare(`SELECT count(*) FROM "${name}"`).pluck()] as const);
  const whole = (name: string): number => pragma(name, { simple: true }) as number;

  return {
    store: storeOver(db),
    rows: () => Object.fromEntries(counts.map(([name, count]) => [name, count.get() as number])),
    space: () => ({
      used: (whole('page_count') - whole('freelist_count')) * whole('page_size'),
      wal: statSync(`${path}-wal`).size,
    }),
    close() {
      db.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
