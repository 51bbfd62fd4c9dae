import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings, type Settings } from '@mexc-bot/runtime';
import { openStore } from '@mexc-bot/store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claimBooks, setAsideSimulatedBooks, venueIdentity } from './venue.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'venue-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const KEY = { MEXC_API_KEY: 'key', MEXC_API_SECRET: 'secret' };
const settingsOf = (env: Record<string, string>) => loadSettings(env, { root });

function claim(settings: Settings): void {
  const store = openStore(settings.database);
  try {
    claimBooks(store, settings, 1_000);
  } finally {
    store.close();
  }
}

it('tells one market from another', () => {
  const identities = [{}, KEY, { SIM_SEED: '2' }, { SIM_DATA: root }].map((env) => venueIdentity(settingsOf(env)));
  expect(new Set(identities).size).toBe(4);
});

it('keeps the books of one market from the processes of another', () => {
  claim(settingsOf({}));
  claim(settingsOf({}));
  expect(() => claim(settingsOf(KEY))).toThrow(/holds the books of "simulator: synthetic.*the settings mean "mexc"/);
});

it('sets the books of a simulated market aside for another one, whole', () => {
  const settings = settingsOf({});
  claim(settings);
  expect(setAsideSimulatedBooks(settings, 0)).toBeNull();

  const target = setAsideSimulatedBooks(settingsOf({ SIM_SEED: '2' }), Date.UTC(2026, 0, 2));
  expect(target).toBe(join(root, 'data', 'archive', 'bot-2026-01-02T00-00-00.db'));
  expect(existsSync(settings.database)).toBe(false);
  const old = openStore(target as string);
  expect(old.state.venue()).toBe(venueIdentity(settings));
  old.close();
});

it('never moves the books of the real exchange', () => {
  const real = settingsOf(KEY);
  claim(real);
  expect(setAsideSimulatedBooks(settingsOf({}), 0)).toBeNull();
  expect(readdirSync(join(root, 'data'))).toContain('bot.db');
});
