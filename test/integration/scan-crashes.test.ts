import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FEATURE_SET } from '@mexc-bot/models';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLife } from '../faults/life.ts';
import { mortalStore } from '../faults/mortal-store.ts';
import { aScannerOf } from '../support/scan-rig.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashes-'));
  // what is committed outlives the process that ends; a file would show nothing else
  store = openStore(':memory:');
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

/** An order that never arrived is absent after three looks, so far apart and over so long. */
const [LOOKS, LOOK_MS] = [4, 12_000];
/** More places than a scan has. */
const MOST_PLACES = 200;

/** A scan that buys two tokens and turns one down; it ends at a place, counted from 1, unless it has fewer. */
async function scanThatEnds(at: number, answer: 'accepted' | 'lost' = 'accepted') {
  let endedAt: string | null = null;
  const life = createLife('scanner', 0, at, (where) => {
    endedAt = where;
  });
  const rig = aScannerOf(
    mortalStore(store, life, () => undefined),
    folder,
  );
  rig.account.script.answer = answer;
  rig.list('PEPEUSDT', 0.03, 0.3);
  rig.list('WIFUSDT', 0.06, 0.2);
  rig.list('FLATUSDT', 0);
  await rig.scan().catch((error: Error) => {
    if (error.name !== 'Crashed') throw error;
  });
  return { world: rig.world, endedAt };
}

const positions = () => store.positions.open('test');
/** Every market that the last scan saw is counted, finished or not. */
function expectWholeFunnel(place: string): void {
  const { funnel, seen } = store.scans.last()!;
  expect(
    Object.values(funnel).reduce((sum, count) => sum + count, 0),
    place,
  ).toBe(seen);
}

describe('a scanner that ends at any place of a scan that buys', () => {
  it.each(['accepted', 'lost'] as const)(
    'leaves no purchase without its candidate, the answers %s',
    async (answer) => {
      const places: string[] = [];
      let sentBefore = 0;
      for (let at = 1; at < MOST_PLACES; at++) {
        store.close();
        store = openStore(':memory:');
        const { world, endedAt } = await scanThatEnds(at, answer);
        if (endedAt === null) break;
        const place = `${at}: ${endedAt}`;
        places.push(place);
        if (store.scans.count() > 0) expectWholeFunnel(place);

        world.account.script.answer = 'accepted';
        if (world.account.sent() > 0) sentBefore += 1;
        const restarted = aScannerOf(store, folder, { world });
        for (let look = 0; look < LOOKS; look++) {
          await world.clock.advance(LOOK_MS);
          await restarted.scan();
        }

        expect(
          positions()
            .map(({ market }) => market)
            .sort(),
          place,
        ).toEqual(['PEPEUSDT', 'WIFUSDT']);
        for (const { id, market } of positions()) {
          const candidate = store.candidates.ofPosition(id);
          expect(candidate, place).toMatchObject({ market, decision: 'bought', reason: 'bought', regime: 'neutral' });
          expect(candidate!.features, place).toHaveLength(FEATURE_SET.names.length);
          expect(
            candidate!.stages!.map(({ stage }) => stage),
            place,
          ).toContain('order');
        }
        expectWholeFunnel(place);
      }
      // before and after the intent, the answer, the books and the record; of two purchases
      expect(places.length).toBeGreaterThan(10);
      expect(places.some((place) => place.endsWith('before scans.record'))).toBe(true);
      expect(sentBefore).toBeGreaterThan(5);
    },
    60_000,
  );
});

it('a scan that goes on completes what it wrote before its first order', async () => {
  expect(await scanThatEnds(MOST_PLACES)).toMatchObject({ endedAt: null });
  expect(store.scans.count()).toBe(1);
  expect(store.scans.last()).toMatchObject({ bought: 2, funnel: { bought: 2, no_pattern: 1 } });
  const rows = store.candidates.page({ after: 0, limit: 9 });
  expect(rows.map(({ market, reason }) => `${market} ${reason}`).sort()).toEqual([
    ...['FLATUSDT no_pattern', 'PEPEUSDT bought', 'WIFUSDT bought'],
  ]);
  for (const { reason, stages } of rows.filter(({ positionId }) => positionId !== null)) {
    expect([reason, stages!.at(-1)!.check]).toEqual(['bought', 'filled']);
  }
});
