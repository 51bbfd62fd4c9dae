import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decimal, type Fill } from '@mexc-bot/core';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aMarket, anOpenPosition, anOrder, someRules } from '../../../test/support/builders.ts';
import { type AlertRow, openStore, openStoreToRead, type Store, StoreError } from './index.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-'));
  path = join(folder, 'bot.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function withStore<T>(use: (store: Store) => T): T {
  const store = openStore(path);
  try {
    return use(store);
  } finally {
    store.close();
  }
}

const aFill = (over: Partial<Fill> = {}): Fill => ({
  tradeId: 't1',
  clientOrderId: 'mb_1',
  mode: 'test',
  market: 'PEPEUSDT',
  side: 'buy',
  price: new Decimal('1.001'),
  quantity: new Decimal('1'),
  fee: new Decimal('0.003'),
  feeAsset: 'USDT',
  at: 1_500,
  ...over,
});

describe('opening', () => {
  it('lets twenty processes create the file at the same moment', async () => {
    const script = join(folder, 'open.mjs');
    const library = new URL('../dist/index.js', import.meta.url).href;
    writeFileSync(
      script,
      `
      import { openStore } from ${JSON.stringify(library)};
      process.on('message', () => {
        const store = openStore(${JSON.stringify(path)});
        store.state.setMode('test', Date.now());
        store.close();
        process.exit(0);
      });
      process.send('waiting');
    `,
    );
    const children = Array.from({ length: 20 }, () => fork(script, { execPath: process.execPath }));
    await Promise.all(children.map((child) => new Promise((resolve) => child.once('message', resolve))));
    const exits = children.map((child) => new Promise((resolve) => child.once('exit', resolve)));
    for (const child of children) child.send('go');
    expect(await Promise.all(exits)).toEqual(children.map(() => 0));
    expect(withStore((store) => store.state.mode())).toBe('test');
  });

  it('refuses a database newer than the code and leaves it as it is', () => {
    withStore(() => undefined);
    const db = new BetterSqlite3(path);
    db.pragma('user_version = 999');
    db.close();
    expect(() => openStore(path)).toThrow(/newer version.*schema 999/);
    const after = new BetterSqlite3(path);
    expect(after.pragma('user_version', { simple: true })).toBe(999);
    after.close();
  });

  it('refuses a damaged file, says so, and leaves it as it is', () => {
    const damaged = 'this is not a database, but it is long enough to be read as one'.repeat(20);
    writeFileSync(path, damaged);
    expect(() => openStore(path)).toThrow(StoreError);
    expect(() => openStore(path)).toThrow(/damaged or not a database.*Move it away/);
    expect(readFileSync(path, 'utf8')).toBe(damaged);
  });

  it('to read sees what is written meanwhile, writes nothing, and makes no file', () => {
    expect(() => openStoreToRead(path)).toThrow(/bot\.db is not there/);
    withStore((writing) => {
      const reading = openStoreToRead(path);
      writing.state.setMode('live', 1);
      expect(reading.state.mode()).toBe('live');
      expect(() => reading.state.setMode('test', 2)).toThrow(/readonly/);
      reading.close();
    });
  });

  it('refuses a database of another program', () => {
    const db = new BetterSqlite3(path);
    db.exec('CREATE TABLE theirs (x)');
    db.close();
    expect(() => openStore(path)).toThrow(/another program/);
  });
});

