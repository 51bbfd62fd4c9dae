import { readdirSync, readFileSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { StoreError } from './errors.ts';

const MIGRATIONS = new URL('../migrations/', import.meta.url);

/** "MEXC" in ASCII: tells the suite's own files from any other SQLite database. */
const APPLICATION_ID = 0x4d455843;

interface Migration {
  readonly version: number;
  readonly sql: string;
}

/**
 * Numbered `0001_name.sql` files, never edited once merged. A number may be missing, none may come twice; one that is added later
 * must be above all that were released, or databases that are past it never see it.
 */
function readMigrations(): readonly Migration[] {
  const names = readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  const migrations = names.map((name) => ({
    version: Number.parseInt(name, 10),
    sql: readFileSync(new URL(name, MIGRATIONS), 'utf8'),
  }));
  migrations.forEach(({ version }, index) => {
    const before = migrations[index - 1]?.version ?? 0;
    if (!(version > before)) throw new Error(`migration ${names[index]} does not come after number ${before}`);
  });
  return migrations;
}

/**
 * Brings the database to the newest schema. Several processes may do so at once: the first one in does the work, the others
 * find it done.
 *
 * @throws {StoreError} the database is newer than this code, or is not the suite's
 */
export function migrate(db: Database, path: string): void {
  const migrations = readMigrations();
  const newest = newestOf(migrations);
  const found = versionOf(db);
  if (found === newest && !isForeign(db)) return;
  db.transaction(() => {
    const current = versionOf(db);
    const empty = db.prepare("SELECT count(*) FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'").pluck().get() === 0;
    if (isForeign(db) && !(empty && current === 0)) throw foreign(path);
    if (current > newest) throw newer(path, current, newest);
    for (const migration of migrations.filter(({ version }) => version > current)) {
      db.exec(migration.sql);
      db.pragma(`user_version = ${migration.version}`);
    }
    db.pragma(`application_id = ${APPLICATION_ID}`);
  }).immediate();
}

/**
 * For a database that is only read: it stays as it is.
 *
 * @throws {StoreError} its schema is another one than this code reads, or it is not the suite's
 */
export function refuseOtherSchema(db: Database, path: string): void {
  if (isForeign(db)) throw foreign(path);
  const newest = newestOf(readMigrations());
  const current = versionOf(db);
  if (current > newest) throw newer(path, current, newest);
  if (current < newest) {
    throw new StoreError(
      `${path} was written by an older version of the suite (schema ${current}, this one reads ${newest}). Here it is only read: name it, or a copy of it, as database in a settings file and run npm run status with that, which brings it up to date.`,
    );
  }
}

const newestOf = (migrations: readonly Migration[]): number => migrations.at(-1)?.version ?? 0;
const versionOf = (db: Database): number => db.pragma('user_version', { simple: true }) as number;
const isForeign = (db: Database): boolean => db.pragma('application_id', { simple: true }) !== APPLICATION_ID;

const foreign = (path: string): StoreError =>
  new StoreError(
    `${path} is a SQLite database of another program. Move it away, or name another file in settings.json (database).`,
  );
const newer = (path: string, current: number, newest: number): StoreError =>
  new StoreError(
    `${path} was written by a newer version of the suite (schema ${current}, this one knows ${newest}). Update the suite, or restore the database that belongs to this version.`,
  );
