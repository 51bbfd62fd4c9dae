import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Candle, DAY_MS, DEFAULT_EXIT_TABLE, HOUR_MS, TIMEFRAME_MS, toColumns } from '@mexc-bot/core';
import { QueryFailed } from '@mexc-bot/exchange';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aCandidate, aScanRow } from '../../../test/support/builders.ts';
import { createFakeMarketData } from '../../../test/support/fake-market-data.ts';
import { silentLog } from '../../../test/support/silent-log.ts';
import { exportCandidates } from './candidate-files.ts';
import { createLabelDue, labelRule } from './label-due.ts';

const M5 = TIMEFRAME_MS['5m'];
const SEEN = Date.UTC(2026, 0, 5, 10, 2);
let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'labeler-'));
  store = openStore(join(folder, 'bot.db'));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

/** A day and more of 5 m candles around the candidate, at 1 but for what `prices` says, by minutes after it was seen. */
function candles(hours: number, closes: (minutes: number) => number = () => 1): Candle[] {
  const first = Math.floor(SEEN / M5) * M5 - HOUR_MS;
  return Array.from({ length: Math.floor((hours + 1) * 12) }, (_, i) => {
    const openTime = first + i * M5;
    const close = closes((openTime + M5 - SEEN) / 60_000);
    return { openTime, open: 1, high: Math.max(1, close), low: Math.min(1, close), close, volume: 5 };
  });
}

function rig(found: readonly Candle[]) {
  const { marketData, market, reads } = createFakeMarketData();
  market.candles.set('AUSDT', found);
  const time = { now: SEEN + 6 * HOUR_MS + M5 };
  const deps = {
    store,
    marketData,
    clock: { now: () => time.now },
    log: silentLog,
    rule: labelRule(DEFAULT_EXIT_TABLE),
  };
  return { label: createLabelDue(deps), marketData, market, reads, time, deps };
}
const seen = (...markets: string[]) =>
  store.scans.record(
    aScanRow({ at: SEEN }),
    markets.map((market) => aCandidate({ market, price: 1 })),
  );
const labelOf = (market: string) => store.candidates.latest(market)!.label;

it('waits for the last candle of the six hours, and does not read the label off the one before', async () => {
  seen('AUSDT');
  const all = candles(7, (minutes) => (minutes > 350 ? 1.08 : 1));
  const last = SEEN + 6 * HOUR_MS - M5;
  const { label, market, time } = rig(all.filter(({ openTime }) => openTime + M5 <= last));
  time.now = SEEN + 6 * HOUR_MS + 3_000;
  expect(await label()).toMatchObject({ labelled: 0, waiting: 1 });
  market.candles.set('AUSDT', all);
  expect(await label()).toMatchObject({ labelled: 1, risen: 1, waiting: 0 });
});

it('labels a candidate that rose with 1, and asks for training in the same breath', async () => {
  seen('AUSDT');
  const { label } = rig(candles(7, (minutes) => (minutes > 300 ? 1.08 : minutes > 60 ? 0.99 : 1)));
  expect(await label()).toMatchObject({ labelled: 1, risen: 1, waiting: 0 });
  expect(labelOf('AUSDT')).toMatchObject({ state: 'labelled', label: 1, barrier: 'up' });
  expect(labelOf('AUSDT')).toHaveProperty('closeReturn', expect.closeTo(0.08));
  expect(store.trainingRequests.list()).toMatchObject([
    { market: 'AUSDT', reason: 'rose_after_scan', state: 'pending' },
  ]);
});

it('labels one that fell with 0, asks for no training, and counts its stop', async () => {
  seen('AUSDT');
  const { label } = rig(candles(7, (minutes) => (minutes > 100 ? 0.93 : 1)));
  await label();
  expect(labelOf('AUSDT')).toMatchObject({ label: 0, barrier: 'down', closeReturn: expect.closeTo(-0.07) });
  expect(store.trainingRequests.list()).toEqual([]);
});

it('does not look at what comes after the six hours', async () => {
  seen('AUSDT');
  const { label, time } = rig(candles(20, (minutes) => (minutes > 361 ? 2 : 1)));
  time.now = SEEN + 12 * HOUR_MS;
  await label();
  expect(labelOf('AUSDT')).toMatchObject({ label: 0, bestReturn: 0, barrier: 'neither' });
});

it('waits until six hours are over', async () => {
  seen('AUSDT');
  const { label, time, reads } = rig(candles(7));
  time.now = SEEN + 5.9 * HOUR_MS;
  expect(await label()).toMatchObject({ labelled: 0, waiting: 0 });
  expect(reads).toEqual([]);
});

it('stores what it fetches, and asks for nothing that is stored', async () => {
  seen('AUSDT');
  const { label, deps, reads } = rig(candles(7));
  await label();
  expect(store.candles.known('AUSDT', '5m').checked).not.toBeNull();
  reads.length = 0;
  store.scans.record(aScanRow({ at: SEEN + 1 }), [aCandidate({ market: 'AUSDT', price: 1 })]);
  await createLabelDue(deps)();
  expect(reads).toEqual([]);
  expect(labelOf('AUSDT').state).toBe('labelled');
});