describe('orders', () => {
  it('are listed as they came, also where the wall clock was set back between them', () => {
    withStore((store) => {
      store.orders.intend(anOrder({ createdAt: 1_000, createdWallAt: 60_000 }));
      store.orders.advance('mb_1', 'filled', { at: 1_000 });
      store.orders.intend(anOrder({ clientOrderId: 'mb_0', side: 'sell', createdAt: 2_000, createdWallAt: 31_000 }));
      expect(store.orders.ofPosition('p1').map((order) => order.clientOrderId)).toEqual(['mb_1', 'mb_0']);
    });
  });

  it('keeps every field of an order through a restart', () => {
    const order = anOrder();
    withStore((store) => store.orders.intend(order));
    withStore((store) => expect(store.orders.get('mb_1')).toEqual(order));
  });

  it('keeps an unknown ATR unknown', () => {
    const order = anOrder({ entry: { base: 'PEPE', strategy: 'simple', confidence: 0.8, atrFraction: Number.NaN } });
    withStore((store) => {
      store.orders.intend(order);
      expect(store.orders.get('mb_1')?.entry?.atrFraction).toBeNaN();
    });
  });

  it('refuses a second buy in a market while the first has no final answer', () => {
    withStore((store) => {
      store.orders.intend(anOrder());
      expect(() => store.orders.intend(anOrder({ clientOrderId: 'mb_2', positionId: 'p2' }))).toThrow(/UNIQUE/);
      store.orders.advance('mb_1', 'rejected', { at: 2_000 });
      store.orders.intend(anOrder({ clientOrderId: 'mb_2', positionId: 'p2' }));
      expect(store.orders.unsettled().map((order) => order.clientOrderId)).toEqual(['mb_2']);
    });
  });

  it('refuses an illegal transition and changes nothing', () => {
    withStore((store) => {
      store.orders.intend(anOrder());
      store.orders.advance('mb_1', 'filled', { at: 2_000 });
      expect(() => store.orders.advance('mb_1', 'unknown', { at: 3_000 })).toThrow(/cannot go from filled to unknown/);
      expect(store.orders.get('mb_1')?.state).toBe('filled');
    });
  });

  it('applies a trade once, whoever brings it, and never beyond the order', () => {
    const fill = aFill({ quantity: new Decimal('6') });
    withStore((store) => {
      store.orders.intend(anOrder());
      expect(store.orders.addFill(fill)).toBe(true);
      expect(store.orders.addFill(fill)).toBe(false);
      expect(store.orders.get('mb_1')?.filled.toString()).toBe('6');
      expect(() => store.orders.addFill({ ...fill, tradeId: 't2' })).toThrow(/beyond its quantity/);
      expect(store.orders.fills('mb_1')).toEqual([fill]);
    });
  });

  it('puts listed trades in the place of an assumed one, all of its quantity or nothing', () => {
    const assumed = aFill({ tradeId: 'assumed-mb_1', quantity: new Decimal('6') });
    const listed = ['2', '4'].map((quantity, i) => aFill({ tradeId: `t${i}`, quantity: new Decimal(quantity) }));
    withStore((store) => {
      store.orders.intend(anOrder());
      store.orders.addFill(assumed);
      store.orders.advance('mb_1', 'canceled', { at: 2_000 });
      expect(store.orders.assumed().map(({ clientOrderId }) => clientOrderId)).toEqual(['mb_1']);
      expect(() => store.orders.settleFill(assumed, listed.slice(1))).toThrow(/4 listed .* 6 assumed/);
      expect(store.orders.fills('mb_1')).toEqual([assumed]);
      store.orders.settleFill(assumed, listed);
      expect(store.orders.fills('mb_1')).toEqual(listed);
      expect(store.orders.assumed()).toEqual([]);
      expect(() => store.orders.settleFill(assumed, listed)).toThrow(/not booked/);
    });
  });
});

describe('positions', () => {
  it('keeps every field, open and closed, through a restart', () => {
    const open = anOpenPosition({
      trailingStop: new Decimal('1.01'),
      breachedSince: 5_000,
      pendingExit: {
        reason: 'take_profit',
        quantity: new Decimal('5'),
        decidedAt: 4_000,
        triggerPrice: new Decimal('1.03'),
      },
      lastExitReason: 'take_profit',
    });
    withStore((store) => store.positions.save(open));
    withStore((store) => expect(store.positions.get('p1')).toEqual(open));

    const closed = {
      ...open,
      state: 'closed',
      closedAt: 9_000,
      closeReason: 'stop_loss',
      dust: new Decimal('0.001'),
    } as const;
    withStore((store) => store.positions.save(closed));
    withStore((store) => {
      expect(store.positions.get('p1')).toEqual(closed);
      expect(store.positions.open()).toEqual([]);
      expect(store.positions.lastClosedAt('test', 'PEPEUSDT')).toBe(9_000);
      expect(store.positions.lastClosedAt('live', 'PEPEUSDT')).toBeNull();
    });
  });

  it('allows one open position a market and mode', () => {
    withStore((store) => {
      store.positions.save(anOpenPosition());
      store.positions.save(anOpenPosition({ id: 'p2', mode: 'live' }));
      expect(() => store.positions.save(anOpenPosition({ id: 'p3' }))).toThrow(/UNIQUE/);
    });
  });
});

