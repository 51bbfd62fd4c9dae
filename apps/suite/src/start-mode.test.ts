import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aScanRow } from '../../../test/support/builders.ts';
import { startMode } from './start-mode.ts';

let store: Store;
beforeEach(() => {
  store = openStore(':memory:');
});
afterEach(() => store.close());

it('is that of the settings for new books, and afterwards what the books keep', () => {
  expect(startMode(store, { mode: 'live' })).toBe('live');
  expect(startMode(store, { mode: 'test' })).toBe('test');
  store.state.setMode('test', 0);
  expect(startMode(store, { mode: 'live' })).toBe('test');
});

it('does not become live by an edit of the settings where the books kept none yet', () => {
  store.scans.record(aScanRow({ mode: 'test' }), []);
  expect(startMode(store, { mode: 'live' })).toBe('test');
  store.scans.record(aScanRow({ mode: 'live' }), []);
  expect(startMode(store, { mode: 'live' })).toBe('live');
  expect(startMode(store, { mode: 'test' })).toBe('test');
});
