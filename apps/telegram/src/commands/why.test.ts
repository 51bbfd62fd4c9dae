import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aCandidate, aMarket, aScanRow } from '../../../../test/support/builders.ts';
import { aCommandRig, NOON } from '../../../../test/support/command-rig.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'why-'));
  store = openStore(join(folder, 'bot.db'));
  store.markets.sync([aMarket({ id: 'PEPEUSDT' })], NOON);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const inputs = { rules: '{}', universe: '{}', body: '{}' };
/** What the scanner's command says of a token that the last scan left out at once. */
const early = {
  market: 'PEPEUSDT',
  mode: 'test',
  at: NOON,
  decision: 'rejected',
  reason: 'change_below_floor',
  regime: 'neutral',
  strategy: null,
  confidence: null,
  stages: [
    { stage: 'universe', check: 'tradable', value: 'yes', is: null, threshold: null, verdict: 'pass' },
    { stage: 'hype', check: 'change_24h', value: 0.001, is: '>=', threshold: 0.02, verdict: 'fail' },
  ],
  label: null,
  accountStop: null,
  lastCandidate: { at: NOON - 3_600_000, decision: 'rejected', reason: 'no_pattern' },
};
const ask = (language: 'en' | 'lv') =>
  aCommandRig(store, folder, {
    language,
    runTool: (_app, words) =>
      Promise.resolve({ code: words.includes('--json') ? 0 : 1, stdout: JSON.stringify(early), stderr: '' }),
  }).say('/why PEPE');

const seen = (at: number) => {
  const candidate = aCandidate({ market: 'PEPEUSDT', decision: 'rejected', reason: 'no_pattern' });
  return store.scans.record(aScanRow({ at }), [candidate], inputs);
};

it('tells a candidate of the last scan', async () => {
  seen(NOON);
  expect((await ask('en')).html).toContain('not bought, no pattern');
});

it('does not tell an old candidate where a later scan left the token out', async () => {
  seen(NOON - 3_600_000);
  store.scans.record(aScanRow({ at: NOON }), [], inputs);
  const { html } = await ask('en');
  expect(html).toContain('22.11. 12:00 TEST: not bought, moved too little');
  expect(html).toContain('It came further at 22.11. 11:00: no pattern.');
});

it('speaks Latvian down to the checks', async () => {
  store.scans.record(aScanRow({ at: NOON }), [], inputs);
  const { html } = await ask('lv');
  expect(html).toMatch(/✓ tirgojams +jā/);
  expect(html).toMatch(/✗ izmaiņa 24 h/);
  expect(html).not.toMatch(/universe|hype|change_24h|came further/);
});