describe('markets', () => {
  it('takes the first list as known before, dates later arrivals, and marks what vanishes', () => {
    const multipliers = someRules({ bidMultiplierUp: new Decimal(5), askMultiplierDown: new Decimal('0.2') });
    withStore((store) => {
      store.markets.sync([aMarket({ id: 'AUSDT', rules: multipliers }), aMarket({ id: 'BUSDT' })], 1_000);
      store.markets.sync([aMarket({ id: 'AUSDT', rules: multipliers }), aMarket({ id: 'CUSDT' })], 2_000);
      expect([...store.markets.listed()]).toEqual([
        { market: aMarket({ id: 'AUSDT', rules: multipliers }), firstSeenAt: null },
        { market: aMarket({ id: 'CUSDT' }), firstSeenAt: 2_000 },
      ]);
      expect(store.markets.get('BUSDT')).toEqual(aMarket({ id: 'BUSDT' }));
    });
  });
});

describe('the paper book', () => {
  it('changes the account, the order and its trades together or not at all', () => {
    const order = {
      clientOrderId: 'mb_1',
      exchangeOrderId: 'paper-1',
      market: 'PEPEUSDT',
      side: 'buy',
      state: 'filled',
      quantity: new Decimal(10),
      filled: new Decimal(10),
    } as const;
    withStore((store) => {
      store.paper.deposit('USDT', new Decimal(100));
      store.paper.deposit('USDT', new Decimal(100));
      const settle = (usdt: string) =>
        store.paper.settle((account) => ({
          order,
          trades: [],
          account: new Map([...account, ['USDT', new Decimal(usdt)], ['PEPE', new Decimal(10)]]),
        }));
      expect(() => settle('-1')).toThrow(/would hold -1 USDT/);
      expect(store.paper.findOrder('PEPEUSDT', 'mb_1')).toBeNull();
      expect(store.paper.account()).toEqual(new Map([['USDT', new Decimal(100)]]));
      settle('90');
      expect(store.paper.findOrder('PEPEUSDT', 'mb_1')).toEqual(order);
      expect(store.paper.account().get('USDT')?.toString()).toBe('90');
    });
  });
});

it('undoes everything a failed write began', () => {
  withStore((store) => {
    expect(() =>
      store.write(() => {
        store.orders.intend(anOrder());
        throw new Error('power cut');
      }),
    ).toThrow('power cut');
    expect(store.orders.get('mb_1')).toBeUndefined();
  });
});

it('an alert is news unless the same was told last of that mode, market and position; where it fades, not for ever', () =>
  withStore((store) => {
    const news = (over: Partial<AlertRow>, forgetAfterMs?: number) =>
      store.alerts.addNews(
        {
          mode: 'live',
          at: 0,
          wallAt: 0,
          source: 'tracker',
          rank: 'alarm',
          kind: 'halted',
          market: 'PEPEUSDT',
          detail: { reason: 'code 30016' },
          ...over,
        },
        forgetAfterMs,
      );
    expect([news({}), news({}), news({ wallAt: 1e10 })]).toEqual([true, false, false]);
    expect([news({ mode: 'test' }), news({})]).toEqual([true, false]);
    expect([news({ positionId: 'p1' }), news({ positionId: 'p2' }), news({ positionId: 'p1' })]).toEqual([
      true,
      true,
      false,
    ]);
    expect([news({ detail: { state: 'over' } }), news({})]).toEqual([true, true]);
    expect([news({ wallAt: 999 }, 1_000), news({ wallAt: 1_000 }, 1_000), news({ wallAt: 1_001 }, 1_000)]).toEqual([
      false,
      true,
      false,
    ]);
  }));
