import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CandleColumns, DAY_MS, HOUR_MS, TIMEFRAME_MS } from '@mexc-bot/core';
import { createModelFiles, createPriorFiles, DEFAULT_JUDGE, FEATURE_SET, LABEL_HORIZON_MS } from '@mexc-bot/models';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aCandidate, aScanRow } from '../../../test/support/builders.ts';
import { MADE_FROM, madeWalk, withEdge } from '../../../test/support/made-market.ts';
import { silentLog } from '../../../test/support/silent-log.ts';
import type { CandleSource } from './candle-source.ts';
import { clearModels, modelsToClear } from './clear.ts';
import { localPool } from './pool.ts';
import { createTraining, type TrainingDeps } from './training.ts';

let root: string;
let store: Store;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'training-'));
  store = openStore(join(root, 'bot.db'));
});
afterEach(() => {
  store.close();
  rmSync(root, { recursive: true });
});

const LENGTH = 5_000;
const END = MADE_FROM + LENGTH * 300_000;

function sourceOf(markets: Readonly<Record<string, CandleColumns | Error>>): CandleSource {
  return {
    exchange: 'MADE',
    candleMs: TIMEFRAME_MS['5m'],
    markets: Object.keys(markets),
    read(market) {
      const candles = markets[market]!;
      if (candles instanceof Error) throw candles;
      return candles;
    },
  };
}

const criteria = {
  minQuoteVolume: 1_000,
  minChange24h: -1,
  maxChange24h: 5,
  minPrice: 0,
  maxSpread: 1,
  maxCandidates: 20,
};
const trainingOf = (source: CandleSource, over: Partial<TrainingDeps> = {}) =>
  createTraining({
    store,
    source,
    pool: localPool,
    folder: join(root, 'models'),
    engine: 'logistic',
    criteria,
    rule: { horizonMs: LABEL_HORIZON_MS, target: 0.03, stop: 0.025 },
    costs: DEFAULT_JUDGE.costs,
    maxAgeDays: 30,
    maxRows: 20_000,
    now: END,
    wallNow: END,
    log: silentLog,
    progress: () => undefined,
    ...over,
  });

const many = (count: number, make: (seed: number) => CandleColumns, first = 1) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`T${first + i}USDT`, make(first + i)]));

