import type { Mode } from '@mexc-bot/core';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createReconciled } from './reconciled.ts';

let store: Store;
beforeEach(() => {
  store = openStore(':memory:');
});
afterEach(() => store.close());

/** Comparisons that pass or not, as told. */
function comparing(passed: boolean) {
  const asked: Mode[] = [];
  const reconcile = async (mode: Mode) => {
    asked.push(mode);
    return { passed, suspected: [], shrunk: [], surplus: [] };
  };
  return { asked, reconcile };
}

it('compares by itself while nobody has since it began', async () => {
  const { asked, reconcile } = comparing(false);
  const reconciled = createReconciled(store, reconcile);
  expect(await reconciled('live')).toBe(false);
  expect(await reconciled('live')).toBe(false);
  expect(asked).toEqual(['live', 'live']);
});

it('takes a comparison of the tracker for its own, of the same mode only', async () => {
  const { asked, reconcile } = comparing(false);
  const reconciled = createReconciled(store, reconcile);
  store.state.setReconciled('live', 5_000);
  expect(await reconciled('live')).toBe(true);
  expect(await reconciled('test')).toBe(false);
  expect(asked).toEqual(['test']);
});

it('does not take an old comparison for new where the clock was set back', async () => {
  // compared at 60 s by the clock before it was set back to 30 s
  store.state.setReconciled('live', 60_000);
  const { asked, reconcile } = comparing(false);
  const reconciled = createReconciled(store, reconcile);
  expect(await reconciled('live')).toBe(false);
  // and one of after that counts, though its time is the smaller one
  store.state.setReconciled('live', 31_000);
  expect(await reconciled('live')).toBe(true);
  expect(asked).toEqual(['live']);
});
