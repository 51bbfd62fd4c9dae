import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock, loadSettings } from '@mexc-bot/runtime';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aMarket, anOpenPosition, candlesFrom } from '../../../test/support/builders.ts';
import { createFakeMarketData } from '../../../test/support/fake-market-data.ts';
import { silentLog } from '../../../test/support/silent-log.ts';
import { createListNews } from './list-news.ts';
import { createMood } from './mood.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'list-news-'));
  store = openStore(join(folder, 'bot.db'));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});
const told = () =>
  store.alerts
    .recent(20)
    .map(({ rank, kind, detail }) => `${rank} ${kind} ${detail.state ?? detail.regime}`)
    .reverse();

it('a list that is not believed is told once, and when it is believed again', () => {
  const news = createListNews({ store, clock: createManualClock(0) });
  news.look({ before: 1_900, now: 3, collapsed: true });
  news.look({ before: 1_900, now: 4, collapsed: true });
  news.look({ before: 1_900, now: 1_890, collapsed: false });
  news.look({ before: 1_900, now: 3, collapsed: true });
  expect(told()).toEqual(['alarm universe collapsed', 'notice universe believed', 'alarm universe collapsed']);
});

it('a held market that is halted is told once, and when it is online again; a list that is not believed says nothing', () => {
  const news = createListNews({ store, clock: createManualClock(0) });
  const look = (status: 'online' | 'paused', collapsed = false) => {
    store.markets.sync([aMarket({ status })], 0);
    news.look({ before: 10, now: 10, collapsed });
  };
  store.markets.sync([aMarket()], 0);
  store.positions.save(anOpenPosition());
  look('paused', true);
  expect(told()).toEqual(['alarm universe collapsed']);
  look('online');
  look('paused');
  look('paused');
  look('online');
  expect(told().slice(2)).toEqual(['alarm held_market_halted halted', 'notice held_market_halted online']);
});

it('a crash of the market is an alarm, its end a notice', async () => {
  const { marketData, market } = createFakeMarketData();
  store.markets.sync([aMarket({ id: 'BTCUSDT' })], 0);
  const flat = Array.from({ length: 290 }, () => 100);
  const clock = createManualClock(302 * 300_000);
  const mood = createMood({
    marketData,
    store,
    clock,
    log: silentLog,
    settings: loadSettings({}, { root: folder }).regime,
  });
  const after = async (last: number) => {
    market.candles.set('BTCUSDT', candlesFrom([...flat, ...Array.from({ length: 12 }, () => last)]));
    return (await mood([])).regime;
  };
  expect(await after(80)).toBe('crash');
  await mood([]);
  expect(told()).toEqual(['alarm regime crash']);
  await clock.advance(7 * 24 * 3_600_000);
  expect(await after(100)).not.toBe('crash');
  expect(told()).toEqual(['alarm regime crash', expect.stringContaining('notice regime')]);
});
