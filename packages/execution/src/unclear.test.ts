import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_EXIT_TABLE, Decimal, type TradeOrder, ZERO } from '@mexc-bot/core';
import { QueryFailed } from '@mexc-bot/exchange';
import { createManualClock } from '@mexc-bot/runtime';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aMarket, anOpenPosition, anOrder } from '../../../test/support/builders.ts';
import { createFakeTrading } from '../../../test/support/fake-trading.ts';
import { STOP_CONFIG } from '../../../test/support/position-rig.ts';
import { silentLog } from '../../../test/support/silent-log.ts';
import { createExecutor } from './executor.ts';
import { createReconcile } from './reconcile.ts';
import { unclearOrders } from './unclear.ts';

const START = 1_000_000;
let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unclear-'));
  store = openStore(join(folder, 'bot.db'));
  store.markets.sync([aMarket(), aMarket({ id: 'DOGEUSDT', base: 'DOGE' })], 0);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const sent = (changes: Partial<TradeOrder> = {}): TradeOrder =>
  anOrder({ state: 'unknown', createdAt: START, updatedAt: START, createdWallAt: START, ...changes });

/** An exchange that answers no more for the market of the order, and for nothing but the account. */
function aGoneMarket(owned: Readonly<Record<string, number>>, order: TradeOrder = sent()) {
  store.orders.intend({ ...order, state: 'intended' });
  if (order.state !== 'intended') store.orders.advance(order.clientOrderId, order.state, { at: order.createdAt });
  const { trading } = createFakeTrading();
  const gone = () => Promise.reject(new QueryFailed('market', 'HTTP 400 code -1121: Invalid symbol.'));
  let asked = 0;
  const balances = new Map(
    Object.entries(owned).map(([asset, free]) => [asset, { asset, free: new Decimal(free), locked: ZERO }]),
  );
  const account: typeof trading = {
    ...trading,
    findOrder: () => {
      asked += 1;
      return gone();
    },
    ordersSince: gone,
    tradesSince: gone,
    balances: () => Promise.resolve(balances),
  };
  const clock = createManualClock(START);
  const executor = createExecutor({
    store,
    tradingOf: () => account,
    clock,
    log: silentLog,
    entryRules: { table: DEFAULT_EXIT_TABLE, stop: STOP_CONFIG },
    source: 'test',
    newClientOrderId: () => 'mb_2',
    settleAfterMs: 2_000,
    absentAfterMs: 30_000,
  });
  /** as the tracker does, every second */
  const pass = async (minutes: number) => {
    for (let second = 0; second < minutes * 60; second++) {
      await clock.advance(1_000);
      await executor.settle();
    }
  };
  const reconcile = createReconcile({
    store,
    executor,
    tradingOf: () => account,
    clock,
    log: silentLog,
    source: 'test',
    quote: 'USDT',
    confirmAfterMs: 10_000,
  });
  const alarms = () => store.alerts.recent(50).filter(({ kind }) => kind === 'order_unclear');
  return { executor, account, clock, pass, reconcile, alarms, balances, asked: () => asked };
}

const stateOf = (id: string) => store.orders.get(id)!.state;

describe('an order in a market the exchange answers no more for', () => {
  it('alarms once after five minutes and stays unknown while coins show that it may have bought', async () => {
    const { pass, alarms, clock } = aGoneMarket({ USDT: 990, PEPE: 10 });
    await pass(4.9);
    expect(alarms()).toEqual([]);
    await pass(60);
    expect(alarms()).toMatchObject([
      { rank: 'alarm', market: 'PEPEUSDT', detail: { order: 'mb_1', why: expect.stringContaining('10 owned') } },
    ]);
    expect(stateOf('mb_1')).toBe('unknown');
    expect(unclearOrders(store, clock.wallNow())).toHaveLength(1);
  });

  it('is absent when the account shows several times that no coin moved', async () => {
    const { pass, alarms } = aGoneMarket({ USDT: 1_000 });
    await pass(5);
    expect(stateOf('mb_1')).toBe('unknown');
    await pass(2);
    expect(store.orders.get('mb_1')).toMatchObject({
      state: 'absent',
      detail: expect.stringContaining('nothing came'),
    });
    expect(alarms()).toEqual([]);
  });

  it('stays unknown where coins of another name may be its own', async () => {
    const { pass, alarms } = aGoneMarket({ USDT: 990, DOGE: 10 });
    await pass(10);
    expect(stateOf('mb_1')).toBe('unknown');
    expect(alarms()[0]?.detail.why).toContain('DOGE');
  });

  it('stays unknown while the account has funds set aside', async () => {
    const { pass, balances } = aGoneMarket({});
    balances.set('USDT', { asset: 'USDT', free: new Decimal(990), locked: new Decimal(10) });
    await pass(10);
    expect(stateOf('mb_1')).toBe('unknown');
  });

  it('of a sale: absent while the coins are all there, unknown when some are gone', async () => {
    store.positions.save(anOpenPosition());
    const { pass, balances, alarms } = aGoneMarket({ USDT: 0, PEPE: 4 }, sent({ side: 'sell', entry: null }));
    await pass(10);
    expect(stateOf('mb_1')).toBe('unknown');
    expect(alarms()[0]?.detail.why).toContain('it may have sold');
    balances.set('PEPE', { asset: 'PEPE', free: new Decimal(10), locked: ZERO });
    await pass(2);
    expect(stateOf('mb_1')).toBe('absent');
    expect(store.positions.open()).toHaveLength(1);
  });

  it('that was accepted ends with what is booked of it', async () => {
    const { pass } = aGoneMarket({ USDT: 1_000 }, sent({ state: 'accepted', exchangeOrderId: 'C02__1' }));
    await pass(7);
    expect(stateOf('mb_1')).toBe('canceled');
    expect(store.positions.open()).toEqual([]);
  });

  it('keeps its own market occupied and no other: the comparison passes without it', async () => {
    const { pass, reconcile } = aGoneMarket({ USDT: 990, PEPE: 10 });
    await pass(4);
    expect((await reconcile('test')).passed).toBe(false);
    await pass(2);
    expect((await reconcile('test')).passed).toBe(true);
    expect(stateOf('mb_1')).toBe('unknown');
  });

  it('is asked for twice a minute at most from then on', async () => {
    const { pass, asked } = aGoneMarket({ USDT: 990, PEPE: 10 });
    await pass(6);
    const before = asked();
    await pass(10);
    expect(asked() - before).toBeLessThanOrEqual(20);
  });

  it('ends when the owner says so', async () => {
    const { pass, executor } = aGoneMarket({ USDT: 990, PEPE: 10 });
    await pass(6);
    executor.abandon(store.orders.get('mb_1')!);
    expect(store.orders.get('mb_1')).toMatchObject({ state: 'absent', detail: expect.stringContaining('the owner') });
  });
});

it('an order that no look-up answers for is told after five minutes whatever the reason, once', async () => {
  const { pass, alarms, account } = aGoneMarket({ USDT: 1_000 });
  account.findOrder = () => Promise.reject(new QueryFailed('network', `HTTP 503: ${Math.random()}`));
  await pass(20);
  expect(stateOf('mb_1')).toBe('unknown');
  expect(alarms()).toMatchObject([{ detail: { why: expect.stringContaining('no look-up was answered') } }]);
});
