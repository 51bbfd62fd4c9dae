import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from '@mexc-bot/runtime';
import { csvName, openStore, type Store, writeCandleCsv } from '@mexc-bot/store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MADE_FROM, madeWalk } from '../../../test/support/made-market.ts';
import { silentLog } from '../../../test/support/silent-log.ts';
import { localPool } from './pool.ts';
import { runMode } from './run-mode.ts';

let root: string;
let store: Store;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'run-mode-'));
  store = openStore(join(root, 'bot.db'));
});
afterEach(() => {
  store.close();
  rmSync(root, { recursive: true });
});

it('makes no live model of candles that the scanner does not look at', async () => {
  const candles = madeWalk(600, 1);
  for (const [i, time] of candles.openTime.entries()) candles.openTime[i] = MADE_FROM + 12 * (time - MADE_FROM);
  writeFileSync(join(root, csvName('T1USDT', 'USDT', '1h', false)), writeCandleCsv(candles, false));
  const deps = { settings: loadSettings({}, { root }), store, log: silentLog, wallNow: Date.now(), pool: localPool };
  await expect(runMode({ what: 'bootstrap', folder: root }, {}, deps)).rejects.toThrow(/candles are of 60 minutes/);
  expect(store.models.list()).toEqual([]);
});
