import { Decimal } from '@mexc-bot/core';
import { type Settings, UserError } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';

interface ClearedTestData {
  /** false: only counted */
  readonly deleted: boolean;
  /** rows by table */
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * Counts or deletes every row of test mode; the paper account begins anew.
 *
 * @throws {UserError} test positions are open or test orders under way, and it was not forced
 */
export function clearTestData(
  store: Store,
  settings: Pick<Settings, 'universe' | 'paper'>,
  options: { readonly yes: boolean; readonly force: boolean },
): ClearedTestData {
  if (!options.yes) return { deleted: false, rows: store.testData.count() };
  // together: a position opened between the look and the deletion would go unsold
  return store.write(() => {
    const open = store.positions.open('test').length;
    const underWay = store.orders.unsettled().filter((order) => order.mode === 'test').length;
    if (open + underWay > 0 && !options.force) {
      throw new UserError(
        `${open} test position(s) are open and ${underWay} test order(s) under way`,
        'Sell them first, or delete them too: npm run cleartestdata -- --yes --force',
      );
    }
    const opening = { asset: settings.universe.quote, quantity: new Decimal(settings.paper.balanceUsdt) };
    return { deleted: true, rows: store.testData.clear(opening) };
  });
}

export function testDataText({ deleted, rows }: ClearedTestData): string {
  const lines = Object.entries(rows).map(([table, count]) => `  ${table.padEnd(20)} ${count}`);
  if (lines.length === 0) return 'There is nothing of test mode.';
  return [
    deleted ? 'Deleted:' : 'Rows of test mode:',
    ...lines,
    ...(deleted ? [] : ['To delete them: npm run cleartestdata -- --yes']),
  ].join('\n');
}
