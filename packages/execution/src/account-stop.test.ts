import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AccountLimits, Decimal } from '@mexc-bot/core';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountStopOf, resumeEntries } from './account-stop.ts';

const limits: AccountLimits = { stopGuard: null, dailyLossFraction: 0.05, dailyLossQuote: null, maxDrawdown: 0.2 };
let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'account-stop-'));
  store = openStore(join(folder, 'bot.db'));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});
const mark = (equity: number, lastEquity: number) =>
  store.state.setHighWaterMark(
    'test',
    { equity: new Decimal(equity), at: 0, lastEquity: new Decimal(lastEquity), lastAt: 0 },
    0,
  );

describe('resuming', () => {
  it('forgets the highest equity where the drawdown stops all buys: that is the owner’s word to go on', () => {
    store.state.setPaused(true, 0);
    mark(100, 70);
    expect(accountStopOf(store, 'test', limits, 1)).toMatchObject({ code: 'max_drawdown', limit: 0.2 });
    expect(resumeEntries(store, 'test', limits, 1, 1)).toEqual({
      pausedSince: false,
      peakForgotten: true,
      ordersRetried: false,
      marketsBelieved: false,
      stop: null,
    });
    expect([store.state.paused(), store.state.highWaterMark('test')]).toEqual([false, null]);
  });

  it('keeps it otherwise: a short pause takes no protection away', () => {
    store.state.setPaused(true, 0);
    mark(100, 90);
    expect(resumeEntries(store, 'test', limits, 1, 1)).toEqual({
      pausedSince: false,
      peakForgotten: false,
      ordersRetried: false,
      marketsBelieved: false,
      stop: null,
    });
    expect(store.state.paused()).toBe(false);
    expect(store.state.highWaterMark('test')?.equity.toNumber()).toBe(100);
  });

  it('leaves a pause that was asked for later, by whomever', () => {
    store.state.setPaused(true, 1_000);
    mark(100, 70);
    expect(resumeEntries(store, 'test', limits, 1, 999)).toMatchObject({ pausedSince: true, peakForgotten: false });
    expect([store.state.paused(), store.state.highWaterMark('test')?.equity.toNumber()]).toEqual([true, 100]);
    expect(resumeEntries(store, 'test', limits, 1, 1_000).pausedSince).toBe(false);
    expect(store.state.paused()).toBe(false);
  });

  it('believes a list of markets that fell to less than half from now on, and only where one did', () => {
    store.state.setTradableMarkets(100, 0);
    expect(resumeEntries(store, 'test', limits, 1, 1).marketsBelieved).toBe(false);
    expect(store.state.tradableMarkets()).toBe(100);
    const told = { mode: null, at: 0, wallAt: 0, source: 'scanner', kind: 'universe_collapsed' } as const;
    store.alerts.add({ ...told, rank: 'alarm', detail: { state: 'collapsed', before: 100 } });
    expect(resumeEntries(store, 'test', limits, 1, 1).marketsBelieved).toBe(true);
    expect(store.state.tradableMarkets()).toBe(0);
    store.state.setTradableMarkets(40, 0);
    store.alerts.add({ ...told, rank: 'notice', detail: { state: 'recovered' } });
    expect(resumeEntries(store, 'test', limits, 1, 1).marketsBelieved).toBe(false);
  });

  it('is of one mode', () => {
    mark(100, 70);
    expect(resumeEntries(store, 'live', limits, 1, 1)).toEqual({
      pausedSince: false,
      peakForgotten: false,
      ordersRetried: false,
      marketsBelieved: false,
      stop: null,
    });
    expect(accountStopOf(store, 'test', limits, 1)).not.toBeNull();
  });
});
