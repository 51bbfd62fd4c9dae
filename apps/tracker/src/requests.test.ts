import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decimal } from '@mexc-bot/core';
import { createManualClock } from '@mexc-bot/runtime';
import { openStore, type Store, type TradeRequest } from '@mexc-bot/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aMarket, anOpenPosition } from '../../../test/support/builders.ts';
import { createFakeMarketData } from '../../../test/support/fake-market-data.ts';
import { silentLog } from '../../../test/support/silent-log.ts';
import { createKnownBids } from './bids.ts';
import { createRequests } from './requests.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'requests-'));
  store = openStore(join(folder, 'bot.db'));
  store.markets.sync([aMarket(), aMarket({ id: 'DOGEUSDT' })], 0);
  store.positions.save(anOpenPosition());
  store.positions.save(anOpenPosition({ id: 'p2', market: 'DOGEUSDT', base: 'DOGE' }));
  store.positions.save(anOpenPosition({ id: 'p3', mode: 'live' }));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function aTaker() {
  const { marketData, market } = createFakeMarketData();
  market.bids.set('PEPEUSDT', 1.2);
  const clock = createManualClock(1_000_000);
  const take = createRequests({ store, clock, log: silentLog, bids: createKnownBids(null, marketData, clock, 5_000) });
  const ask = (over: Partial<TradeRequest> = {}) =>
    store.requests.add({
      kind: 'sell',
      market: 'PEPEUSDT',
      mode: 'test',
      by: 'telegram 1',
      wallAt: 1_000_000,
      ...over,
    });
  return { take, ask, clock, market, marketData };
}
const selling = () =>
  ['p1', 'p2', 'p3'].filter((id) => {
    const position = store.positions.get(id);
    return position?.state === 'open' && position.pendingExit?.reason === 'forced';
  });

describe('a request to sell', () => {
  it('decides the sale of that market in that mode, at the bid, and answers', async () => {
    const { take, ask } = aTaker();
    const id = ask();
    await take();
    expect(selling()).toEqual(['p1']);
    expect(store.positions.open('test')[0]?.pendingExit).toMatchObject({
      quantity: new Decimal(10),
      triggerPrice: new Decimal('1.2'),
    });
    expect(store.requests.get(id)?.result).toEqual({ code: 'selling', markets: ['PEPEUSDT'] });
  });

  it('is carried out once: what was sold since is not sold again', async () => {
    const { take, ask } = aTaker();
    ask();
    await take();
    store.positions.save(anOpenPosition());
    await take();
    expect(selling()).toEqual([]);
  });

  it('waits for no price', async () => {
    const { take, ask, market } = aTaker();
    market.failing.add('bookTickers');
    ask();
    await take();
    expect(selling()).toEqual(['p1']);
  });

  it('says so when nothing is held, and when it came too late', async () => {
    const { take, ask, clock } = aTaker();
    const none = ask({ market: 'XUSDT' });
    await take();
    expect(store.requests.get(none)?.result?.code).toBe('nothing_to_sell');
    const late = ask();
    await clock.advance(601_000);
    await take();
    expect(store.requests.get(late)?.result?.code).toBe('expired');
    expect(selling()).toEqual([]);
  });
});

describe('a request that nobody took for ten minutes', () => {
  it.each([
    { kind: 'sell', market: 'PEPEUSDT', mode: 'test' },
    { kind: 'panic', market: null, mode: null },
  ] as const)('is an alarm: $kind', async (what) => {
    const { take, ask, clock } = aTaker();
    ask(what);
    await clock.advance(600_001);
    await take();
    const [alert, ...more] = store.alerts.recent(9);
    expect(alert).toMatchObject({ rank: 'alarm', kind: 'request_expired', mode: what.mode });
    expect(alert?.detail).toEqual({ state: what.kind, by: 'telegram 1' });
    expect(alert?.market).toBe(what.market ?? undefined);
    expect(more).toEqual([]);
  });

  it('is carried out when it was given again since', async () => {
    const { take, ask, clock } = aTaker();
    const id = ask({ kind: 'panic', market: null, mode: null });
    await clock.advance(660_000);
    ask({ kind: 'panic', market: null, mode: null, wallAt: clock.wallNow() - 5_000 });
    await take();
    expect(store.requests.get(id)?.result?.code).toBe('selling');
    expect([store.state.paused(), selling()]).toEqual([true, ['p1', 'p2', 'p3']]);
    expect(store.alerts.recent(9)).toEqual([]);
  });

  it('and is given again while quotes are read, stops buys as well', async () => {
    const { take, ask, clock, marketData } = aTaker();
    Object.assign(marketData, { bookTickers: () => new Promise(() => undefined) });
    ask({ kind: 'panic', market: null, mode: null });
    await clock.advance(600_001);
    const taken = take();
    ask({ kind: 'panic', market: null, mode: null, wallAt: clock.wallNow() });
    await clock.advance(1_000);
    await taken;
    expect([store.state.paused(), selling()]).toEqual([true, ['p1', 'p2', 'p3']]);
  });
});

describe('panic', () => {
  it('sells everything and stops buys; of one mode where it names one', async () => {
    const { take, ask } = aTaker();
    ask({ kind: 'panic', market: null, mode: 'live' });
    await take();
    expect(selling()).toEqual(['p3']);
    expect(store.state.paused()).toBe(true);
    ask({ kind: 'panic', market: null, mode: null });
    await take();
    expect(selling()).toEqual(['p1', 'p2', 'p3']);
  });

  it('stops buys at once and sells half a second later, however long quotes take', async () => {
    const { take, ask, clock, marketData } = aTaker();
    Object.assign(marketData, { bookTickers: () => new Promise(() => undefined) });
    ask({ kind: 'panic', market: null, mode: null });
    const taken = take();
    expect(store.state.paused()).toBe(true);
    await clock.advance(500);
    await taken;
    expect(selling()).toEqual(['p1', 'p2', 'p3']);
  });

  it('that came too late stops nothing', async () => {
    const { take, ask, clock } = aTaker();
    ask({ kind: 'panic', market: null, mode: null });
    await clock.advance(601_000);
    await take();
    expect([store.state.paused(), selling()]).toEqual([false, []]);
  });

  it('leaves a sale of everything that is under way as it is', async () => {
    const { take, ask } = aTaker();
    const pendingExit = {
      reason: 'stop_loss',
      quantity: new Decimal(10),
      decidedAt: 5,
      triggerPrice: new Decimal('0.9'),
    } as const;
    store.positions.save(anOpenPosition({ pendingExit }));
    ask({ kind: 'panic', market: null });
    await take();
    expect(store.positions.open('test')[0]?.pendingExit?.reason).toBe('stop_loss');
  });
});
