import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decimal, type OpenPosition } from '@mexc-bot/core';
import { createManualClock } from '@mexc-bot/runtime';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aMarket, anOpenPosition } from '../../../test/support/builders.ts';
import { createFakeMarketData } from '../../../test/support/fake-market-data.ts';
import { POSITION_RULES, STOP_CONFIG } from '../../../test/support/position-rig.ts';
import { silentLog } from '../../../test/support/silent-log.ts';
import { createGuard } from './guard.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guard-'));
  store = openStore(join(folder, 'bot.db'));
  store.markets.sync([aMarket(), aMarket({ id: 'DOGEUSDT' })], 0);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A guard over positions bought at 1, stop 0.975. Its sales are noted, with the books at that moment, and come to nothing. */
function aGuard() {
  const { marketData } = createFakeMarketData();
  const clock = createManualClock(1_000_000);
  const sales: OpenPosition[] = [];
  const seller = {
    sell: async (id: string) => {
      sales.push(store.positions.get(id) as OpenPosition);
    },
  };
  const deps = { marketData, fallData: marketData, seller, store, clock, log: silentLog };
  const guard = createGuard({ ...deps, rules: POSITION_RULES, stop: STOP_CONFIG });
  guard.refresh();
  const on = (bid: number, market = 'PEPEUSDT') => guard.onBid(market, new Decimal(bid));
  return { guard, on, clock, sales };
}

const peakOf = (id: string): number => Number(store.positions.get(id)?.peak);

describe('a peak that rises', () => {
  it('is written at once where prices are rare, and ten times a second where they are not', async () => {
    store.positions.save(anOpenPosition());
    const { on, clock } = aGuard();
    await on(1.001);
    expect(peakOf('p1')).toBe(1.001);
    await clock.advance(40);
    await on(1.002);
    expect(peakOf('p1')).toBe(1.001);
    await clock.advance(60);
    await on(1.003);
    expect(peakOf('p1')).toBe(1.003);
  });

  it('is written with the others, by a price of any market', async () => {
    store.positions.save(anOpenPosition());
    store.positions.save(anOpenPosition({ id: 'p2', market: 'DOGEUSDT', base: 'DOGE' }));
    const { on, clock } = aGuard();
    await on(1.001);
    await on(1.004, 'DOGEUSDT');
    await clock.advance(100);
    await on(1.002);
    expect([peakOf('p1'), peakOf('p2')]).toEqual([1.002, 1.004]);
  });

  it('is written by the next cycle where no price comes any more, and at the end', async () => {
    store.positions.save(anOpenPosition());
    const { guard, on } = aGuard();
    await on(1.001);
    await on(1.002);
    guard.write();
    expect(peakOf('p1')).toBe(1.002);
    await on(1.003);
    await guard.close();
    expect(peakOf('p1')).toBe(1.003);
  });

  it('counts in every decision before it is written, and is written with it', async () => {
    store.positions.save(anOpenPosition({ levelsTaken: 3, quantity: new Decimal(4) }));
    const { on, sales } = aGuard();
    await on(1.1);
    await on(1.2);
    expect(peakOf('p1')).toBe(1.1);
    // 3 % under 1.2, and above the 3 % under 1.1
    await on(1.16);
    expect(sales).toHaveLength(1);
    expect(sales[0]).toMatchObject({ pendingExit: { reason: 'trailing_take_profit' } });
    expect(Number(sales[0]?.peak)).toBe(1.2);
  });

  it('never undoes what another wrote meanwhile', async () => {
    store.positions.save(anOpenPosition());
    const { guard, on } = aGuard();
    await on(1.01);
    await on(1.02);
    store.positions.save({ ...(store.positions.get('p1') as OpenPosition), quantity: new Decimal(3) });
    guard.write();
    expect(store.positions.get('p1')).toMatchObject({ quantity: new Decimal(3), peak: new Decimal(1.02) });
    await on(1.025);
    const open = store.positions.get('p1') as OpenPosition;
    store.positions.save({ ...open, state: 'closed', closedAt: 1, closeReason: 'gone', dust: new Decimal(0) });
    guard.write();
    expect(store.positions.get('p1')).toMatchObject({ state: 'closed', peak: new Decimal(1.02) });
  });
});

describe('a price that decides nothing', () => {
  it('waits for no other process that is writing, and the stop is judged after it', async () => {
    store.positions.save(anOpenPosition());
    const { on, sales } = aGuard();
    await on(1.02);
    const other = openStore(join(folder, 'bot.db'));
    try {
      // the lock is held while these come: whoever asked for it would wait 15 s and fail
      const looks = other.write(() => [on(1.01), on(1.021), on(1.019)]);
      await Promise.all(looks);
    } finally {
      other.close();
    }
    await on(0.97);
    expect(sales).toHaveLength(1);
  });
});

it('a position that cannot be judged keeps no other of its market from its stop, and is judged at the next price', async () => {
  store.positions.save(anOpenPosition({ mode: 'live' }));
  store.positions.save(anOpenPosition({ id: 'p2' }));
  const { write } = store;
  let isLocked = true;
  store = {
    ...store,
    write(change, durable) {
      if (!isLocked) return write(change, durable);
      isLocked = false;
      throw new Error('database is locked');
    },
  };
  const { on, sales } = aGuard();
  await expect(on(0.97)).rejects.toThrow('locked');
  expect(sales.map(({ id }) => id)).toEqual(['p2']);
  await on(0.97);
  expect(sales.map(({ id }) => id)).toEqual(['p2', 'p1', 'p2']);
});

describe('what was bought', () => {
  it('is written down as guarded once, when its prices are judged', async () => {
    const { guard } = aGuard();
    store.positions.save(anOpenPosition());
    store.outbox.chat(1);
    store.alerts.add({
      ...{ mode: 'test', at: 0, wallAt: 0, source: 'scanner', rank: 'money', kind: 'bought' },
      ...{ market: 'PEPEUSDT', positionId: 'p1', detail: {} },
    });
    const isUnguarded = () => store.outbox.pending(1)[0]?.unguarded;
    guard.write();
    expect(isUnguarded()).toBe(true);
    guard.refresh();
    guard.write();
    expect(isUnguarded()).toBe(false);
    // an order that fills more of it writes the position again
    store.positions.save(anOpenPosition({ quantity: new Decimal(12) }));
    expect(isUnguarded()).toBe(false);
  });
});
