import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Mode, openScan } from '@mexc-bot/core';
import { encodeInputs } from '@mexc-bot/execution';
import { openStore } from '@mexc-bot/store';
import { expect, it } from 'vitest';
import { aScanRow } from '../../../test/support/builders.ts';
import { someRulesOfDecision } from '../../../test/support/decision-rules.ts';
import { recordedScans } from './recorded-run.ts';

const START = Date.UTC(2026, 0, 5);
const MINUTE = 60_000;

it('scans of a mode come back as they were decided, in the order of time', () => {
  const root = mkdtempSync(join(tmpdir(), 'scans-'));
  const store = openStore(join(root, 'bot.db'));
  try {
    const record = (at: number, mode: Mode): void => {
      const tickers = [{ market: 'PEPEUSDT', last: 1, bid: 0.999, ask: 1.001, quoteVolume: 500_000, change: 0.05 }];
      const rejected = new Map([['SHUTUSDT', 'not_online']]);
      const universeVerdict = (market: string) => rejected.get(market) ?? null;
      const moment = { mode, at, tickers, universeVerdict, regimeBefore: null, btc: null };
      const { terms } = openScan(moment, someRulesOfDecision);
      const universe = { tradable: new Set(['PEPEUSDT']), rejected };
      const inputs = encodeInputs({ moment, universe, rules: someRulesOfDecision, terms, tokens: [] });
      store.scans.record(aScanRow({ at, mode }), [], inputs);
    };
    expect(recordedScans(store, 'test').keptFrom).toBeNull();
    for (let minute = 0; minute < 12; minute++) record(START + minute * MINUTE, minute === 7 ? 'live' : 'test');

    const scans = recordedScans(store, 'test');
    expect(scans.keptFrom).toBe(START);
    const times = (from: number, until: number) =>
      scans.between(START + from * MINUTE, START + until * MINUTE).map(({ at }) => (at - START) / MINUTE);
    expect(times(5, 10)).toEqual([5, 6, 8, 9]);
    expect(times(10, 99)).toEqual([10, 11]);
    const [scan] = scans.between(START, START + 1);
    expect(scan?.tickers.get('PEPEUSDT')?.change).toBe(0.05);
    expect(scan?.rejected.get('SHUTUSDT')).toBe('not_online');
    expect(scan?.opening.ranks.get('PEPEUSDT')).toBe(1);
  } finally {
    store.close();
    rmSync(root, { recursive: true });
  }
});
