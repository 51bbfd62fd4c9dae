import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOUR_MS, LABEL_AFTER_MS, type Stage } from '@mexc-bot/core';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aCandidate, aScanRow } from '../../../test/support/builders.ts';
import { openStore, type Store } from './index.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'decisions-'));
  store = openStore(join(folder, 'bot.db'));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const record = (at: number, ...markets: string[]) =>
  store.scans.record(
    aScanRow({ at }),
    markets.map((market) => aCandidate({ market })),
  );
const labelled = { state: 'labelled', label: 1, closeReturn: 0.06, bestReturn: 0.09, worstReturn: -0.01 } as const;

describe('candidates', () => {
  it('come back with every stage, and with their features to the last bit', () => {
    const stages: Stage[] = [
      { stage: 'universe', check: 'tradable', value: 'yes', is: null, threshold: null, verdict: 'pass' },
      { stage: 'hype', check: 'change_24h', value: 0.01, is: '>=', threshold: 0.02, verdict: 'fail' },
    ];
    const features = Float64Array.of(1 / 3, Number.NaN, -0, 1e-300);
    const candidate = aCandidate({ stages, features, featureSet: 'abc', candleAt: 300_000 });
    const scanId = store.scans.record(aScanRow({ at: 600_000, regime: 'bearish' }), [candidate]);

    const expected = { ...candidate, scanId, at: 600_000, mode: 'test', regime: 'bearish' };
    const found = store.candidates.latest('PEPEUSDT');
    expect(found).toMatchObject(expected);
    expect(found?.label).toEqual({ state: 'pending', dueAt: 600_000 + LABEL_AFTER_MS });
    expect(store.candidates.ofScan(scanId)).toEqual([found]);
  });

  it('keep what is no number in a stage as unknown', () => {
    const check = { stage: 'strategy', check: 'volume_ratio', is: '>=', threshold: 5, verdict: 'pass' } as const;
    record(1_000);
    store.scans.record(aScanRow({ at: 2_000 }), [
      aCandidate({ stages: [{ ...check, value: Number.POSITIVE_INFINITY }] }),
    ]);
    expect(store.candidates.latest('PEPEUSDT')?.stages).toEqual([{ ...check, value: null }]);
  });

  it('are due for their label 6 h after they were seen, the oldest first', () => {
    record(2 * HOUR_MS, 'BUSDT');
    record(HOUR_MS, 'AUSDT', 'CUSDT');
    const due = (hours: number, limit = 9) => store.candidates.due(hours * HOUR_MS, limit).map(({ market }) => market);
    expect(due(6.9)).toEqual([]);
    expect(due(7)).toEqual(['AUSDT', 'CUSDT']);
    expect(due(8, 1)).toEqual(['AUSDT']);
    expect(due(8)).toEqual(['AUSDT', 'CUSDT', 'BUSDT']);
  });

  it('get one label, and wait no more', () => {
    record(HOUR_MS, 'AUSDT');
    record(2 * HOUR_MS, 'AUSDT', 'GONEUSDT');
    const [first, second, gone] = store.candidates.page({ after: 0, limit: 9 });
    expect(store.candidates.unlabelledSince('AUSDT')).toBe(HOUR_MS);
    expect(store.candidates.label(first!.id, { ...labelled, at: 9, barrier: 'up' })).toBe(true);
    expect(store.candidates.label(first!.id, { state: 'vanished', at: 10 })).toBe(false);
    expect(store.candidates.label(gone!.id, { state: 'vanished', at: 10 })).toBe(true);

    expect(store.candidates.unlabelledSince('AUSDT')).toBe(2 * HOUR_MS);
    expect(store.candidates.unlabelledSince('GONEUSDT')).toBeNull();
    expect(store.candidates.due(99 * HOUR_MS, 9).map(({ id }) => id)).toEqual([second!.id]);
    expect(store.candidates.page({ after: 0, limit: 9 }).map(({ label }) => label)).toEqual([
      { ...labelled, at: 9, barrier: 'up' },
      { state: 'pending', dueAt: 8 * HOUR_MS },
      { state: 'vanished', at: 10 },
    ]);
  });

  it('are read in pages, all or those of one state and mode', () => {
    record(1, 'AUSDT', 'BUSDT', 'CUSDT');
    store.scans.record(aScanRow({ mode: 'live' }), [aCandidate({ market: 'DUSDT' })]);
    const page = (query: Parameters<typeof store.candidates.page>[0]) =>
      store.candidates.page(query).map(({ market }) => market);
    expect(page({ after: 0, limit: 2 })).toEqual(['AUSDT', 'BUSDT']);
    expect(page({ after: 2, limit: 2 })).toEqual(['CUSDT', 'DUSDT']);
    expect(page({ after: 0, limit: 9, mode: 'live' })).toEqual(['DUSDT']);
    store.candidates.label(1, { state: 'vanished', at: 1 });
    expect(page({ after: 0, limit: 9, state: 'vanished' })).toEqual(['AUSDT']);
  });

  it('forget their stages when they are old, and nothing else', () => {
    record(1_000, 'AUSDT');
    record(2_000, 'BUSDT');
    expect(store.candidates.forgetStages(2_000)).toBe(1);
    expect(store.candidates.latest('AUSDT')).toMatchObject({ stages: null, reason: 'no_pattern' });
    expect(store.candidates.latest('BUSDT')?.stages).not.toBeNull();
  });

  it('written again say what became of their order, and what was bought stays bought', () => {
    const sent = (market: string, reason: string) => aCandidate({ market, reason, positionId: `p_${market}` });
    const scanId = store.scans.record(aScanRow({ funnel: { order_intended: 1, undecided: 1 } }), [
      sent('AUSDT', 'order_intended'),
    ]);
    store.candidates.markBought('p_AUSDT');
    const inputs = { rules: '{}', universe: '{}', body: '{}' };
    const funnel = { order_unknown: 1, order_rejected: 1 };
    const rows = [sent('AUSDT', 'order_unknown'), sent('BUSDT', 'order_rejected')];
    expect(store.scans.record(aScanRow({ funnel }), rows, inputs, scanId)).toBe(scanId);
    expect([store.scans.count(), store.scans.last()?.funnel]).toEqual([1, funnel]);
    expect(store.candidates.ofScan(scanId).map(({ decision, reason }) => [decision, reason])).toEqual([
      ['bought', 'bought'],
      ['rejected', 'order_rejected'],
    ]);
    expect(store.candidates.ofPosition('p_AUSDT')?.market).toBe('AUSDT');
    expect(store.candidates.ofPosition('p_BUSDT')).toBeUndefined();
  });

  it('of a database from before are due when they would have been', () => {
    const path = join(folder, 'old.db');
    const old = new BetterSqlite3(path);
    const folderOf = new URL('../migrations/', import.meta.url);
    for (const name of readdirSync(folderOf).sort().slice(0, 3)) {
      old.exec(readFileSync(new URL(name, folderOf), 'utf8'));
    }
    old.exec(`PRAGMA user_version = 3; PRAGMA application_id = ${0x4d455843};
      INSERT INTO scan VALUES (1, 'test', 5000, 0, 0, 0, 0, 0, 0, '{}');
      INSERT INTO candidate VALUES (1, 1, 'test', 5000, 'OLDUSDT', 2.5, 'simple', 0.8, '{"gain":0.03}', 'bought', 'bought');
      INSERT INTO position (id, mode, market, base, strategy, confidence, state, opened_at, entry_price, bought, quantity, cost,
        proceeds, fees, take_profits, scale_out, levels_taken, stop_loss, stop_distance, hard_stop, peak)
      VALUES ('p1', 'test', 'OLDUSDT', 'OLD', 'simple', 0.8, 'open', 65000, '2.5', '1', '1', '2.5', '0', '0', '[]', '[]', 0, 0.1, 0.1,
        '2', '2.5')`);
    old.close();

    const upgraded = openStore(path);
    try {
      expect(upgraded.candidates.latest('OLDUSDT')).toMatchObject({
        price: 2.5,
        measures: { gain: 0.03 },
        decision: 'bought',
        stages: null,
        features: null,
        label: { state: 'pending', dueAt: 5_000 + LABEL_AFTER_MS },
      });
      expect(upgraded.candidates.ofPosition('p1')?.market).toBe('OLDUSDT');
      expect(upgraded.scans.last()).toMatchObject({ id: 1, regime: null, covered: null });
    } finally {
      upgraded.close();
    }
  });
});

