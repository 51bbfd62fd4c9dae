import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decimal, gateWithoutModel, MINUTE_MS, TIMEFRAME_MS } from '@mexc-bot/core';
import { createMexcMarketData, createPaperTrading } from '@mexc-bot/exchange';
import { createExecutor, decisionRules, forgetPeakMs, stopConfig, universeCriteria } from '@mexc-bot/execution';
import { loadSettings } from '@mexc-bot/runtime';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { replayScan } from '../../apps/scanner/src/replay.ts';
import { createScan } from '../../apps/scanner/src/scan.ts';
import { silentLog } from '../support/silent-log.ts';
import { type SimulatedExchange, startExchange } from '../support/simulated-exchange.ts';

let exchange: SimulatedExchange;
let folder: string;
let store: Store;
beforeEach(async () => {
  exchange = await startExchange({ tokens: 120 });
  folder = mkdtempSync(join(tmpdir(), 'scanner-'));
  store = openStore(join(folder, 'bot.db'));
});
afterEach(async () => {
  store.close();
  rmSync(folder, { recursive: true });
  await exchange.simulator.close();
});

it('scans through the real client: every candidate on record, funnels that add up, and each scan decided alike again', async () => {
  const { simulator } = exchange;
  const settings = loadSettings({}, { root: folder });
  const rules = decisionRules(settings);
  const noWait = async () => undefined;
  const clock = {
    now: simulator.clock.now,
    wallNow: Date.now,
    monotonicNow: () => performance.now(),
    speed: () => 1,
    sleep: noWait,
    sleepWall: noWait,
  };
  const budget = { acquire: noWait, penalise: () => 0 };
  const marketData = createMexcMarketData({ restUrl: simulator.url, clock, budget, timeoutMs: 2_000 });
  store.paper.deposit('USDT', new Decimal(1_000));
  const marketOf = (id: string) => store.markets.get(id);
  const paper = createPaperTrading({ marketData, marketOf, book: store.paper, clock, latencyMs: 0 });
  let ids = 0;
  const deps = { store, clock, log: silentLog, tradingOf: () => paper };
  const scan = createScan({
    ...deps,
    marketData,
    executor: createExecutor({
      ...deps,
      entryRules: { table: rules.exits, stop: stopConfig(settings) },
      source: 'scanner',
      newClientOrderId: () => `mb_${++ids}`,
      settleAfterMs: 2_000,
      absentAfterMs: 30_000,
    }),
    rules,
    universe: universeCriteria(settings),
    startMode: 'test',
    quote: 'USDT',
    forgetPeakMs: forgetPeakMs(settings),
    gate: ({ strategy, mode }) => gateWithoutModel(strategy, mode, rules.gate),
    guarded: () => true,
    keyJudged: async () => true,
    reconciled: async () => true,
    newPositionId: () => `p${++ids}`,
    dry: false,
  });

  try {
    const times: number[] = [];
    for (let round = 0; round < 6; round++) {
      simulator.advance(4 * MINUTE_MS);
      const { scan: row, decisions } = await scan();
      times.push(row.at);
      expect(Object.values(row.funnel).reduce((sum, count) => sum + count, 0)).toBe(row.seen);
      expect(row.covered).toBe(row.hype);
      for (const { market, candleAt, features } of decisions) {
        expect(clock.now() - candleAt!).toBeLessThan(2 * TIMEFRAME_MS['5m'] + 2_000);
        expect(features?.length).toBeGreaterThan(40);
        expect(store.candidates.latest(market)).toMatchObject({ candleAt });
      }
    }
    const recorded = store.candidates.page({ after: 0, limit: 10_000 });
    expect(recorded.length).toBeGreaterThan(20);
    const bought = recorded.filter(({ decision }) => decision === 'bought').map(({ market }) => market);
    expect(bought.toSorted()).toEqual(
      store.positions
        .open('test')
        .map(({ market }) => market)
        .toSorted(),
    );
    for (const at of times) expect(replayScan(store, at)).toMatchObject({ at, differences: [] });
  } finally {
    marketData.close();
  }
});
