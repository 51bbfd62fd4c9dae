import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_EXIT_TABLE, Decimal, type Side, type TradeReport, ZERO } from '@mexc-bot/core';
import type { Trading } from '@mexc-bot/exchange';
import { createManualClock } from '@mexc-bot/runtime';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aMarket, anOpenPosition, anOrder } from '../../../test/support/builders.ts';
import { createFakeTrading } from '../../../test/support/fake-trading.ts';
import { STOP_CONFIG } from '../../../test/support/position-rig.ts';
import { applyResync, planResync } from './resync.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'resync-'));
  store = openStore(join(folder, 'bot.db'));
  store.markets.sync([aMarket()], 0);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

type Row = readonly [clientOrderId: string | null, side: Side, quantity: string, price: string];

/** An exchange whose history is `rows`, one filled order each, and that owns `owned` PEPE; the books are empty. */
function aHistory(owned: string, ...rows: readonly Row[]) {
  const { trading: fake } = createFakeTrading();
  const trades: TradeReport[] = rows.map(([, side, quantity, price], i) => ({
    tradeId: `t${i}`,
    exchangeOrderId: `C02__h${i}`,
    market: 'PEPEUSDT',
    side,
    price: new Decimal(price),
    quantity: new Decimal(quantity),
    fee: ZERO,
    feeAsset: 'USDT',
    at: 1_000 * (i + 1),
  }));
  const trading: Trading = {
    ...fake,
    balances: async () => new Map([['PEPE', { asset: 'PEPE', free: new Decimal(owned), locked: ZERO }]]),
    ordersSince: async () =>
      rows.map(([clientOrderId, side, quantity], i) => ({
        clientOrderId,
        exchangeOrderId: `C02__h${i}`,
        market: 'PEPEUSDT',
        side,
        state: 'filled',
        quantity: new Decimal(quantity),
        filled: new Decimal(quantity),
      })),
    orderTrades: async (_, id) => trades.filter((trade) => trade.exchangeOrderId === id),
  };
  return {
    store,
    trading,
    clock: createManualClock(1_000_000),
    mode: 'live' as const,
    quote: 'USDT',
    entryRules: { table: DEFAULT_EXIT_TABLE, stop: STOP_CONFIG },
    assume: { strategy: 'simple', confidence: 0.8 } as const,
    newPositionId: () => 'rebuilt',
  };
}

describe('resync', () => {
  it('rebuilds what our own orders bought and did not sell, at its own average price', async () => {
    const deps = aHistory('14', ['mb_1', 'buy', '10', '1'], ['mb_2', 'buy', '10', '2'], ['mb_3', 'sell', '6', '3']);
    const [rebuilt] = await planResync(deps);
    expect([rebuilt?.quantity, rebuilt?.entryPrice].map(String)).toEqual(['14', '1.5']);
    expect(store.positions.open()).toEqual([]);

    applyResync(deps, rebuilt!);
    const [position] = store.positions.open('live');
    expect(position).toMatchObject({ id: 'rebuilt', market: 'PEPEUSDT', strategy: 'simple' });
    expect(position?.hardStop.lt('1.5')).toBe(true);
    expect(store.orders.ofMode('live').map((order) => [order.clientOrderId, order.state])).toEqual([
      ['mb_1', 'filled'],
      ['mb_2', 'filled'],
      ['mb_3', 'filled'],
    ]);
    expect(await planResync(deps)).toEqual([]);
  });

  it('leaves closed chapters closed', async () => {
    const deps = aHistory('5', ['mb_1', 'buy', '10', '1'], ['mb_2', 'sell', '10', '9'], ['mb_3', 'buy', '5', '2']);
    const [rebuilt] = await planResync(deps);
    expect([rebuilt?.quantity, rebuilt?.entryPrice, rebuilt?.openedAt].map(String)).toEqual(['5', '2', '3000']);
    expect(rebuilt?.orders.map(({ report }) => report.clientOrderId)).toEqual(['mb_3']);
  });

  it('never takes over what nothing proves to be ours', async () => {
    expect(await planResync(aHistory('10', ['web-order', 'buy', '10', '1'], [null, 'buy', '10', '1']))).toEqual([]);
  });

  it('leaves to an order without an answer what it bought', async () => {
    store.orders.intend(anOrder({ clientOrderId: 'mb_1', mode: 'live', positionId: 'its-own' }));
    expect(await planResync(aHistory('10', ['mb_1', 'buy', '10', '1']))).toEqual([]);
  });

  it.each([
    ['an order', () => store.orders.intend(anOrder({ clientOrderId: 'mb_9', mode: 'live' }))],
    ['a position', () => store.positions.save(anOpenPosition({ mode: 'live' }))],
  ])('writes nothing where %s has come since it was planned', async (_, comes) => {
    const deps = aHistory('10', ['mb_1', 'buy', '10', '1']);
    const [rebuilt] = await planResync(deps);
    comes();
    const before = store.positions.open('live');
    expect(applyResync(deps, rebuilt!)).toBe(false);
    expect(store.positions.open('live')).toEqual(before);
    expect(store.orders.get('mb_1')).toBeUndefined();
  });

  it('takes no more than is owned', async () => {
    const [rebuilt] = await planResync(aHistory('4', ['mb_1', 'buy', '10', '1']));
    expect(rebuilt?.quantity.toString()).toBe('4');
  });
});
