import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_EXIT_TABLE, Decimal, type Mode, type OpenPosition } from '@mexc-bot/core';
import { type PriceStream, QueryFailed } from '@mexc-bot/exchange';
import { createExecutor, createSeller } from '@mexc-bot/execution';
import { createManualClock } from '@mexc-bot/runtime';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aMarket, anOpenPosition, anOrder, candlesFrom, someRules } from '../../../test/support/builders.ts';
import { createFakeMarketData } from '../../../test/support/fake-market-data.ts';
import { createFakeTrading } from '../../../test/support/fake-trading.ts';
import { POSITION_RULES, STOP_CONFIG } from '../../../test/support/position-rig.ts';
import { silentLog } from '../../../test/support/silent-log.ts';
import { createKnownBids } from './bids.ts';
import { createGuard } from './guard.ts';
import { createRequests } from './requests.ts';
import { createTrack } from './track.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'track-'));
  store = openStore(join(folder, 'bot.db'));
  store.markets.sync([aMarket(), aMarket({ id: 'DOGEUSDT' })], 0);
  store.orders.intend(anOrder());
  store.orders.advance('mb_1', 'filled', { at: 0 });
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A tracker over a position bought at 1, stop 0.975, levels 1.03 1.06 1.09. */
function aTracker(mode: Mode = 'test', stream: PriceStream | null = null) {
  const fake = createFakeMarketData();
  const account = createFakeTrading();
  const clock = createManualClock(1_000_000);
  let ids = 1;
  const executor = createExecutor({
    store,
    tradingOf: (asked) => (asked === mode ? account.trading : null),
    clock: { ...clock, sleepWall: (ms) => clock.advance(ms) },
    log: silentLog,
    entryRules: { table: DEFAULT_EXIT_TABLE, stop: STOP_CONFIG },
    source: 'tracker',
    newClientOrderId: () => `mb_${++ids}`,
    settleAfterMs: 2_000,
    absentAfterMs: 30_000,
  });
  const shared = {
    store,
    executor,
    tradingOf: () => account.trading,
    clock,
    log: silentLog,
    marketData: fake.marketData,
    fallData: fake.marketData,
    rules: POSITION_RULES,
    stop: STOP_CONFIG,
  };
  const seller = createSeller({ ...shared, source: 'tracker' });
  const guard = createGuard({ ...shared, seller });
  const track = createTrack({
    ...shared,
    candleData: fake.marketData,
    guard,
    stream,
    staleAfterMs: 5_000,
    atrPeriod: 14,
    takeRequests: createRequests({ ...shared, bids: createKnownBids(null, fake.marketData, clock, 5_000) }),
    chores: async () => undefined,
  });
  const at = async (bid: number) => {
    fake.market.bids.set('PEPEUSDT', bid);
    await track();
    await clock.advance(0); // stops move aside from the cycle
    return store.positions.get('p1') as OpenPosition;
  };
  return { track, guard, at, clock, ...fake, account };
}

const sales = () => store.orders.ofMode('test').filter((order) => order.side === 'sell');

