import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decimal } from '@mexc-bot/core';
import { QueryFailed } from '@mexc-bot/exchange';
import { whyOf } from '@mexc-bot/execution';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aMarket, anOpenPosition, anOrder } from '../../../test/support/builders.ts';
import { aScannerOf } from '../../../test/support/scan-rig.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scan-'));
  store = openStore(join(folder, 'bot.db'));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const aScanner = (options: Parameters<typeof aScannerOf>[2] = {}) => aScannerOf(store, folder, options);

it('buys what passes every stage, and says why it did not buy the rest', async () => {
  const { scan, list, market } = aScanner();
  list('SIMPLEUSDT', 0.03);
  list('FLATUSDT', 0);
  list('QUIETUSDT', 0.03, 0.001);
  market.markets.push(aMarket({ id: 'RISKYUSDT', riskFlagged: true }));
  market.tickers.push({ market: 'RISKYUSDT', last: 1, bid: 1, ask: 1, quoteVolume: 1e6, change: 0.2 });

  const { scan: row, decisions } = await scan();
  expect(row).toMatchObject({ seen: 4, hype: 2, classified: 1, bought: 1 });
  expect(row.funnel).toEqual({ bought: 1, no_pattern: 1, change_below_floor: 1, risk_flagged: 1 });
  expect(decisions.map(({ market: id, strategy, decision, reason }) => [id, strategy, decision, reason])).toEqual([
    ['FLATUSDT', null, 'rejected', 'no_pattern'],
    ['SIMPLEUSDT', 'simple', 'bought', 'bought'],
  ]);
  expect(store.positions.open('test').map((position) => [position.market, position.strategy])).toEqual([
    ['SIMPLEUSDT', 'simple'],
  ]);
  expect(store.scans.last()).toMatchObject({ seen: 4, bought: 1 });
});

it('counts every ticker exactly once in the funnel', async () => {
  const { scan, list } = aScanner();
  for (let i = 0; i < 40; i++) list(`T${i}USDT`, i % 3 === 0 ? 0.06 : 0, 0.01 * i);
  const { scan: row } = await scan();
  expect(Object.values(row.funnel).reduce((sum, count) => sum + count, 0)).toBe(40);
});

it('takes no more positions than allowed, also within one scan', async () => {
  const { scan, list } = aScanner();
  for (let i = 0; i < 15; i++) list(`T${i}USDT`, 0.06);
  const { scan: row } = await scan();
  expect(row.funnel).toEqual({ bought: 10, max_open_positions: 5 });
});

it('buys nothing while paused, on a dry run, or on a list that collapsed', async () => {
  store.state.setPaused(true, 0);
  const paused = aScanner();
  paused.list('PEPEUSDT', 0.06);
  expect((await paused.scan()).scan.funnel).toEqual({ paused: 1 });
  store.state.setPaused(false, 0);

  const dry = aScanner({ dry: true });
  dry.list('PEPEUSDT', 0.06);
  expect((await dry.scan()).scan.funnel).toEqual({ dry_run: 1 });
  expect(store.scans.count()).toBe(1);

  store.state.setTradableMarkets(100, 0);
  const collapsed = aScanner();
  collapsed.list('PEPEUSDT', 0.06);
  expect((await collapsed.scan()).scan.funnel).toEqual({ universe_collapsed: 1 });
  expect(store.state.tradableMarkets()).toBe(100);
  expect(store.orders.ofMode('test')).toEqual([]);
});

it('asks for a model before simple and revival in live mode, and says when no account trades in it', async () => {
  store.state.setMode('live', 0);
  const { scan, list } = aScanner();
  list('SIMPLEUSDT', 0.03);
  list('FASTUSDT', 0.06);
  const { scan: row } = await scan();
  expect(row.mode).toBe('live');
  expect(row.funnel).toEqual({ model_missing: 1, no_account: 1 });
});

