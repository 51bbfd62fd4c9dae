import type { Decimal } from '@mexc-bot/core';
import type { Database } from 'better-sqlite3';

/** Everything test mode left behind: paper trades, candidates, activity, the paper account. */
export interface TestDataRepository {
  /** Rows by table, tables without any left out. */
  count(): Readonly<Record<string, number>>;
  /**
   * Deletes them all in one transaction, and opens the paper account anew.
   *
   * @returns what was deleted, by table
   */
  clear(opening: { readonly asset: string; readonly quantity: Decimal }): Readonly<Record<string, number>>;
}

const TEST_STATE = "key LIKE '%\\_test' ESCAPE '\\'";

/** The tables are read from the schema, so that one a later migration adds is not forgotten. */
export function createTestData(db: Database): TestDataRepository {
  const tables = db
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck();
  const columns = db.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck();
  const parents = db.prepare<[string], { parent: string; from: string; to: string | null }>(
    'SELECT "table" AS parent, "from", "to" FROM pragma_foreign_key_list(?)',
  );

  /** Table to the condition its test rows meet. */
  function conditions(): ReadonlyMap<string, string> {
    const names = tables.all() as string[];
    const found = new Map<string, string>([['state', TEST_STATE]]);
    for (const name of names) {
      if (name.startsWith('paper_')) found.set(name, 'true');
      else if ((columns.all(name) as string[]).includes('mode')) found.set(name, "mode = 'test'");
    }
    // rows without a mode that belong to one with
    for (const name of names.filter((each) => !found.has(each))) {
      const parent = parents.all(name).find((key) => found.has(key.parent) && key.to !== null);
      if (parent === undefined) continue;
      found.set(
        name,
        `"${parent.from}" IN (SELECT "${parent.to}" FROM "${parent.parent}" WHERE ${found.get(parent.parent)})`,
      );
    }
    return found;
  }

  const nonZero = (rows: readonly (readonly [string, number])[]): Record<string, number> =>
    Object.fromEntries(rows.filter(([, count]) => count > 0).sort(([a], [b]) => (a < b ? -1 : 1)));

  const clear = db.transaction((opening: { readonly asset: string; readonly quantity: Decimal }) => {
    db.pragma('defer_foreign_keys = ON'); // parents and children go together, in any order
    const all = [...conditions()];
    // those that look into their parents' rows while these are still there
    const byParents = all.filter(([, condition]) => condition.includes(' IN (SELECT '));
    const rest = all.filter((entry) => !byParents.includes(entry));
    const deleted = [...byParents, ...rest].map(
      ([name, condition]) => [name, db.prepare(`DELETE FROM "${name}" WHERE ${condition}`).run().changes] as const,
    );
    db.prepare('INSERT INTO paper_balance (asset, quantity) VALUES (?, ?)').run(
      opening.asset,
      opening.quantity.toString(),
    );
    return nonZero(deleted);
  });

  return {
    count: () =>
      nonZero(
        [...conditions()].map(([name, condition]) => [
          name,
          db.prepare<[], number>(`SELECT count(*) FROM "${name}" WHERE ${condition}`).pluck().get() as number,
        ]),
      ),
    clear: (opening) => clear.immediate(opening),
  };
}
