import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_EXIT_TABLE, Decimal } from '@mexc-bot/core';
import { type PlaceOutcome, QueryFailed } from '@mexc-bot/exchange';
import { createManualClock } from '@mexc-bot/runtime';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aMarket, anOpenPosition } from '../../../test/support/builders.ts';
import { createFakeTrading } from '../../../test/support/fake-trading.ts';
import { POSITION_RULES, STOP_CONFIG } from '../../../test/support/position-rig.ts';
import { silentLog } from '../../../test/support/silent-log.ts';
import { createExecutor } from './executor.ts';
import { createSeller } from './seller.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'retry-after-'));
  store = openStore(join(folder, 'bot.db'));
  store.markets.sync([aMarket()], 0);
  const pendingExit = {
    reason: 'stop_loss',
    quantity: new Decimal(10),
    decidedAt: 1,
    triggerPrice: new Decimal('0.97'),
  } as const;
  store.positions.save(anOpenPosition({ pendingExit }));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A tracker that has a sale to send, and an exchange that takes it but for what a test changes. */
function rig() {
  const fake = createFakeTrading();
  const clock = createManualClock(1_000_000);
  const slept: number[] = [];
  const prices: string[] = [];
  let ids = 0;
  const sleepWall = (ms: number) => {
    slept.push(ms);
    return clock.advance(ms);
  };
  const executor = createExecutor({
    store,
    tradingOf: () => fake.trading,
    clock: { ...clock, sleepWall },
    log: silentLog,
    entryRules: { table: DEFAULT_EXIT_TABLE, stop: STOP_CONFIG },
    source: 'test',
    newClientOrderId: () => `mb_${ids++}`,
    settleAfterMs: 2_000,
    absentAfterMs: 30_000,
  });
  const seller = createSeller({
    store,
    executor,
    tradingOf: () => null,
    clock,
    log: silentLog,
    rules: POSITION_RULES,
    source: 'test',
  });
  /** @returns the seconds at which an order was sent, when a price comes every second */
  const sellFor = async (seconds: number, outcome: PlaceOutcome): Promise<number[]> => {
    const sentAt: number[] = [];
    const started = clock.now();
    fake.trading.placeOrder = ({ price }) => {
      prices.push(price.toString());
      sentAt.push((clock.now() - started) / 1_000);
      return Promise.resolve(outcome);
    };
    for (let second = 0; second <= seconds; second++) {
      await seller.sell('p1', new Decimal('0.97'));
      await clock.advance(1_000);
    }
    return sentAt;
  };
  return { ...fake, executor, seller, clock, slept, prices, sellFor };
}

const limited = (retryAfterMs?: number): PlaceOutcome => ({
  outcome: 'rejected',
  code: 'rate_limited',
  detail: 'HTTP 429',
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});

describe('a sale the exchange has no time for', () => {
  it('is tried again when the exchange said, not before', async () => {
    expect(await rig().sellFor(15, limited(7_000))).toEqual([0, 7, 14]);
  });
  it('is tried again later and later where it said nothing', async () => {
    expect(await rig().sellFor(15, limited())).toEqual([0, 1, 3, 7, 15]);
  });
  it('is tried again at the same price: no book has said that it was too high', async () => {
    const { sellFor, prices } = rig();
    await sellFor(8, limited());
    expect(prices).toEqual(Array(4).fill('0.97'));
    // the first and the newest: what came between said the same
    expect(store.orders.ofMode('test').map(({ clientOrderId, step }) => [clientOrderId, step])).toEqual([
      ['mb_0', 0],
      ['mb_3', 0],
    ]);
  });
  it('goes down the ladder where a price was refused', async () => {
    const { sellFor } = rig();
    await sellFor(4, { outcome: 'rejected', code: 'price_out_of_range', detail: 'HTTP 400 code 30087' });
    expect(store.orders.ofMode('test').map(({ step }) => step)).toEqual([0, 1, 2]);
  });
  it('waits a minute at most: a stop is not left alone for an hour', async () => {
    expect(await rig().sellFor(61, limited(3_600_000))).toEqual([0, 60]);
  });
});

describe('an order whose read-back the exchange has no time for', () => {
  const tooSoon = (retryAfterMs: number) => new QueryFailed('rate_limited', 'HTTP 429', { retryAfterMs });

  it('is read back when the exchange said, where that is soon', async () => {
    const { trading, seller, slept } = rig();
    const { findOrder } = trading;
    let asked = 0;
    trading.findOrder = (...order) =>
      ++asked === 1 ? Promise.reject(tooSoon(700)) : findOrder.call(trading, ...order);
    await seller.sell('p1', new Decimal('0.97'));
    expect(slept).toEqual([700]);
    expect(store.positions.open()).toEqual([]);
  });

  it('is left to the next settling where it is not, and that asks nothing before', async () => {
    const { trading, seller, executor, clock, slept } = rig();
    const { findOrder } = trading;
    let asked = 0;
    trading.findOrder = () => {
      asked += 1;
      return Promise.reject(tooSoon(20_000));
    };
    await seller.sell('p1', new Decimal('0.97'));
    expect([asked, slept]).toEqual([1, []]);
    await clock.advance(3_000);
    await executor.settle();
    expect(asked).toBe(2);
    trading.findOrder = (...order) => {
      asked += 1;
      return findOrder.call(trading, ...order);
    };
    for (let second = 0; second < 19; second++) {
      await clock.advance(1_000);
      await executor.settle();
    }
    expect(asked).toBe(2);
    await clock.advance(1_000);
    await executor.settle();
    expect(store.positions.open()).toEqual([]);
  });
});
