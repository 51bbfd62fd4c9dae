import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decimal } from '@mexc-bot/core';
import { createManualClock } from '@mexc-bot/runtime';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { anOpenPosition } from '../../../test/support/builders.ts';
import { createPriceNews } from './price-news.ts';
import { createStopNews } from './stop-news.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'news-'));
  store = openStore(join(folder, 'bot.db'));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});
const told = () =>
  store.alerts
    .recent(20)
    .map(({ kind, detail }) => `${kind} ${detail.state ?? detail.stop}`)
    .reverse();

it('a raised stop is told from one percent on, and every five minutes at most', async () => {
  const clock = createManualClock(0);
  const news = createStopNews({ store, clock });
  let position = anOpenPosition();
  const raise = (stop: string) => {
    const after = { ...position, trailingStop: new Decimal(stop) };
    news.look(position, after);
    position = after;
  };
  raise('0.98');
  expect(told()).toEqual([]);
  raise('0.99');
  raise('1.02');
  expect(told()).toEqual(['stop_raised 0.99']);
  await clock.advance(300_000);
  raise('1.03');
  raise('1.05');
  expect(told()).toEqual(['stop_raised 0.99', 'stop_raised 1.03']);
  expect(store.activity.recent(5)).toHaveLength(2);
});

it('a held market without a price is told after half a minute, and once more when it is back', async () => {
  const clock = createManualClock(0);
  const news = createPriceNews({ store, clock });
  const position = anOpenPosition();
  news.look([position], [position]);
  await clock.advance(29_000);
  news.look([position], [position]);
  news.look([position], []);
  expect(told()).toEqual([]);
  for (let second = 0; second < 40; second++) {
    news.look([position], [position]);
    await clock.advance(1_000);
  }
  expect(told()).toEqual(['no_price missing']);
  news.look([position], []);
  news.look([position], []);
  expect(told()).toEqual(['no_price missing', 'no_price back']);
});

it('a price that is back after a restart is told, and so is the next time it is missing; each position by itself', async () => {
  const clock = createManualClock(0);
  const position = anOpenPosition();
  const missing = async (news: ReturnType<typeof createPriceNews>, held = position) => {
    news.look([held], [held]);
    await clock.advance(31_000);
    news.look([held], [held]);
  };
  await missing(createPriceNews({ store, clock }));
  const restarted = createPriceNews({ store, clock });
  restarted.look([position], [position]);
  restarted.look([position], []);
  expect(told()).toEqual(['no_price missing', 'no_price back']);
  await missing(restarted);
  expect(told()).toEqual(['no_price missing', 'no_price back', 'no_price missing']);
  // it closed meanwhile, and its market is held again
  await missing(restarted, anOpenPosition({ id: 'p2' }));
  expect(told()).toHaveLength(4);
  await missing(createPriceNews({ store, clock }), anOpenPosition({ id: 'p2' }));
  expect(told()).toHaveLength(4);
});