describe('what a scan was decided on', () => {
  const inputs = (body: string) => ({ rules: '{"r":1}', universe: '{"u":1}', body });

  it('is found by the time of the scan', () => {
    store.scans.record(aScanRow({ at: 1_000 }), [], inputs('one'));
    store.scans.record(aScanRow({ at: 2_000 }), []);
    expect(store.scans.withInputs(999)).toBeUndefined();
    expect(store.scans.withInputs(5_000)).toMatchObject({ scan: { id: 1, at: 1_000 }, inputs: inputs('one') });
  });

  it('goes when it is old or too much, the oldest first, and the scans stay', () => {
    const noise = () => Array.from({ length: 500 }, (_, i) => Math.sin(i) * 1e6).join();
    for (let at = 1; at <= 4; at++) store.scans.record(aScanRow({ at }), [], inputs(noise()));
    expect(store.scans.pruneInputs(2, 1e9)).toBe(1);
    expect(store.scans.pruneInputs(2, 6_000)).toBe(2);
    expect(store.scans.withInputs(3)).toBeUndefined();
    expect(store.scans.withInputs(4)?.inputs.rules).toBe('{"r":1}');
    expect(store.scans.pruneInputs(99, 0)).toBe(1);
    expect(store.scans.count()).toBe(4);
  });
});