describe('the tracker', () => {
  it('sells everything at the stop, at once', async () => {
    store.positions.save(anOpenPosition());
    const { at } = aTracker();
    expect((await at(0.98)).state).toBe('open');
    expect(await at(0.975)).toMatchObject({ state: 'closed', closeReason: 'stop_loss' });
    expect(sales()).toHaveLength(1);
  });

  it('sells the sum of the levels that one look passes in one order, and lets the rest trail', async () => {
    store.positions.save(anOpenPosition());
    const { at } = aTracker();
    const position = await at(1.07);
    expect(sales()).toHaveLength(1);
    expect(sales()[0]?.quantity.toString()).toBe('6.5'); // 1 − (1 − .5)(1 − .3) of 10
    expect(position.levelsTaken).toBe(2);
    expect(position.quantity.toString()).toBe('3.5');
  });

  it('sells what the owner asked for, at the next look', async () => {
    store.positions.save(anOpenPosition());
    const { at } = aTracker();
    await at(1.01);
    store.requests.add({ kind: 'sell', market: 'PEPEUSDT', mode: 'test', by: 'telegram 1', wallAt: 1_000_000 });
    await at(1.012);
    expect(await at(1.011)).toMatchObject({ state: 'closed', closeReason: 'forced' });
    expect(sales()).toHaveLength(1);
    expect(store.alerts.recent(1)[0]).toMatchObject({ kind: 'closed', detail: { reason: 'forced' } });
  });

  it('finishes a sale that an order filled only in part, at the next look', async () => {
    store.positions.save(anOpenPosition());
    const { at, account } = aTracker();
    account.script.fillShare = 0.4;
    expect((await at(0.97)).quantity.toString()).toBe('6');
    account.script.fillShare = 1;
    expect(await at(0.96)).toMatchObject({ state: 'closed' });
    expect(sales()).toHaveLength(2);
  });

  it('sends no second order while the first has no answer', async () => {
    store.positions.save(anOpenPosition());
    const { at, account, clock } = aTracker();
    Object.assign(account.script, { answer: 'lost', hidden: 3 });
    await at(0.97);
    await at(0.96);
    expect(account.sent()).toBe(1);
    for (let look = 0; look < 5; look++) {
      await clock.advance(2_500);
      await at(0.96);
    }
    expect(account.sent()).toBe(1);
    expect(store.positions.get('p1')?.state).toBe('closed');
  });

  it('sells the rest as soon as the first order has its end, though an answer about it still hangs', async () => {
    store.positions.save(anOpenPosition());
    const { at, guard, account, clock } = aTracker();
    const { findOrder } = account.trading;
    Object.assign(account.trading, { findOrder: () => new Promise(() => undefined) });
    account.script.fillShare = 0.4;
    guard.refresh();
    void guard.onBid('PEPEUSDT', new Decimal('0.97'));
    await clock.advance(2_500);
    Object.assign(account.trading, { findOrder });
    account.script.fillShare = 1;
    expect((await at(0.97)).quantity.toString()).toBe('6');
    expect(await at(0.97)).toMatchObject({ state: 'closed' });
    expect(sales().map(({ quantity }) => quantity.toString())).toEqual(['10', '6']);
  });

  it('goes on after a crash between decision and order', async () => {
    const pendingExit = {
      reason: 'stop_loss',
      quantity: new Decimal(10),
      decidedAt: 0,
      triggerPrice: new Decimal('0.97'),
    } as const;
    store.positions.save(anOpenPosition({ pendingExit }));
    const { at } = aTracker();
    expect(await at(1.5)).toMatchObject({ state: 'closed', closeReason: 'stop_loss' });
  });

  it('never sells on an absurd price that the order book does not confirm, and does on one it confirms', async () => {
    store.positions.save(anOpenPosition());
    const { at, market } = aTracker();
    await at(1);
    market.depthBids.set('PEPEUSDT', 1);
    expect((await at(0.2)).state).toBe('open');
    market.depthBids.set('PEPEUSDT', 0.2);
    expect((await at(0.2)).state).toBe('closed');
  });

  it('keeps guarding the others when one market has no price', async () => {
    store.positions.save(anOpenPosition());
    store.positions.save(anOpenPosition({ id: 'p2', market: 'DOGEUSDT', base: 'DOGE' }));
    const { at } = aTracker();
    expect((await at(0.9)).state).toBe('closed');
    expect(store.positions.get('p2')?.state).toBe('open');
  });

  it('guards what was bought while a request for quotes hangs, and asks for quotes anew', async () => {
    const watched = new Map<string, number>();
    const pushed = new Map<string, Decimal>();
    const stream = {
      watch: (markets: ReadonlySet<string>) => {
        for (const market of markets) if (!watched.has(market)) watched.set(market, clock.wallNow());
      },
      latest: (market: string) => (pushed.has(market) ? { bid: pushed.get(market)! } : undefined),
      ageMs: (market: string) => (pushed.has(market) ? 0 : Number.POSITIVE_INFINITY),
    } as unknown as PriceStream;
    store.positions.save(anOpenPosition());
    const { track, clock, market, marketData } = aTracker('test', stream);
    const { bookTickers } = marketData;
    let asked = 0;
    const hangs = async () => {
      asked += 1;
      await clock.sleepWall(3_000);
      throw new QueryFailed('network', 'no answer');
    };
    Object.assign(marketData, { bookTickers: hangs });
    const faults: unknown[] = [];
    const cycles = async (seconds: number) => {
      for (const end = clock.wallNow() + seconds * 1_000; clock.wallNow() < end; ) {
        let ended = false;
        void track()
          .catch((error: unknown) => faults.push(error))
          .finally(() => {
            ended = true;
          });
        for (let waited = 0; !ended && waited < 10_000; waited += 100) await clock.advance(100);
        await clock.advance(500);
      }
    };
    await cycles(1);
    const boughtAt = clock.wallNow();
    store.positions.save(anOpenPosition({ id: 'p2', market: 'DOGEUSDT', base: 'DOGE' }));
    pushed.set('DOGEUSDT', new Decimal('0.97'));
    await cycles(2);
    expect(watched.get('DOGEUSDT')! - boughtAt).toBeLessThanOrEqual(1_500);
    expect(store.positions.get('p2')?.state).toBe('closed');
    await cycles(4);
    expect(asked).toBeGreaterThan(1);
    expect(String(faults[0])).toMatch(/no answer/);
    Object.assign(marketData, { bookTickers });
    market.bids.set('PEPEUSDT', 0.97);
    await cycles(4);
    expect(store.positions.get('p1')?.state).toBe('closed');
  });

  it.each([
    ['before the question', 1_000, 'closed'],
    ['after it', 0, 'open'],
  ])('of a push and an answer of REST takes the newer: pushed %s', async (_, ageMs, state) => {
    store.positions.save(anOpenPosition());
    store.positions.save(anOpenPosition({ id: 'p2', market: 'DOGEUSDT', base: 'DOGE' }));
    // DOGE was bought a moment ago and has no push yet: quotes are asked for its sake
    const stream = {
      watch: () => undefined,
      latest: (market: string) => (market === 'PEPEUSDT' ? { bid: new Decimal(1) } : undefined),
      ageMs: (market: string) => (market === 'PEPEUSDT' ? ageMs : Number.POSITIVE_INFINITY),
    } as unknown as PriceStream;
    const { track, clock, market, marketData } = aTracker('test', stream);
    market.bids.set('PEPEUSDT', 0.97);
    market.bids.set('DOGEUSDT', 1);
    const { bookTickers } = marketData;
    const slowly = async () => {
      await clock.sleepWall(200);
      return bookTickers();
    };
    Object.assign(marketData, { bookTickers: slowly });
    const round = track();
    for (let waited = 0; waited < 1_000; waited += 100) await clock.advance(100);
    await round;
    expect(store.positions.get('p1')?.state).toBe(state);
    expect(store.positions.get('p2')?.state).toBe('open');
  });

  it('keeps guarding positions of one mode when the other has no account', async () => {
    store.positions.save(anOpenPosition({ id: 'p9', mode: 'live' }));
    store.positions.save(anOpenPosition());
    const { market, track } = aTracker();
    market.bids.set('PEPEUSDT', 0.9);
    await expect(track()).rejects.toThrow(/exit.* failed/);
    expect(store.positions.get('p1')?.state).toBe('closed');
    expect(store.positions.get('p9')?.state).toBe('open');
  });

  it('tightens the stop in a calm market at a closed candle, and never loosens it', async () => {
    store.positions.save(anOpenPosition());
    const { at, market, clock } = aTracker();
    market.candles.set('PEPEUSDT', candlesFrom(Array.from({ length: 80 }, (_, i) => 1 + (i % 2) * 0.001)));
    const calm = await at(1);
    expect(calm.hardStop.toString()).toBe('0.98'); // 2.5 % × 0.8
    market.candles.set('PEPEUSDT', candlesFrom(Array.from({ length: 80 }, (_, i) => 1 + (i % 2) * 0.2)));
    await clock.advance(300_000);
    expect((await at(1)).hardStop.toString()).toBe('0.98');
  });

  it('sells although candles cannot be read', async () => {
    store.positions.save(anOpenPosition());
    const { at, market } = aTracker();
    market.failing.add('closedCandles');
    await at(1);
    expect((await at(0.9)).state).toBe('closed');
  });

  it('waits with what is worth less than the exchange sells, and sells it when the price allows', async () => {
    store.markets.sync([aMarket({ rules: someRules({ minNotional: new Decimal(5) }) })], 0);
    store.positions.save(anOpenPosition());
    const { at } = aTracker();
    expect((await at(0.4)).pendingExit?.reason).toBe('stop_loss');
    expect(sales()).toEqual([]);
    expect((await at(0.55)).state).toBe('closed');
  });

  it('books less than a step as dust and closes', async () => {
    store.positions.save(anOpenPosition({ quantity: new Decimal('10.004'), bought: new Decimal('10.004') }));
    const { at } = aTracker();
    const closed = await at(0.9);
    expect(closed).toMatchObject({ state: 'closed' });
    expect('dust' in closed && String(closed.dust)).toBe('0.004');
  });

  it('goes down the exit ladder while the book does not give enough, each rung from the bid of its moment', async () => {
    store.positions.save(anOpenPosition());
    const { at, account } = aTracker();
    account.script.fillShare = 0;
    for (const bid of [0.97, 0.96, 0.95, 0.94]) await at(bid);
    expect(sales().map((order) => [order.type, order.price.toString(), order.step])).toEqual([
      ['ioc', '0.97', 0],
      ['ioc', '0.9504', 1],
      ['ioc', '0.931', 2],
      ['market', '0.893', 3],
    ]);
    expect(sales().every((order) => order.trigger?.price.eq('0.97'))).toBe(true);
  });

  it('sells the rest in other orders where it is more than a market order may be', async () => {
    store.positions.save(anOpenPosition());
    const { at, account } = aTracker();
    account.script.fillShare = 0;
    for (const bid of [0.97, 0.96, 0.95]) await at(bid);
    Object.assign(account.script, { answer: 'refused', refusal: 'above_maximum' });
    await at(0.94);
    Object.assign(account.script, { answer: 'accepted', fillShare: 1 });
    expect(await at(0.94)).toMatchObject({ state: 'closed' });
    expect(sales().map(({ type, step }) => [type, step])).toEqual([
      ['ioc', 0],
      ['ioc', 1],
      ['ioc', 2],
      ['market', 3],
      ['ioc', 3],
    ]);
  });

  it('asks an empty book again every second, however long nobody buys', async () => {
    store.positions.save(anOpenPosition());
    const { at, account, clock } = aTracker();
    account.script.fillShare = 0;
    for (let rung = 0; rung < 4; rung++) await at(0.9);
    for (let second = 1; second <= 6; second++) {
      await at(0.9);
      await clock.advance(1_000);
      await at(0.9);
      expect(sales()).toHaveLength(4 + second);
    }
    account.script.fillShare = 1;
    await clock.advance(1_000);
    expect((await at(0.9)).state).toBe('closed');
  });

  it('goes on with a decided exit of real money at the last known bid while no price can be read', async () => {
    store.orders.intend(anOrder({ clientOrderId: 'mb_live', mode: 'live', positionId: 'p7' }));
    store.orders.advance('mb_live', 'filled', { at: 0 });
    store.positions.save(anOpenPosition({ id: 'p7', mode: 'live' }));
    const { track, account, market } = aTracker('live');
    market.bids.set('PEPEUSDT', 0.97);
    account.script.fillShare = 0;
    await track();
    market.failing.add('bookTickers');
    account.script.fillShare = 1;
    await expect(track()).rejects.toThrow('bookTickers');
    const last = store.orders.ofMode('live').at(-1);
    expect([last?.price.toString(), last?.step, store.positions.get('p7')?.state]).toEqual(['0.9603', 1, 'closed']);
  });

  it('sells on a fall that only the book can confirm as soon as the book can be read, though no price can', async () => {
    store.positions.save(anOpenPosition());
    const { at, track, market } = aTracker();
    market.bids.set('PEPEUSDT', 0.4);
    market.failing.add('depth');
    await expect(track()).rejects.toThrow('depth');
    market.failing.add('bookTickers');
    await expect(track()).rejects.toThrow('bookTickers');
    expect(store.positions.get('p1')?.state).toBe('open');
    market.failing.delete('depth');
    await expect(track()).rejects.toThrow('bookTickers');
    expect(store.positions.get('p1')?.state).toBe('closed');
    market.failing.delete('bookTickers');
    expect((await at(0.4)).lastExitReason).toBe('stop_loss');
  });

  it('does not sell on an absurd price that no other follows, when the book denies it', async () => {
    store.positions.save(anOpenPosition());
    const { track, market, reads } = aTracker();
    market.bids.set('PEPEUSDT', 0.4);
    market.depthBids.set('PEPEUSDT', 1);
    market.failing.add('depth');
    await expect(track()).rejects.toThrow('depth');
    market.failing.add('bookTickers');
    market.failing.delete('depth');
    for (let look = 0; look < 3; look++) await expect(track()).rejects.toThrow('bookTickers');
    expect(store.positions.get('p1')?.state).toBe('open');
    expect(reads.filter((what) => what === 'depth')).toHaveLength(2);
  });

  it('tries a market that refuses orders again later and later, tells the owner once, and sells when it opens', async () => {
    store.positions.save(anOpenPosition());
    const { at, account, clock } = aTracker();
    account.script.answer = 'refused';
    account.script.refusal = 'market_not_tradable';
    await at(0.97);
    await at(0.97);
    expect(account.sent()).toBe(1);
    expect(store.quarantine.get('test', 'PEPEUSDT')).toMatchObject({ failures: 1 });
    await clock.advance(1_001);
    await at(0.97);
    await clock.advance(1_001);
    await at(0.97);
    expect(account.sent()).toBe(2);
    expect(store.alerts.recent(9).map((alert) => alert.kind)).toEqual(['market_refuses_orders']);

    Object.assign(account.script, { answer: 'accepted', fillShare: 0.4 });
    await clock.advance(2_000);
    expect((await at(0.97)).quantity.toString()).toBe('6');
    expect(store.quarantine.get('test', 'PEPEUSDT')).toBeUndefined();

    // and tells it anew when the market refuses again, months later perhaps
    account.script.answer = 'refused';
    await at(0.97);
    expect(
      store.alerts
        .recent(9)
        .filter(({ kind }) => kind === 'market_refuses_orders')
        .map(({ rank, detail }) => [rank, detail.state ?? detail.reason]),
    ).toEqual([
      ['alarm', 'market_not_tradable: scripted'],
      ['notice', 'over'],
      ['alarm', 'market_not_tradable: scripted'],
    ]);
    Object.assign(account.script, { answer: 'accepted', fillShare: 1 });
    await clock.advance(2_000);
    expect((await at(0.97)).state).toBe('closed');
  });

  it('keeps of the refusals of a market that stays shut the first and the newest', async () => {
    store.positions.save(anOpenPosition());
    const { at, account, clock } = aTracker();
    account.script.answer = 'refused';
    account.script.refusal = 'market_not_tradable';
    const opened = clock.now();
    for (let minute = 0; minute < 60; minute++) {
      await at(0.97);
      await clock.advance(60_000);
    }
    expect(account.sent()).toBe(60);
    const sales = store.orders.ofPosition('p1').filter(({ side }) => side === 'sell');
    expect(sales.map(({ state, createdAt }) => [state, createdAt - opened])).toEqual([
      ['rejected', 0],
      ['rejected', 59 * 60_000],
    ]);
    account.script.answer = 'accepted';
    expect((await at(0.97)).state).toBe('closed');
  });

  it('judges a pushed price at once, one order at a time for a position', async () => {
    store.positions.save(anOpenPosition());
    const { guard, account } = aTracker();
    guard.refresh();
    await Promise.all([0.97, 0.96, 0.95].map((bid) => guard.onBid('PEPEUSDT', new Decimal(bid))));
    expect(account.sent()).toBe(1);
    expect(store.positions.get('p1')?.state).toBe('closed');
  });
});
