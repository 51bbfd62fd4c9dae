import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decimal, type Mode } from '@mexc-bot/core';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aCandidate, aMarket, anOpenPosition, anOrder, aScanRow } from '../../../test/support/builders.ts';
import { openStore, type Store } from './store.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'test-data-'));
  store = openStore(join(folder, 'bot.db'));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

const opening = { asset: 'USDT', quantity: new Decimal(500) };

function someOf(mode: Mode): void {
  store.orders.intend(anOrder({ mode, clientOrderId: `mb_${mode}`, positionId: `p_${mode}` }));
  store.orders.addFill({
    tradeId: 't1',
    clientOrderId: `mb_${mode}`,
    mode,
    market: 'PEPEUSDT',
    side: 'buy',
    price: new Decimal(1),
    quantity: new Decimal(10),
    fee: new Decimal('0.005'),
    feeAsset: 'USDT',
    at: 1,
  });
  store.positions.save(anOpenPosition({ mode, id: `p_${mode}` }));
  store.scans.record(aScanRow({ mode, bought: 1, funnel: { bought: 1 } }), [
    aCandidate({ decision: 'bought', reason: 'bought' }),
  ]);
  store.activity.add({ mode, at: 1, wallAt: 1, source: 'tracker', kind: 'buy', detail: {} });
  store.alerts.add({ mode, at: 1, wallAt: 1, source: 'tracker', rank: 'money', kind: 'bought', detail: {} });
  store.quarantine.put({ mode, market: 'BADUSDT', reason: 'other', at: 1, failures: 1, retryWallAt: 2 });
  store.state.setHighWaterMark(mode, { equity: new Decimal(1), at: 1, lastEquity: new Decimal(1), lastAt: 1 }, 1);
  store.state.setReconciled(mode, 1);
}

/** Every row of every table, as text. */
function rowsOf(): Map<string, string[]> {
  const db = new BetterSqlite3(join(folder, 'bot.db'), { readonly: true });
  const names = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all() as string[];
  const rows = new Map(
    names.map((name) => [
      name,
      db
        .prepare(`SELECT * FROM "${name}"`)
        .all()
        .map((row) => JSON.stringify(row))
        .sort(),
    ]),
  );
  db.close();
  return rows;
}

it('removes every row of test mode, and not one other', () => {
  store.markets.sync([aMarket()], 0);
  store.state.setMode('test', 1);
  store.state.setPaused(true, 1);
  someOf('live');
  const before = rowsOf();

  someOf('test');
  store.paper.deposit('PEPE', new Decimal(3));
  expect(store.testData.count()).toEqual({
    activity: 1,
    alert: 1,
    candidate: 1,
    fill: 1,
    paper_balance: 1,
    position: 1,
    quarantine: 1,
    scan: 1,
    state: 2,
    trade_order: 1,
  });
  expect(store.testData.clear(opening)).toMatchObject({ candidate: 1, scan: 1, fill: 1, trade_order: 1 });

  const after = rowsOf();
  after.set('paper_balance', []);
  expect(after).toEqual(before);
  expect(store.paper.account()).toEqual(new Map([['USDT', new Decimal(500)]]));
});

it('has nothing left to count but the opening balance, also when it is done twice', () => {
  someOf('test');
  store.testData.clear(opening);
  expect(store.testData.clear(opening)).toEqual({ paper_balance: 1 });
  expect(store.testData.count()).toEqual({ paper_balance: 1 });
});