it('buys nothing before the books were compared with the account, nor while something stops all buys', async () => {
  const { scan, list } = aScanner({ reconciled: false });
  list('PEPEUSDT', 0.06);
  expect((await scan()).scan.funnel).toEqual({ not_reconciled: 1 });
  store.state.stopEntries('test', 'key_expired', 0);
  expect((await scan()).scan.funnel).toEqual({ key_expired: 1 });
});

it.each(['test', 'live'] as const)('buys nothing in %s mode that no tracker would guard, and says so', async (mode) => {
  store.state.setMode(mode, 0);
  const { scan, list, account } = aScanner({ guarded: false, mode });
  list('PEPEUSDT', 0.06);
  expect((await scan()).scan.funnel).toEqual({ tracker_silent: 1 });
  expect(account.sent()).toBe(0);
  const why = whyOf(store, 'PEPE', 'USDT', () => null);
  expect([why.reason, why.stages.at(-1)]).toMatchObject(['tracker_silent', { stage: 'protections' }]);
});

it('counts the age of the ask from when it was asked for, however long the account takes to answer', async () => {
  const { scan, list, account, clock } = aScanner();
  list('PEPEUSDT', 0.06);
  const { balances } = account.trading;
  account.trading.balances = async () => {
    await clock.advance(60_000);
    return balances();
  };
  expect((await scan()).scan.funnel).toEqual({ price_stale: 1 });
});

it('knows an old ask though the machine’s clock was set back meanwhile', async () => {
  const { scan, list, account, clock } = aScanner();
  list('PEPEUSDT', 0.06);
  const { balances } = account.trading;
  account.trading.balances = async () => {
    await clock.advance(60_000);
    clock.jump(-60_000);
    return balances();
  };
  expect((await scan()).scan.funnel).toEqual({ price_stale: 1 });
});

it('sees the highest equity in scans that have nothing to buy too', async () => {
  const { scan, list, market, clock, account } = aScanner();
  list('FLATUSDT', 0);
  store.positions.save(anOpenPosition({ id: 'held', market: 'FLATUSDT', base: 'FLAT', quantity: new Decimal(100) }));
  const holds = (usdt: number, flat: number) => {
    const rows = [['USDT', usdt] as const, ['FLAT', flat] as const];
    account.trading.balances = async () =>
      new Map(rows.map(([asset, free]) => [asset, { asset, free: new Decimal(free), locked: new Decimal(0) }]));
  };
  holds(1_000, 100);
  const peak = () => store.state.highWaterMark('test')?.equity.toNumber();
  const atPrice = async (last: number) => {
    market.tickers[0] = { ...market.tickers[0]!, last };
    await clock.advance(60_000);
    await scan();
  };
  await atPrice(1);
  expect(peak()).toBe(1_100);
  for (const price of [3, 3, 1]) await atPrice(price);
  expect(peak()).toBe(1_300);
  // sold, by an order without an answer or by hand: the books do not know it yet, and it counts once
  store.orders.intend(anOrder({ side: 'sell', market: 'FLATUSDT', positionId: 'held' }));
  account.trading.findOrder = () => Promise.reject(new QueryFailed('network', 'no answer'));
  holds(1_300, 0);
  for (const price of [3, 3]) await atPrice(price);
  expect(peak()).toBe(1_300);
  // an order may stay without an answer for ever: the others' peaks count on
  holds(1_000, 100);
  for (const price of [5, 5]) await atPrice(price);
  expect(peak()).toBe(1_500);
});

it('buys nothing more, even in the scan that is under way, once something stops all buys', async () => {
  const { scan, list, account } = aScanner();
  list('FIRSTUSDT', 0.06);
  list('SECONDUSDT', 0.06);
  const { placeOrder } = account.trading;
  account.trading.placeOrder = (...order) => {
    store.state.stopEntries('test', 'key_orders_refused', 0);
    return placeOrder(...order);
  };
  Object.assign(account.script, { answer: 'refused', refusal: 'key' });
  expect((await scan()).scan.funnel).toEqual({ order_rejected: 1, key_orders_refused: 1 });
  expect(account.sent()).toBe(1);
});

