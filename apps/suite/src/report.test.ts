import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decimal } from '@mexc-bot/core';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { anOpenPosition, anOrder, aScanRow } from '../../../test/support/builders.ts';
import { aSale } from '../../../test/support/position-rig.ts';
import { plain } from './plain.ts';
import { readReport, reportText } from './report.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'report-'));
  store = openStore(join(folder, 'bot.db'));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

it('shows by exit reason how far sales were under the price that triggered them, and how late', () => {
  const trigger = { price: new Decimal('0.97'), at: 1_000 };
  store.orders.intend(anOrder({ clientOrderId: 'mb_2', side: 'sell', reason: 'stop_loss', trigger, step: 2 }));
  store.orders.addFill({ ...aSale('10', '0.9603'), at: 3_500 });
  const report = readReport(store, 'test', null);
  expect(reportText(report)).toMatch(/stop_loss\s+│\s+1\s+│\s+1\.00 %\s+│\s+1\.00 %\s+│\s+2\.5 s\s+│\s+2\.5 s\s+│\s+2/);
  expect(plain(report)).toMatchObject({
    slippage: {
      byExitReason: { stop_loss: { exits: 1, medianDelayMs: 2_500, worstStep: 2 } },
      exits: [{ market: 'PEPEUSDT', triggerPrice: 0.97, price: 0.9603 }],
    },
  });
});

it('has no slippage before anything was sold', () => {
  expect(reportText(readReport(store, 'test', null))).toContain('no exit has sold anything yet');
});

it('counts of a span only its scans and what closed in it, and says what is open', () => {
  const DAY = 86_400_000;
  store.positions.save(anOpenPosition({ proceeds: new Decimal(30), quantity: new Decimal(5), openedAt: DAY }));
  const scan = (at: number, mode: 'test' | 'live') => store.scans.record(aScanRow({ at, mode }), []);
  scan(DAY, 'test');
  scan(30 * DAY, 'test');
  scan(30 * DAY, 'live');
  const beat = { pid: 1, wallAt: 0, cycles: 1, failures: 0, lastError: null, memoryMb: 1 };
  store.heartbeats.beat({ process: 'scanner', marketAt: 30 * DAY, ...beat });
  const week = readReport(store, 'test', 7);
  expect([week.scans, week.open, week.realisedPnl.toNumber()]).toEqual([1, 1, 0]);
  const all = readReport(store, 'test', null);
  expect([all.scans, all.open, all.realisedPnl.gt(0)]).toEqual([2, 1, true]);
});