describe('a run of the trainer', () => {
  it('finds an edge that was planted in a market, and proves it', async () => {
    const training = trainingOf(sourceOf(many(6, (seed) => withEdge(LENGTH, seed))));
    await training.feedback();
    expect(training.run.results).toMatchObject([{ scope: 'feedback', replaces: true, reason: 'no_champion' }]);
    expect(training.run.results[0]!.card).toMatchObject({ state: 'judged', proven: true });
    expect(store.models.champion('feedback')).toMatchObject({ proven: true, featureSet: FEATURE_SET.hash });
  });

  it('calls at most one model of twenty random walks proven', async () => {
    let proven = 0;
    for (let i = 0; i < 20; i++) {
      const training = trainingOf(sourceOf(many(2, (seed) => madeWalk(3_000, seed), 100 + 2 * i)), {
        folder: join(root, `${i}`),
      });
      await training.feedback({ force: true });
      const { card } = training.run.results[0]!;
      proven += Number(card.state === 'judged' && card.proven);
    }
    expect(proven).toBeLessThanOrEqual(1);
  });

  it('makes the pooled model and a correction for each token; one that cannot be read does not end it', async () => {
    const markets = {
      ...many(4, (seed) => madeWalk(LENGTH, seed)),
      BADUSDT: new Error('its file is gone'),
      NEWUSDT: madeWalk(600, 9),
    };
    const source = sourceOf(markets);
    const training = trainingOf(source);
    await training.pooled();
    await training.tokens(source.markets);
    expect(training.run.tokens).toMatchObject({ trained: 4, priorAlone: 1, failed: 1 });
    expect(training.run.problems.join()).toMatch(/BADUSDT: its file is gone/);
    expect(store.models.champion('NEWUSDT')).toMatchObject({ reason: 'prior_alone_no_rows', proven: false });
    expect(await createModelFiles(join(root, 'models')).scopes()).toEqual([
      'NEWUSDT',
      'T1USDT',
      'T2USDT',
      'T3USDT',
      'T4USDT',
      'pooled',
    ]);
  });

  it('goes on where it was: what is up to date is left alone', async () => {
    const source = sourceOf(many(3, (seed) => madeWalk(LENGTH, seed)));
    const first = trainingOf(source);
    await first.pooled();
    await first.tokens(['T1USDT']);
    const again = trainingOf(source);
    await again.pooled();
    await again.tokens(source.markets);
    expect(again.run).toMatchObject({ results: [], tokens: { trained: 2, upToDate: 1 } });
  });

  it('works off requests, and says what came of them', async () => {
    const source = sourceOf(many(2, (seed) => madeWalk(LENGTH, seed)));
    store.trainingRequests.add('T1USDT', 'rose_after_scan', END);
    store.trainingRequests.add('GONEUSDT', 'rose_after_scan', END);
    const training = trainingOf({
      ...source,
      read: (market) => (market === 'GONEUSDT' ? sourceOf({ GONEUSDT: new Error('gone') }) : source).read(market),
    });
    await training.pooled();
    await training.requests();
    expect(store.trainingRequests.list()).toMatchObject([
      { market: 'T1USDT', state: 'done', detail: 'judged' },
      { market: 'GONEUSDT', state: 'failed', detail: 'gone' },
    ]);
  });

  it('leaves requests waiting while there is no pooled model, and says so once', async () => {
    store.trainingRequests.add('T1USDT', 'rose_after_scan', END);
    const training = trainingOf(sourceOf({}));
    await training.pooled();
    await training.requests();
    await training.tokens(['T1USDT']);
    expect(store.trainingRequests.list('pending')).toHaveLength(1);
    expect(training.run.problems).toEqual(['no models of tokens: there is no pooled model (no_rows)']);
  });

  it('makes the feedback model anew, without new labels, where no gate could ask the one there is', async () => {
    const source = sourceOf(many(6, (seed) => withEdge(LENGTH, seed)));
    await trainingOf(source).feedback();
    const again = async (over: Partial<TrainingDeps> = {}) => {
      const training = trainingOf(source, over);
      await training.feedback();
      return training.run.results.map(({ reason }) => reason);
    };
    expect(await again()).toEqual([]);
    truncateSync(join(root, 'models', 'feedback', 'weights.bin'), 10);
    expect(await again()).toEqual(['no_champion']);
    expect(await again()).toEqual([]);
    expect(await again({ now: END + 31 * DAY_MS })).toEqual(['champion_unusable']);
  });

  it('counts a label as new by when it was given, not by when its candidate was seen', async () => {
    const source = sourceOf(many(6, (seed) => withEdge(LENGTH, seed)));
    await trainingOf(source).feedback();
    const features = new Float64Array(FEATURE_SET.names.length);
    const seenAt = END - 20 * HOUR_MS;
    const rows = Array.from({ length: 60 }, (_, i) =>
      aCandidate({ market: `S${i}USDT`, features, featureSet: FEATURE_SET.hash }),
    );
    store.scans.record(aScanRow({ at: seenAt }), rows);
    const outcome = { closeReturn: 0, bestReturn: 0, worstReturn: 0, barrier: 'neither' } as const;
    for (const { id } of store.candidates.due(END, 100)) {
      store.candidates.label(id, { state: 'labelled', at: END + HOUR_MS, label: 0, ...outcome });
    }
    const again = trainingOf(source, { now: END + 2 * HOUR_MS });
    await again.feedback();
    expect(again.run.results).toHaveLength(1);
    const oncemore = trainingOf(source, { now: END + 3 * HOUR_MS });
    await oncemore.feedback();
    expect(oncemore.run.results).toEqual([]);
  });

  it('does not try again what came to nothing, until there is something new', async () => {
    await trainingOf(sourceOf({})).feedback();
    const again = trainingOf(sourceOf({}));
    await again.feedback();
    expect(again.run.results).toEqual([]);
    const nextDay = trainingOf(sourceOf({}), { now: END + DAY_MS });
    await nextDay.feedback();
    expect(nextDay.run.results).toMatchObject([{ reason: 'no_rows' }]);
  });

  it('tries the pooled model again as soon as there are new rows, where it came to nothing', async () => {
    const few = sourceOf({ T1USDT: madeWalk(500, 1) });
    const reasons = async (source: typeof few, now: number) => {
      const training = trainingOf(source, { now });
      await training.pooled();
      return training.run.results.map(({ reason }) => reason);
    };
    expect(await reasons(few, END)).toEqual(['too_few_rows']);
    expect(await reasons(few, END + HOUR_MS / 4)).toEqual([]);
    const more = sourceOf(many(3, (seed) => madeWalk(LENGTH, seed)));
    expect(await reasons(more, END + 6 * HOUR_MS)).toEqual(['no_champion']);
    expect(await reasons(more, END + 12 * HOUR_MS)).toEqual([]);
  });

  it('makes tokens anew that correct a pooled model which was rolled back', async () => {
    const source = sourceOf(many(3, (seed) => madeWalk(LENGTH, seed)));
    const folder = join(root, 'models');
    const [files, priors] = [createModelFiles(folder), createPriorFiles(folder)];
    await trainingOf(source).pooled();
    const pooled = await files.read('pooled');
    const prior = pooled.ok ? await priors.read(pooled.value.version) : pooled;
    if (!pooled.ok || !prior.ok) throw new Error('there is no pooled model');
    await files.write({ ...pooled.value, version: 'other' });
    await priors.write({ ...prior.value, version: 'other' });
    store.models.crown({ ...store.models.champion('pooled')!, version: 'other' }, 'better_on_same_rows', END + 1);
    const tokensAt = async (now: number) => {
      const training = trainingOf(source, { now });
      await training.tokens(source.markets);
      return training.run.tokens;
    };
    expect(await tokensAt(END + 2)).toMatchObject({ trained: 3, upToDate: 0 });
    expect(await tokensAt(END + 3)).toMatchObject({ trained: 0, upToDate: 3 });
    await files.rollBack('pooled');
    await priors.rollBack();
    store.models.rollBack('pooled', 'previous_is_better', END + 4);
    expect(await tokensAt(END + 5)).toMatchObject({ trained: 3, upToDate: 0 });
    expect(await tokensAt(END + 6)).toMatchObject({ trained: 0, upToDate: 3 });
  });

  it('has a card and no model where there is nothing to learn from, or only one class', async () => {
    const nothing = trainingOf(sourceOf({}));
    await nothing.feedback();
    await nothing.pooled();
    expect(nothing.run.results).toMatchObject([
      { card: { fault: 'no_rows' }, replaces: false },
      { card: { fault: 'no_rows' } },
    ]);
    const flat = madeWalk(LENGTH, 1);
    for (const column of [flat.open, flat.high, flat.low, flat.close]) column.fill(1);
    const still = trainingOf(sourceOf({ FLATUSDT: flat }), { now: END + 1 });
    await still.feedback({ force: true });
    expect(still.run.results).toMatchObject([{ card: { fault: 'one_class' }, replaces: false }]);
    expect(store.models.champion('feedback')).toBeUndefined();
    expect(store.models.latest('feedback')).toMatchObject({ state: 'retired', reason: 'one_class', path: null });
  });

  it('keeps the champion against a challenger that is not better, and takes one that can be used after it expired', async () => {
    const source = sourceOf(many(6, (seed) => withEdge(LENGTH, seed)));
    const first = trainingOf(source);
    await first.feedback();
    const version = store.models.champion('feedback')!.version;
    const noise = trainingOf(sourceOf(many(6, (seed) => madeWalk(LENGTH, seed))), { now: END + DAY_MS });
    await noise.feedback({ force: true });
    expect(noise.run.results).toMatchObject([{ replaces: false, reason: 'not_better' }]);
    expect(store.models.champion('feedback')?.version).toBe(version);
    const later = trainingOf(source, { now: END + 40 * DAY_MS });
    await later.feedback({ force: true });
    expect(later.run.results).toMatchObject([{ replaces: true, reason: 'champion_unusable' }]);
    expect(store.models.previous('feedback')?.version).toBe(version);
  });
});

describe('clearing models', () => {
  it('names what no gate would ask, and removes it from folder and registry', async () => {
    const source = sourceOf(many(2, (seed) => madeWalk(LENGTH, seed)));
    const training = trainingOf(source);
    await training.feedback({ force: true });
    await training.pooled();
    await training.tokens(source.markets);
    const deps = { folder: join(root, 'models'), store, maxAgeDays: 30, now: END };
    expect((await modelsToClear(deps)).every(({ fault }) => fault === null)).toBe(true);
    expect(await modelsToClear({ ...deps, now: END + 31 * DAY_MS })).toContainEqual({
      scope: 'feedback',
      fault: 'expired',
    });
    await clearModels(deps, ['pooled']);
    const left = await modelsToClear(deps);
    expect(left).toContainEqual({ scope: 'T1USDT', fault: 'other_pooled_model' });
    expect(store.models.champion('pooled')).toBeUndefined();
  });
});
