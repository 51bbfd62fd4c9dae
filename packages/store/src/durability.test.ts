import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStore, type Store } from './store.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'durability-'));
  store = openStore(join(folder, 'bot.db'));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

it('what is written soon is seen by every other process at once', () => {
  store.write(() => store.state.setPaused(true, 1), 'soon');
  const other = openStore(join(folder, 'bot.db'));
  expect(other.state.paused()).toBe(true);
  other.close();
});

it('a change that fails is undone, and the next one is written now', () => {
  const fail = () =>
    store.write(() => {
      store.state.setPaused(true, 1);
      throw new Error('in the middle');
    }, 'soon');
  expect(fail).toThrow('in the middle');
  expect(store.state.paused()).toBe(false);
  store.write(() => store.state.setPaused(true, 2));
  expect(store.state.paused()).toBe(true);
});

it('inside another change, soon is as durable as that one', () => {
  store.write(() => store.write(() => store.state.setPaused(true, 1), 'soon'));
  expect(store.state.paused()).toBe(true);
});
