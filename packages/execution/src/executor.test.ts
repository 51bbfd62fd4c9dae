import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  approveEntry,
  approveExit,
  DEFAULT_EXIT_TABLE,
  Decimal,
  EXIT_TYPES,
  exitRung,
  type OpenPosition,
  realisedPnl,
} from '@mexc-bot/core';
import { QueryFailed } from '@mexc-bot/exchange';
import { createManualClock } from '@mexc-bot/runtime';
import { openStore, type Store } from '@mexc-bot/store';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aMarket, anOpenPosition } from '../../../test/support/builders.ts';
import { createFakeTrading } from '../../../test/support/fake-trading.ts';
import { STOP_CONFIG } from '../../../test/support/position-rig.ts';
import { silentLog } from '../../../test/support/silent-log.ts';
import { createExecutor } from './executor.ts';
import type { Intent } from './intent.ts';

const ENTRY = { base: 'PEPE', strategy: 'simple', confidence: 0.8, atrFraction: 0.02 } as const;

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'execution-'));
  store = openStore(join(folder, 'bot.db'));
  store.markets.sync([aMarket()], 0);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A fresh process over the same books and the same exchange. */
function aProcess(fake = createFakeTrading()) {
  const clock = createManualClock(1_000_000);
  let ids = store.orders.ofMode('test').length;
  const executor = createExecutor({
    store,
    tradingOf: () => fake.trading,
    // waiting for a read-back passes at once
    clock: { ...clock, sleepWall: (ms) => clock.advance(ms) },
    log: silentLog,
    entryRules: { table: DEFAULT_EXIT_TABLE, stop: STOP_CONFIG },
    source: 'test',
    newClientOrderId: () => `mb_${++ids}`,
    settleAfterMs: 2_000,
    absentAfterMs: 30_000,
  });
  return { executor, clock, ...fake };
}

function aBuy(): Intent {
  const order = approveEntry(
    {
      mode: 'test',
      market: aMarket(),
      strategy: 'simple',
      ask: new Decimal(1),
      askAgeMs: 0,
      lastClose: 1,
      stopLoss: 0.03,
      regime: 'neutral',
    },
    {
      paused: false,
      freeQuote: new Decimal(100),
      equity: new Decimal(100),
      occupied: new Set(),
      lastExitAt: null,
      record: { stoppedAt: [], realisedToday: new Decimal(0), highWaterMark: null },
    },
    {
      maxOpenPositions: 5,
      cooldownMs: 0,
      maxPriceAgeMs: 1,
      stake: { min: 10, max: 10 },
      equityFraction: 0.1,
      maxSlippage: 0.005,
      account: { stopGuard: null, dailyLossFraction: null, dailyLossQuote: null, maxDrawdown: null },
    },
    0,
  );
  if (!order.ok) throw new Error(order.error);
  return { order: order.value, positionId: 'p1', entry: ENTRY };
}

function aSale(quantity: string): Intent {
  const position = store.positions.get('p1') as OpenPosition;
  const pending = {
    reason: 'take_profit',
    quantity: new Decimal(quantity),
    decidedAt: 0,
    triggerPrice: new Decimal('1.03'),
  } as const;
  store.positions.save({ ...position, pendingExit: pending });
  const order = approveExit(
    store.positions.get('p1') as OpenPosition,
    exitRung(0, new Decimal('1.03'), aMarket().rules, 0.02, EXIT_TYPES),
    aMarket().rules,
  );
  if (!order.ok) throw new Error(order.error);
  return { order: order.value, positionId: 'p1', entry: null };
}

