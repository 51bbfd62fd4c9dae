import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { NewModel } from './models.ts';
import { openStore, type Store } from './store.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'models-'));
  store = openStore(join(folder, 'bot.db'));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

const aModel = (version: string, over: Partial<NewModel> = {}): NewModel => ({
  scope: 'feedback',
  version,
  engine: 'logistic',
  featureSet: 'hash',
  exchange: 'MEXC',
  trainedAt: 1_000,
  dataFrom: 1,
  dataTo: 2,
  card: { auc: 0.6 },
  proven: true,
  path: 'feedback',
  ...over,
});
const states = (scope: string) => store.models.list({ scope }).map(({ version, state }) => `${version} ${state}`);

it('has one champion and one previous model a scope', () => {
  for (const version of ['a', 'b', 'c']) store.models.crown(aModel(version), 'no_champion', 5);
  store.models.crown(aModel('x', { scope: 'PEPEUSDT' }), 'no_champion', 5);
  expect(states('feedback')).toEqual(['c champion', 'b previous', 'a retired']);
  expect(store.models.champion('feedback')).toMatchObject({ version: 'c', proven: true, card: { auc: 0.6 } });
  expect(store.models.champion('PEPEUSDT')?.version).toBe('x');
});

it('rolls back to the previous model once, and says why', () => {
  store.models.crown(aModel('a'), 'no_champion', 5);
  expect(store.models.rollBack('feedback', 'worse_than_promised', 6)).toBe(false);
  store.models.crown(aModel('b'), 'better_on_same_rows', 6);
  expect(store.models.rollBack('feedback', 'worse_than_promised', 7)).toBe(true);
  expect(states('feedback')).toEqual(['b retired', 'a champion']);
  expect(store.models.list()[0]).toMatchObject({ reason: 'worse_than_promised', updatedAt: 7 });
});

it('keeps what lost for looking back, the last ten', () => {
  store.models.crown(aModel('champion'), 'no_champion', 1);
  for (let i = 0; i < 15; i++) store.models.add(aModel(`loser ${i}`), 'challenger', 'not_better', 2);
  expect(store.models.list({ scope: 'feedback', state: 'challenger' })).toHaveLength(10);
  expect(store.models.champion('feedback')?.version).toBe('champion');
  expect(store.models.latest('feedback')?.version).toBe('loser 14');
});

it('takes back what a fresh judgement refutes, retires, and changes its revision each time', () => {
  const revisions = [store.models.revision()];
  store.models.crown(aModel('a'), 'no_champion', 1);
  revisions.push(store.models.revision());
  const outcome = { card: { auc: 0.5 }, proven: false, reason: 'worse_than_promised' };
  expect(store.models.judged('feedback', 'a', outcome, 2)).toBe(true);
  expect(store.models.judged('feedback', 'unknown', outcome, 2)).toBe(false);
  expect(store.models.champion('feedback')).toMatchObject({ proven: false, card: { auc: 0.5 } });
  revisions.push(store.models.revision());
  expect(store.models.retire('feedback', 'cleared', 3)).toBe(1);
  expect(store.models.champion('feedback')).toBeUndefined();
  revisions.push(store.models.revision());
  expect(new Set(revisions).size).toBe(revisions.length);
});