it('leaves a market alone for a while that refused an order although it is listed as tradable', async () => {
  const { scan, list, account, clock } = aScanner();
  list('PEPEUSDT', 0.06);
  Object.assign(account.script, { answer: 'refused', refusal: 'market_not_tradable' });
  expect((await scan()).scan.funnel).toEqual({ order_rejected: 1 });
  account.script.answer = 'accepted';
  expect((await scan()).scan.funnel).toEqual({ quarantined: 1 });
  await clock.advance(10 * 60_000);
  expect((await scan()).scan.funnel).toEqual({ bought: 1 });
});

it.each([
  ['market_not_tradable', []],
  ['order_type_not_allowed', []],
  ['unexpected', ['order_unexpected']],
] as const)(
  'an order refused as %s is not sent again for a while; the list of markets is read anew',
  async (refusal, told) => {
    const { scan, list, account, clock, reads } = aScanner();
    list('PEPEUSDT', 0.06);
    Object.assign(account.script, { answer: 'refused', refusal });
    await clock.advance(1);
    await scan();
    await clock.advance(1);
    for (let look = 0; look < 3; look++) {
      await clock.advance(60_000);
      await scan();
    }
    expect(account.sent()).toBe(1);
    expect(reads.filter((what) => what === 'markets')).toHaveLength(2);
    expect(store.alerts.recent(9).map(({ kind }) => kind)).toEqual(told);

    account.script.answer = 'accepted';
    await clock.advance(10 * 60_000);
    await scan();
    expect(store.quarantine.all('test')).toEqual([]);
  },
);

it('an account that cannot be read after a buy ends the buys of the scan, not its record', async () => {
  const { scan, list, account } = aScanner();
  for (const id of ['AUSDT', 'BUSDT', 'CUSDT']) list(id, 0.06);
  const { balances } = account.trading;
  let reads = 0;
  account.trading.balances = () => {
    reads += 1;
    return reads > 1 ? Promise.reject(new QueryFailed('network', 'scripted')) : balances();
  };
  const { scan: row, decisions } = await scan();
  expect(row.funnel).toEqual({ bought: 1, account_unread: 2 });
  expect(decisions).toHaveLength(3);
  expect(store.scans.last()).toMatchObject({ bought: 1 });
});

it('buys nothing where nobody sells', async () => {
  const { scan, list, marketData } = aScanner();
  list('PEPEUSDT', 0.06);
  const { bookTickers } = marketData;
  Object.assign(marketData, {
    bookTickers: async () =>
      new Map([...(await bookTickers())].map(([id, quote]) => [id, { ...quote, ask: null, askQuantity: null }])),
  });
  expect((await scan()).scan.funnel).toEqual({ no_order_book: 1 });
});

it('leaves a market alone that is held', async () => {
  store.positions.save(anOpenPosition({ market: 'PEPEUSDT' }));
  const { scan, list } = aScanner();
  list('PEPEUSDT', 0.06);
  expect((await scan()).scan.funnel).toEqual({ market_occupied: 1 });
});

it('reads the candles once until the next one closes, and the market list only when it is due', async () => {
  const { scan, list, reads, clock } = aScanner();
  list('FLATUSDT', 0);
  await scan();
  await scan();
  expect(reads.filter((what) => what === 'markets')).toHaveLength(1);
  expect(reads.filter((what) => what === 'candles')).toHaveLength(1);
  await clock.advance(300_000);
  await scan();
  expect(reads.filter((what) => what === 'candles')).toHaveLength(2);
});

it('fails as a whole when the market cannot be read, and records nothing', async () => {
  const { scan, list, market } = aScanner();
  list('PEPEUSDT', 0.06);
  market.failing.add('tickers');
  await expect(scan()).rejects.toThrow('scripted to fail');
  expect(store.scans.count()).toBe(0);
});

it('spends no more than the stake of the mode', async () => {
  const { scan, list } = aScanner();
  list('PEPEUSDT', 0.06);
  await scan();
  const [position] = store.positions.open('test');
  expect(position?.cost.lte(15)).toBe(true);
  expect(position?.cost.gt(new Decimal(14))).toBe(true);
});