describe('a buy', () => {
  it('is journaled before it is sent, and opens a guarded position from what was filled', async () => {
    const { executor, trading, script } = aProcess();
    script.fillShare = 0.5;
    const send = trading.placeOrder;
    trading.placeOrder = (order, id) => {
      expect(store.orders.get(id)?.state).toBe('intended');
      return send(order, id);
    };
    const { order } = (await executor.execute(aBuy))!;
    expect(order.state).toBe('canceled');
    const [position] = store.positions.open();
    expect(position?.quantity.eq(order.filled)).toBe(true);
    expect(position?.hardStop.lt(position.entryPrice)).toBe(true);
    expect(store.activity.recent(1)[0]).toMatchObject({ kind: 'bought', market: 'PEPEUSDT', positionId: 'p1' });
  });

  it('is told with what was paid and what it risks, and each sale with what it brought', async () => {
    const { executor } = aProcess();
    await executor.execute(aBuy);
    const [bought] = store.alerts.recent(1);
    const { entryPrice, hardStop, cost, bought: quantity } = store.positions.get('p1') as OpenPosition;
    expect(bought).toMatchObject({ rank: 'money', kind: 'bought', positionId: 'p1', detail: { strategy: 'simple' } });
    expect(bought?.detail.cost).toBe(cost.toString());
    expect(bought?.detail.risk).toBe(entryPrice.minus(hardStop).mul(quantity).toString());
    await executor.execute(() => aSale('4'));
    expect(store.alerts.recent(1)[0]).toMatchObject({ kind: 'level_hit', detail: { quantity: '4' } });
    await executor.execute(() => aSale(quantity.minus(4).toString()));
    const closed = store.positions.get('p1')!;
    expect(store.alerts.recent(1)[0]).toMatchObject({
      rank: 'money',
      kind: 'closed',
      detail: { reason: 'take_profit', pnl: realisedPnl(closed).toString() },
    });
    expect(store.alerts.recent(9)).toHaveLength(3);
  });

  it('leaves no position when nothing was filled, and none when it was refused', async () => {
    const { executor, script } = aProcess();
    script.fillShare = 0;
    expect((await executor.execute(aBuy))?.order.state).toBe('canceled');
    script.answer = 'refused';
    expect((await executor.execute(aBuy))?.order.state).toBe('rejected');
    expect(store.positions.open()).toEqual([]);
  });

  it('sends nothing when it is decided against at the last moment', async () => {
    const { executor, sent } = aProcess();
    expect(await executor.execute(() => null)).toBeNull();
    expect(sent()).toBe(0);
    expect(store.orders.ofMode('test')).toEqual([]);
  });
});

