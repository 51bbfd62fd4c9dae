import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY_MS, HOUR_MS } from '@mexc-bot/core';
import { createManualClock } from '@mexc-bot/runtime';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aCandidate, aScanRow } from '../../../test/support/builders.ts';
import { createHousekeeping } from './housekeeping.ts';

let folder: string;
let store: Store;
const settings = { keepInputsDays: 1, keepInputsMb: 100, keepReasonsDays: 2, keepCandidatesDays: 30, keepNewsDays: 7 };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'housekeeping-'));
  store = openStore(join(folder, 'bot.db'));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

it('forgets inputs hourly and reasons daily, each when it is old; candidates stay', async () => {
  const clock = createManualClock(100 * DAY_MS);
  const tidy = createHousekeeping({ store, clock, settings });
  const inputs = { rules: '{}', universe: '{}', body: '{}' };
  store.scans.record(aScanRow({ at: clock.now() }), [aCandidate()], inputs);
  const volatility = { atrFraction: 0.01, bollingerWidth: 0.02, realisedVolatility: 0.01 };
  store.volatility.put([{ market: 'PEPEUSDT', at: clock.now(), ...volatility }]);
  const kept = () => [
    store.scans.withInputs(clock.now()) !== undefined,
    store.candidates.latest('PEPEUSDT')?.stages !== null,
    store.volatility.recent('PEPEUSDT', 1).length === 1,
  ];
  tidy();
  await clock.advance(DAY_MS - 1);
  tidy();
  expect(kept()).toEqual([true, true, true]);
  await clock.advance(HOUR_MS);
  tidy();
  expect(kept()).toEqual([false, true, true]);
  await clock.advance(DAY_MS);
  tidy();
  expect(kept()).toEqual([false, false, false]);
  expect(store.candidates.latest('PEPEUSDT')?.reason).toBe('no_pattern');
});

it('deletes candidates that are long past and their scans, but none that waits for its label', async () => {
  const clock = createManualClock(100 * DAY_MS);
  store.scans.record(aScanRow({ at: clock.now() }), [aCandidate({ market: 'AUSDT' }), aCandidate({ market: 'BUSDT' })]);
  store.scans.record(aScanRow({ at: clock.now() }), []);
  store.candidates.label(store.candidates.latest('AUSDT')!.id, { state: 'vanished', at: clock.now() });
  const tidy = createHousekeeping({ store, clock, settings });
  await clock.advance(30 * DAY_MS);
  tidy();
  expect([store.scans.count(), store.candidates.latest('AUSDT')]).toEqual([2, expect.anything()]);
  await clock.advance(DAY_MS);
  tidy();
  expect(store.candidates.latest('AUSDT')).toBeUndefined();
  expect(store.candidates.latest('BUSDT')).toBeDefined();
  expect(store.scans.count()).toBe(1);
});

it('deletes old news, but what was told last, and training that is over', async () => {
  const clock = createManualClock(100 * DAY_MS);
  const tidy = createHousekeeping({ store, clock, settings });
  const happen = (state: string, market: string): void => {
    const row = {
      mode: 'live',
      at: clock.now(),
      wallAt: clock.wallNow(),
      source: 'tracker',
      kind: 'no_price',
    } as const;
    store.activity.add({ ...row, detail: { state } });
    store.alerts.add({ ...row, rank: 'alarm', market, detail: { state } });
  };
  happen('missing', 'AUSDT');
  happen('back', 'AUSDT');
  happen('missing', 'BUSDT');
  for (const market of ['AUSDT', 'BUSDT']) store.trainingRequests.add(market, 'asked', clock.now());
  store.trainingRequests.finish(store.trainingRequests.next(clock.now())!.id, 'done', clock.now());
  const kept = () => [
    store.activity.recent(9).length,
    store.alerts.recent(9).map(({ market, detail }) => `${market} ${detail.state}`),
    store.trainingRequests.list().map(({ market }) => market),
  ];
  await clock.advance(7 * DAY_MS);
  tidy();
  expect(kept()).toEqual([3, ['BUSDT missing', 'AUSDT back', 'AUSDT missing'], ['AUSDT', 'BUSDT']]);
  await clock.advance(DAY_MS);
  happen('back', 'BUSDT');
  tidy();
  expect(kept()).toEqual([1, ['BUSDT back', 'AUSDT back'], ['BUSDT']]);
});
