import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_EXIT_TABLE, Decimal, type OpenPosition, ZERO } from '@mexc-bot/core';
import { createManualClock } from '@mexc-bot/runtime';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aMarket, anOpenPosition, anOrder } from '../../../test/support/builders.ts';
import { createFakeTrading } from '../../../test/support/fake-trading.ts';
import { STOP_CONFIG } from '../../../test/support/position-rig.ts';
import { silentLog } from '../../../test/support/silent-log.ts';
import { createExecutor } from './executor.ts';
import { createReconcile } from './reconcile.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reconcile-'));
  store = openStore(join(folder, 'bot.db'));
  store.markets.sync([aMarket(), aMarket({ id: 'DOGEUSDT' })], 0);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function aProcess(owned: Record<string, string>) {
  const fake = createFakeTrading();
  const clock = createManualClock(1_000_000);
  const answer = { owned, failing: false };
  const balances = fake.trading.balances;
  fake.trading.balances = async () => {
    if (answer.failing) fake.script.failing = 1;
    const quote = await balances();
    const rows = Object.entries(answer.owned).map(
      ([asset, free]) => [asset, { asset, free: new Decimal(free), locked: ZERO }] as const,
    );
    return new Map([...quote, ...rows]);
  };
  const deps = { store, tradingOf: () => fake.trading, clock, log: silentLog, source: 'tracker' };
  const executor = createExecutor({
    ...deps,
    entryRules: { table: DEFAULT_EXIT_TABLE, stop: STOP_CONFIG },
    newClientOrderId: () => 'mb_9',
    settleAfterMs: 2_000,
    absentAfterMs: 30_000,
  });
  const reconcile = createReconcile({ ...deps, executor, quote: 'USDT', confirmAfterMs: 10_000 });
  return { reconcile: () => reconcile('test'), clock, answer, ...fake };
}

it('passes when the account holds what the books say, and says when', async () => {
  store.positions.save(anOpenPosition());
  const { reconcile, clock } = aProcess({ PEPE: '10' });
  expect(store.state.reconciledAt('test')).toBeNull();
  expect(await reconcile()).toEqual({ passed: true, suspected: [], shrunk: [], surplus: [] });
  expect(store.state.reconciledAt('test')).toBe(clock.wallNow());
});

it('concludes nothing from a query that failed', async () => {
  store.positions.save(anOpenPosition());
  const { reconcile, answer, clock } = aProcess({ PEPE: '10' });
  answer.failing = true;
  for (let look = 0; look < 5; look++) {
    expect(await reconcile()).toMatchObject({ passed: false });
    await clock.advance(60_000);
  }
  expect(store.positions.get('p1')).toEqual(anOpenPosition());
});

it('does not believe a shortage sooner because the machine’s clock is put forward', async () => {
  store.positions.save(anOpenPosition());
  const { reconcile, clock } = aProcess({ PEPE: '0' });
  await reconcile();
  clock.jump(3_600_000);
  await clock.advance(1_000);
  expect(await reconcile()).toMatchObject({ passed: false, suspected: ['PEPEUSDT'], shrunk: [] });
});

it('shrinks a position only when the shortage is still there at a later look', async () => {
  store.positions.save(anOpenPosition());
  const { reconcile, answer, clock } = aProcess({ PEPE: '0' });
  expect(await reconcile()).toMatchObject({ passed: false, suspected: ['PEPEUSDT'] });
  // a balance that lagged behind
  answer.owned = { PEPE: '10' };
  await clock.advance(10_000);
  expect(await reconcile()).toMatchObject({ passed: true });

  answer.owned = { PEPE: '4' };
  expect(await reconcile()).toMatchObject({ passed: false, suspected: ['PEPEUSDT'] });
  await clock.advance(10_000);
  expect(await reconcile()).toMatchObject({ passed: true, shrunk: ['PEPEUSDT'] });
  expect((store.positions.get('p1') as OpenPosition).quantity.toString()).toBe('4');
  expect(store.alerts.recent(9).map((alert) => [alert.rank, alert.kind])).toEqual([['money', 'coins_gone']]);
});

it('closes a position whose coins are gone', async () => {
  store.positions.save(anOpenPosition());
  const { reconcile, clock } = aProcess({});
  await reconcile();
  await clock.advance(10_000);
  await reconcile();
  expect(store.positions.get('p1')).toMatchObject({ state: 'closed', closeReason: 'gone' });
});

it('reports coins without a position once for each quantity, and never takes them over', async () => {
  const { reconcile, answer } = aProcess({ DOGE: '50' });
  expect(await reconcile()).toMatchObject({ passed: true, surplus: ['DOGE'] });
  await reconcile();
  expect(store.alerts.recent(9)).toHaveLength(1);
  answer.owned = { DOGE: '60' };
  await reconcile();
  expect(store.alerts.recent(9)).toHaveLength(2);
  expect(store.positions.open()).toEqual([]);
});

it('does not judge a market with an order under way, and does not pass while there is one', async () => {
  store.positions.save(anOpenPosition());
  store.orders.intend(anOrder({ side: 'sell', entry: null, createdWallAt: 1_000_000 }));
  const { reconcile, clock } = aProcess({ PEPE: '0' });
  await reconcile();
  await clock.advance(15_000);
  expect(await reconcile()).toEqual({ passed: false, suspected: [], shrunk: [], surplus: [] });
  expect(store.positions.get('p1')?.state).toBe('open');
});

it('does not call the dust of closed positions a surplus', async () => {
  const position = anOpenPosition();
  store.positions.save({
    ...position,
    state: 'closed',
    closedAt: 5,
    closeReason: 'stop_loss',
    dust: new Decimal('0.009'),
  });
  expect(await aProcess({ PEPE: '0.012' }).reconcile()).toMatchObject({ surplus: [] });
});