it('labels a market that is gone so, once there is no hope left', async () => {
  seen('AUSDT');
  const { label, time, marketData } = rig([]);
  marketData.candles = () => Promise.reject(new QueryFailed('market', 'Invalid symbol.'));
  expect(await label()).toMatchObject({ waiting: 1 });
  time.now += DAY_MS;
  expect(await label()).toMatchObject({ vanished: 1, waiting: 0 });
  expect(labelOf('AUSDT').state).toBe('vanished');
});

it('tells a hole from the end of a market', async () => {
  seen('AUSDT');
  const { label, time } = rig(
    candles(40).filter(({ openTime }) => openTime < SEEN + HOUR_MS || openTime > SEEN + 8 * HOUR_MS),
  );
  time.now = SEEN + 31 * HOUR_MS;
  // what came after was stored by the collector
  store.candles.put('AUSDT', '5m', {
    range: { from: Math.floor(SEEN / M5) * M5 + 9 * HOUR_MS, until: Math.floor(SEEN / M5) * M5 + 10 * HOUR_MS },
    candles: {
      openTime: new Float64Array([Math.floor(SEEN / M5) * M5 + 9 * HOUR_MS]),
      open: one(),
      high: one(),
      low: one(),
      close: one(),
      volume: one(),
    },
    looks: 1,
  });
  expect(await label()).toMatchObject({ gaps: 1 });
});
const one = () => new Float64Array([1]);

it('goes on where a market fails, and labels that one in a later round', async () => {
  seen('AUSDT', 'BUSDT');
  const { label, market, marketData } = rig(candles(7));
  const answer = marketData.candles;
  market.candles.set('BUSDT', candles(7));
  marketData.candles = (id, ...rest) =>
    id === 'AUSDT' ? Promise.reject(new QueryFailed('network', 'time-out')) : answer(id, ...rest);
  expect(await label()).toMatchObject({ labelled: 1, waiting: 1 });
  marketData.candles = answer;
  expect(await label()).toMatchObject({ labelled: 1, waiting: 0 });
});

it('ends a round early where the exchange is not there at all', async () => {
  seen(...Array.from({ length: 40 }, (_, i) => `T${i}USDT`));
  const { label, marketData } = rig([]);
  let asked = 0;
  marketData.candles = () => {
    asked += 1;
    return Promise.reject(new QueryFailed('network', 'time-out'));
  };
  await label();
  expect(asked).toBeLessThan(10);
});

it('is not held up by markets whose candles cannot be read, and gives up on those after a day', async () => {
  const broken = Array.from({ length: 6 }, (_, i) => `X${i}USDT`);
  seen(...broken, 'AUSDT');
  const { label, marketData, time } = rig(candles(40));
  const answer = marketData.candles;
  marketData.candles = (id, ...rest) =>
    broken.includes(id)
      ? Promise.reject(new QueryFailed(id === 'X0USDT' ? 'other' : 'malformed', 'no candle'))
      : answer(id, ...rest);
  expect(await label()).toMatchObject({ labelled: 1, waiting: 6 });
  // what the collector stored is judged, the others are not waited for any longer
  const stored = candles(6);
  const range = { from: stored[0]!.openTime, until: stored.at(-1)!.openTime + M5 };
  store.candles.put('X5USDT', '5m', { range, candles: toColumns(stored), looks: 1 });
  time.now += DAY_MS;
  expect(await label()).toMatchObject({ labelled: 1, vanished: 5, waiting: 0 });
});

it('writes the files the Python bot had, a label only where there is one', async () => {
  seen('AUSDT');
  await rig(candles(7, (minutes) => (minutes > 300 ? 1.08 : 1))).label();
  store.scans.record(aScanRow({ at: SEEN + DAY_MS }), [
    aCandidate({ market: 'BUSDT', price: 2, reason: 'no_pattern' }),
  ]);
  const { files } = exportCandidates(store, join(folder, 'out'));
  expect(files.map(({ rows }) => rows)).toEqual([2, 1]);
  const { readFileSync } = await import('node:fs');
  const [all, labelled] = files.map(({ path }) => readFileSync(path, 'utf8').trimEnd().split('\n'));
  expect(all![0]).toBe(
    'timestamp,symbol,price,rsi,macd,macd_signal,volume,avg_volume,safety_score,strategy,ai_confidence,reject_reason',
  );
  expect(all![2]).toMatch(/^2026-01-06T10:02:00.000Z,BUSDT,2,.*no_pattern$/);
  expect(labelled![0]).toMatch(/,profit_after_6h,label$/);
  expect(labelled![1]).toMatch(/^2026-01-05T10:02:00.000Z,AUSDT,1,.*,0\.08\d*,1$/);
});

it('an export into a folder that cannot be is one message', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => exportCandidates(store, join(folder, 'file', 'out'))).toThrow('candidate_tokens.csv cannot be written');
});