describe('an order without an answer', () => {
  it('is looked up, never sent again, and becomes what it was', async () => {
    const process = aProcess();
    process.script.answer = 'lost';
    process.script.hidden = 3;
    expect((await process.executor.execute(aBuy))?.order.state).toBe('unknown');

    for (let look = 0; look < 6; look++) {
      await process.clock.advance(2_500);
      await process.executor.settle();
    }
    expect(process.sent()).toBe(1);
    expect(store.orders.get('mb_1')?.state).toBe('filled');
    expect(store.positions.open()).toHaveLength(1);
  });

  it('is absent only after spaced misses past the window', async () => {
    const { executor, script, clock, sent } = aProcess();
    Object.assign(script, { answer: 'lost', neverArrives: true });
    await executor.execute(aBuy);
    // many looks in a moment are one; three spaced ones are not enough before the window is over
    for (const wait of [2_500, 100, 100, 100, 10_000, 10_000]) {
      await clock.advance(wait);
      await executor.settle();
      expect(store.orders.get('mb_1')?.state).toBe('unknown');
    }
    await clock.advance(10_000);
    await executor.settle();
    expect(store.orders.get('mb_1')).toMatchObject({
      state: 'absent',
      detail: expect.stringContaining('not found 4 times'),
    });
    expect(sent()).toBe(1);
  });

  it('is no sooner absent because the machine’s clock is put forward', async () => {
    const { executor, script, clock } = aProcess();
    Object.assign(script, { answer: 'lost', neverArrives: true });
    await executor.execute(aBuy);
    for (let look = 0; look < 4; look++) {
      clock.jump(20_000);
      await clock.advance(5_000);
      await executor.settle();
      expect(store.orders.get('mb_1')?.state).toBe('unknown');
    }
    await clock.advance(10_000);
    await executor.settle();
    expect(store.orders.get('mb_1')?.state).toBe('absent');
  });

  it('of an earlier process is absent by the time that passed on the wall since', async () => {
    const fake = createFakeTrading();
    Object.assign(fake.script, { answer: 'lost', neverArrives: true });
    await aProcess(fake).executor.execute(aBuy);
    const { executor, clock } = aProcess(fake);
    await clock.advance(30_000);
    for (let look = 0; look < 3; look++) {
      await executor.settle();
      await clock.advance(10_000);
    }
    expect(store.orders.get('mb_1')?.state).toBe('absent');
  });

  it('is found in the list of orders, with or without its client id, when it is denied by name', async () => {
    for (const losesIds of [false, true]) {
      const { executor, script, clock, orders } = aProcess();
      Object.assign(script, { answer: 'lost', hidden: 1_000 });
      const { order } = (await executor.execute(() => ({ ...aBuy(), positionId: `p-${losesIds}` })))!;
      const row = orders.get(order.clientOrderId)!;
      if (losesIds) orders.set(order.clientOrderId, { ...row, clientOrderId: null });
      for (let look = 0; look < 5; look++) {
        await clock.advance(10_000);
        await executor.settle();
      }
      expect(store.orders.get(order.clientOrderId)?.state).toBe('filled');
      store.positions.save({ ...(store.positions.open()[0] as OpenPosition), market: `USED${losesIds}` });
    }
  });

  it('stays unknown, and is told, while trades are listed that may be its own', async () => {
    const { executor, script, clock } = aProcess();
    Object.assign(script, { answer: 'lost', hidden: 1_000, historyHidden: true });
    await executor.execute(aBuy);
    for (let look = 0; look < 10; look++) {
      await clock.advance(10_000);
      await executor.settle();
    }
    expect(store.orders.get('mb_1')?.state).toBe('unknown');
    expect(store.alerts.recent(9).map((alert) => alert.kind)).toEqual(['order_unclear', 'order_unknown']);
  });

  it('stays unknown while queries fail: a failed query says nothing', async () => {
    const { executor, script, clock } = aProcess();
    Object.assign(script, { answer: 'lost', failing: 1_000 });
    await executor.execute(aBuy);
    for (let look = 0; look < 50; look++) {
      await clock.advance(5_000);
      await executor.settle();
    }
    expect(store.orders.get('mb_1')?.state).toBe('unknown');
  });

  it('keeps its market from a second buy', async () => {
    const { executor, script } = aProcess();
    script.answer = 'lost';
    await executor.execute(aBuy);
    await expect(executor.execute(() => ({ ...aBuy(), positionId: 'p2' }))).rejects.toThrow(/UNIQUE/);
  });

  it('that the books refuse holds up no other, and is told with the reason', async () => {
    store.markets.sync([aMarket(), aMarket({ id: 'DOGEUSDT' })], 0);
    const { executor, script, clock } = aProcess();
    script.answer = 'lost';
    await executor.execute(aBuy);
    store.positions.save(anOpenPosition({ id: 'someone-else' }));
    await executor.execute(() => {
      const intent = aBuy();
      return { ...intent, positionId: 'p2', order: { ...intent.order, market: 'DOGEUSDT' } };
    });
    for (let look = 0; look < 10; look++) {
      await clock.advance(2_500);
      await executor.settle();
    }
    expect([store.orders.get('mb_1')?.state, store.orders.get('mb_2')?.state]).toEqual(['unknown', 'filled']);
    expect(store.alerts.recent(9).filter(({ kind }) => kind === 'order_not_booked')).toMatchObject([
      { rank: 'alarm', market: 'PEPEUSDT', detail: { order: 'mb_1', why: expect.stringMatching(/UNIQUE/) } },
    ]);

    store.positions.save({
      ...anOpenPosition({ id: 'someone-else' }),
      state: 'closed',
      closedAt: 0,
      closeReason: 'gone',
      dust: new Decimal(0),
    });
    await clock.advance(30_000);
    await executor.settle();
    expect(store.positions.get('p1')?.state).toBe('open');
  });

  it('is found by the next process after a crash between intent and answer', async () => {
    const fake = createFakeTrading();
    const first = aProcess(fake);
    const send = fake.trading.placeOrder;
    fake.trading.placeOrder = async (order, id) => {
      await send(order, id);
      throw new Error('the process dies here');
    };
    await expect(first.executor.execute(aBuy)).rejects.toThrow('dies here');
    expect(store.orders.get('mb_1')?.state).toBe('intended');

    const second = aProcess(fake);
    await second.clock.advance(2_500);
    await second.executor.settle();
    expect(store.orders.get('mb_1')?.state).toBe('filled');
    expect(store.positions.open()).toHaveLength(1);
    expect(fake.sent()).toBe(1);
  });
});

