import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CandleColumns, TIMEFRAME_MS } from '@mexc-bot/core';
import {
  createModelFiles,
  DEFAULT_JUDGE,
  FEATURE_SET,
  LABEL_HORIZON_MS,
  type LabelledRows,
  registryEntry,
  storedCardOf,
} from '@mexc-bot/models';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MADE_FROM, withEdge } from '../../../test/support/made-market.ts';
import { createContest } from './contest.ts';
import { bootstrapRows } from './data-sets.ts';
import { scopeJob } from './jobs.ts';
import { localPool } from './pool.ts';

const LENGTH = 9_000;
const HALF = 5_000;
const NOW = MADE_FROM + LENGTH * 300_000;
const criteria = {
  minQuoteVolume: 1_000,
  minChange24h: -1,
  maxChange24h: 5,
  minPrice: 0,
  maxSpread: 1,
  maxCandidates: 20,
};
const rule = { horizonMs: LABEL_HORIZON_MS, target: 0.03, stop: 0.025 };

let root: string;
let store: Store;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'contest-'));
  store = openStore(join(root, 'bot.db'));
});
afterEach(() => {
  store.close();
  rmSync(root, { recursive: true });
});

const contest = () =>
  createContest({ folder: root, store, maxAgeDays: 30, costs: DEFAULT_JUDGE.costs, now: NOW, wallNow: NOW });
const files = () => createModelFiles(root);

function rowsUpTo(length: number): Promise<LabelledRows> {
  const markets = Array.from({ length: 6 }, (_, i) => `T${i}USDT`);
  const read = (market: string): CandleColumns => {
    const all = withEdge(LENGTH, markets.indexOf(market) + 1);
    return Object.fromEntries(
      Object.entries(all).map(([name, column]) => [name, column.slice(0, length)]),
    ) as unknown as CandleColumns;
  };
  const source = { exchange: 'MADE', candleMs: TIMEFRAME_MS['5m'], markets, read };
  const failed = (_: string, error: unknown): void => {
    throw error;
  };
  return bootstrapRows(source, criteria, rule, { pool: localPool, failed, progress: () => undefined });
}
const turned = ({ stored, outcomes }: LabelledRows): LabelledRows => ({
  stored,
  outcomes: { ...outcomes, labels: outcomes.labels.map((label) => 1 - label) },
});
const trained = (rows: LabelledRows, version: string) =>
  scopeJob({
    engine: 'logistic',
    kind: 'feedback',
    rows,
    head: { scope: 'feedback', exchange: 'MADE', features: FEATURE_SET.hash, trainedAt: NOW },
    version,
    rule,
    costs: DEFAULT_JUDGE.costs,
  });

/** A good model, and after it one that learnt the opposite, whatever its card promises. */
async function goodThenBad(known: LabelledRows): Promise<void> {
  const good = await trained(known, 'good');
  await contest().challenge(good, known, 'good');
  const bad = (await trained(turned(known), 'bad')).file!;
  const { card } = storedCardOf(good.file!.card)!;
  await files().write({ ...bad, card: { card, moves: storedCardOf(bad.card)!.moves } });
  store.models.crown(registryEntry(card, 'bad', 'feedback'), 'better_on_own_rows', NOW);
}

it('a champion that broke its promise on fresh labels makes room for the one before it, and the owner is told', async () => {
  await goodThenBad(await rowsUpTo(HALF));
  const review = await contest().review('feedback', await rowsUpTo(LENGTH));
  expect(review).toEqual({ verdict: 'roll_back', reason: 'previous_is_better' });
  expect((await files().read('feedback')).ok && store.models.champion('feedback')?.version).toBe('good');
  const read = await files().read('feedback');
  expect(read.ok && read.value.version).toBe('good');
  expect(store.alerts.recent(1)).toMatchObject([
    { kind: 'model_review', detail: { scope: 'feedback', version: 'bad' } },
  ]);
});

it('a champion that keeps its promise stays; without fresh labels there is nothing to review', async () => {
  const known = await rowsUpTo(HALF);
  await contest().challenge(await trained(known, 'good'), known, 'good');
  expect(await contest().review('feedback', known)).toBeNull();
  expect(await contest().review('feedback', await rowsUpTo(LENGTH))).toMatchObject({ verdict: 'keep' });
  expect(store.models.champion('feedback')).toMatchObject({ version: 'good', proven: true });
  expect(await contest().review('pooled', known)).toBeNull();
});

it('a challenger is compared on rows that neither had seen, and replaces the champion only if it ranks them better', async () => {
  const [known, all] = [await rowsUpTo(HALF), await rowsUpTo(LENGTH)];
  await contest().challenge(await trained(turned(known), 'bad'), known, 'bad');
  const result = await contest().challenge(await trained(all, 'good'), all, 'good');
  expect(result.replaces).toBe(true);
  expect(['better_on_same_rows', 'proven_beats_unproven']).toContain(result.reason);
  expect(store.models.champion('feedback')?.version).toBe('good');
});
