import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decimal } from '@mexc-bot/core';
import { loadSettings } from '@mexc-bot/runtime';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { anOpenPosition } from '../../../test/support/builders.ts';
import { clearTestData, testDataText } from './clear-test-data.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clear-'));
  store = openStore(join(folder, 'bot.db'));
  store.positions.save(anOpenPosition({ mode: 'test', id: 'a' }));
  store.positions.save(anOpenPosition({ mode: 'live', id: 'b' }));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});
const settings = () => loadSettings({}, { root: folder });

it('only counts until it is told to delete', () => {
  const counted = clearTestData(store, settings(), { yes: false, force: false });
  expect(counted).toEqual({ deleted: false, rows: { position: 1 } });
  expect(testDataText(counted)).toContain('npm run cleartestdata -- --yes');
  expect(store.positions.open('test')).toHaveLength(1);
});

it('refuses while test positions are open, unless it is forced', () => {
  expect(() => clearTestData(store, settings(), { yes: true, force: false })).toThrow('1 test position(s) are open');
  expect(clearTestData(store, settings(), { yes: true, force: true })).toEqual({
    deleted: true,
    rows: { position: 1 },
  });
  expect(store.positions.open().map(({ id }) => id)).toEqual(['b']);
  expect(store.paper.account().get('USDT')).toEqual(new Decimal(settings().paper.balanceUsdt));
});