describe('a sale', () => {
  it('reduces the position by what was filled and closes it when all is sold', async () => {
    const { executor } = aProcess();
    await executor.execute(aBuy);
    const held = (store.positions.get('p1') as OpenPosition).quantity;
    await executor.execute(() => aSale('4'));
    expect((store.positions.get('p1') as OpenPosition).quantity.toString()).toBe(held.minus(4).toString());
    await executor.execute(() => aSale(held.minus(4).toString()));
    expect(store.positions.get('p1')).toMatchObject({ state: 'closed', closeReason: 'take_profit' });
    expect(store.activity.recent(1)[0]?.kind).toBe('closed');
  });

  it.each([0, 1])('of a coin that pays its own fees ends, with %i of its trades listed late', async (lateTrades) => {
    const { executor, script, clock } = aProcess();
    await executor.execute(aBuy);
    Object.assign(script, { parts: 2, lateTrades, feeAsset: 'PEPE' });
    await executor.execute(() => aSale((store.positions.get('p1') as OpenPosition).quantity.toString()));
    script.lateTrades = 0;
    await clock.advance(2_500);
    await executor.settle();
    expect(store.positions.get('p1')).toMatchObject({ state: 'closed' });
  });

  it('waits for trades that the exchange lists late, and books each once', async () => {
    const { executor, script, clock } = aProcess();
    await executor.execute(aBuy);
    Object.assign(script, { parts: 3, lateTrades: 2 });
    const { order } = (await executor.execute(() => aSale('3')))!;
    expect(order.state).toBe('accepted');
    expect(order.filled.toString()).toBe('1');

    script.lateTrades = 0;
    await clock.advance(2_500);
    await executor.settle();
    expect(store.orders.get('mb_2')?.state).toBe('filled');
    expect(store.orders.get('mb_2')?.filled.toString()).toBe('3');
    expect(store.orders.fills('mb_2')).toHaveLength(3);
  });
});