describe('training requests', () => {
  it('wait in order, each market once, and each is taken once', () => {
    expect(store.trainingRequests.add('AUSDT', 'label', 1)).toBe(true);
    expect(store.trainingRequests.add('BUSDT', 'owner', 2)).toBe(true);
    expect(store.trainingRequests.add('AUSDT', 'label', 3)).toBe(false);
    const taken = [4, 5, 6].map((at) => store.trainingRequests.next(at));
    expect(taken.map((request) => request?.market)).toEqual(['AUSDT', 'BUSDT', undefined]);

    store.trainingRequests.finish(taken[0]!.id, 'done', 7);
    store.trainingRequests.finish(taken[1]!.id, 'failed', 8, 'too few candles');
    expect(store.trainingRequests.list()).toMatchObject([
      { market: 'AUSDT', reason: 'label', state: 'done', createdAt: 1, updatedAt: 7, detail: null },
      { market: 'BUSDT', state: 'failed', detail: 'too few candles' },
    ]);
  });

  it('that a killed trainer left wait again, once a market', () => {
    for (const market of ['AUSDT', 'BUSDT']) store.trainingRequests.add(market, 'label', 1);
    store.trainingRequests.next(2);
    store.trainingRequests.next(2);
    store.trainingRequests.add('AUSDT', 'owner', 3);
    expect(store.trainingRequests.requeue(4)).toBe(1);
    expect(store.trainingRequests.list('pending').map(({ market }) => market)).toEqual(['BUSDT', 'AUSDT']);
    expect(store.trainingRequests.list('running')).toEqual([]);
  });
});

describe('volatility', () => {
  it('is kept once a candle, unknown measures too', () => {
    const row = { market: 'AUSDT', at: 1, atrFraction: 0.02, bollingerWidth: Number.NaN, realisedVolatility: 0.01 };
    store.volatility.put([row, { ...row, at: 2 }]);
    store.volatility.put([{ ...row, atrFraction: 9 }]);
    expect(store.volatility.recent('AUSDT', 9)).toEqual([{ ...row, at: 2 }, row]);
    expect(store.volatility.prune(2)).toBe(1);
    expect(store.volatility.recent('AUSDT', 9)).toHaveLength(1);
  });
});