describe('an order that was taken and does not come to its end', () => {
  const look = async ({ clock, executor }: ReturnType<typeof aProcess>, seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      await clock.advance(1_000);
      await executor.settle();
    }
  };
  const alarms = () => store.alerts.recent(9).filter(({ rank }) => rank === 'alarm');

  it('is taken at its word when its trades stay unlisted, guarded, and corrected when they come', async () => {
    const process = aProcess();
    const { executor, script } = process;
    Object.assign(script, { parts: 3, lateTrades: 2, improvement: 0.001 });
    await executor.execute(aBuy);
    await look(process, 13);
    expect(store.positions.open()).toEqual([]);
    await look(process, 2);
    const { order, price } = { order: store.orders.get('mb_1')!, price: store.orders.get('mb_1')!.price.mul('0.999') };
    expect(order.state).toBe('filled');
    const opened = store.positions.get('p1') as OpenPosition;
    expect([opened.quantity, opened.entryPrice].map(String)).toEqual([order.quantity, price].map(String));
    expect(alarms()).toMatchObject([{ kind: 'trades_missing', market: 'PEPEUSDT', positionId: 'p1' }]);

    await executor.execute(() => aSale('4'));
    script.lateTrades = 0;
    await look(process, 60);
    expect(store.orders.fills('mb_1').map(({ tradeId }) => tradeId)).not.toContainEqual(
      expect.stringContaining('assumed'),
    );
    expect(store.orders.fills('mb_1')).toHaveLength(3);
    expect((store.positions.get('p1') as OpenPosition).quantity.toString()).toBe(order.quantity.minus(4).toString());
    expect(store.activity.recent(9).filter(({ kind }) => kind === 'trades_listed')).toHaveLength(1);
  });

  it('does not block the exits of its position: a sale without trades counts by its own word', async () => {
    const process = aProcess();
    const { executor, script } = process;
    await executor.execute(aBuy);
    const held = (store.positions.get('p1') as OpenPosition).quantity;
    script.lateTrades = 1;
    await executor.execute(() => aSale('4'));
    await expect(executor.execute(() => aSale('1'))).rejects.toThrow(/UNIQUE/);
    await look(process, 15);
    expect((store.positions.get('p1') as OpenPosition).quantity.toString()).toBe(held.minus(4).toString());
    script.lateTrades = 0;
    await executor.execute(() => aSale(held.minus(4).toString()));
    await look(process, 15);
    expect(store.positions.get('p1')).toMatchObject({ state: 'closed' });
    expect(store.orders.fills('mb_2').map(({ tradeId }) => tradeId)).toEqual([expect.stringMatching(/^C02/)]);
  });

  it('is taken at its word when the list of trades cannot be read', async () => {
    const process = aProcess();
    process.trading.orderTrades = () => Promise.reject(new QueryFailed('malformed', 'scripted'));
    await process.executor.execute(aBuy);
    await look(process, 15);
    expect(store.positions.open()).toHaveLength(1);
  });

  it('is cancelled when it rests, and what it filled is booked', async () => {
    const process = aProcess();
    Object.assign(process.script, { fillShare: 0.5, rests: true });
    await process.executor.execute(aBuy);
    await look(process, 14);
    expect(store.orders.get('mb_1')?.state).toBe('accepted');
    await look(process, 2);
    const order = store.orders.get('mb_1')!;
    expect(order.state).toBe('canceled');
    expect(store.positions.open()[0]?.quantity.toString()).toBe(order.quantity.div(2).toString());
    expect(alarms()).toMatchObject([{ kind: 'order_unfinished' }]);
  });

  it('is cancelled at once, and not told, when it is a limit order in the place of an IOC', async () => {
    const process = aProcess();
    await process.executor.execute(aBuy);
    const held = (store.positions.get('p1') as OpenPosition).quantity;
    Object.assign(process.script, { fillShare: 0.5, rests: true });
    await process.executor.execute(() => {
      const sale = aSale('4');
      return { ...sale, order: { ...sale.order, type: 'limit' } };
    });
    expect(store.orders.get('mb_2')?.state).toBe('accepted');
    await look(process, 3);
    expect(store.orders.get('mb_2')?.state).toBe('canceled');
    expect((store.positions.get('p1') as OpenPosition).quantity.toString()).toBe(held.minus(2).toString());
    expect(alarms()).toEqual([]);
  });

  it('is told, once, when the exchange does not know it any more', async () => {
    const process = aProcess();
    Object.assign(process.script, { hidden: 1_000, historyHidden: true });
    await process.executor.execute(aBuy);
    await look(process, 60);
    expect(store.orders.get('mb_1')?.state).toBe('accepted');
    expect(alarms()).toMatchObject([{ kind: 'order_unfinished', detail: { order: 'mb_1', side: 'buy' } }]);
  });
});

it('ends in the same books whatever was lost, hidden, late or failing on the way', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        answer: fc.constantFrom('accepted' as const, 'lost' as const),
        hidden: fc.integer({ min: 0, max: 6 }),
        failing: fc.integer({ min: 0, max: 12 }),
        parts: fc.integer({ min: 1, max: 4 }),
        lateTrades: fc.integer({ min: 0, max: 3 }),
        fillShare: fc.constantFrom(0, 0.25, 0.5, 1),
      }),
      async (faults) => {
        const path = join(mkdtempSync(join(folder, 'run-')), 'bot.db');
        store.close();
        store = openStore(path);
        store.markets.sync([aMarket()], 0);
        const { executor, script, clock, sent } = aProcess();
        Object.assign(script, faults, { lateTrades: Math.min(faults.lateTrades, faults.parts) });
        await executor.execute(aBuy);
        script.lateTrades = 0;
        // long before an order could count as absent
        for (let look = 0; look < 25; look++) {
          await clock.advance(look === 0 ? 2_001 : 900);
          await executor.settle();
        }
        const order = store.orders.get('mb_1')!;
        expect(sent()).toBe(1);
        expect(order.state).toBe(faults.fillShare === 1 ? 'filled' : 'canceled');
        expect(order.filled.eq(order.quantity.mul(faults.fillShare))).toBe(true);
        const held = store.positions.open()[0]?.quantity ?? new Decimal(0);
        expect(held.eq(order.filled)).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});
