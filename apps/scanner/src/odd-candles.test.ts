import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Candle, Decimal } from '@mexc-bot/core';
import { QueryFailed } from '@mexc-bot/exchange';
import { LAST_SCAN } from '@mexc-bot/execution';
import { FEATURE_SET } from '@mexc-bot/models';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aMarket, candlesFrom, someRules } from '../../../test/support/builders.ts';
import { aScannerOf } from '../../../test/support/scan-rig.ts';
import { replayScan } from './replay.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'odd-candles-'));
  store = openStore(join(folder, 'bot.db'));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** As long as the rig's own, so that the last one has just closed. */
const LENGTH = 93;
const series = (price: (i: number) => number, volume: (i: number) => number = () => 100): readonly Candle[] =>
  candlesFrom(
    Array.from({ length: LENGTH }, (_, i) => price(i)),
    Array.from({ length: LENGTH }, (_, i) => volume(i)),
  );
const choppy = (i: number): number => (i % 2 === 0 ? 1 : 0.97);
const RISE = [1, 1.015, 1.03];
const rising = (i: number): number => (i < LENGTH - 3 ? choppy(i) : RISE[i - LENGTH + 3]!);

const TINY_RULES = someRules({ tickSize: new Decimal('1e-13'), stepSize: new Decimal(1) });

/** name, candles, the reason it ends with */
const ODD: readonly (readonly [string, readonly Candle[], string])[] = [
  ['NONE', [], 'candles_unavailable'],
  ['FEW', series(rising).slice(-20), 'too_few_candles'],
  ['ONE', series(rising).slice(-1), 'too_few_candles'],
  ['OLD', series(rising).slice(0, -10), 'candles_stale'],
  ['FLAT', series(() => 1), 'no_pattern'],
  ['DEAD', series(choppy, () => 0), 'no_pattern'],
  [
    'DEADFLAT',
    series(
      () => 1,
      () => 0,
    ),
    'no_pattern',
  ],
  // volume from nothing has no ratio: what is not a number makes no market safe, and is kept as unknown
  ['WOKEN', series(rising, (i) => (i === LENGTH - 1 ? 50 : 0)), 'bought'],
  ['TINY', series((i) => rising(i) * 1e-9), 'bought'],
  ['HOLED', series(rising).filter((_, i) => i < 40 || i > 44), 'bought'],
  ['SILENT', series(rising, () => 0), 'bought'],
];

it('markets with odd candles each end with a reason, a row and finite measures, and the one beside them is bought', async () => {
  const { scan, list, market, marketData } = aScannerOf(store, folder);
  list('GOODUSDT', 0.03);
  for (const [name, candles] of ODD) {
    const id = `${name}USDT`;
    const last = candles.at(-1)?.close ?? 1;
    list(id, 0);
    market.candles.set(id, candles);
    market.bids.set(id, last);
    Object.assign(market.tickers.at(-1)!, { last, bid: last * 0.9995, ask: last * 1.0005 });
    if (name === 'TINY') market.markets[market.markets.length - 1] = aMarket({ id, rules: TINY_RULES });
  }
  const answer = marketData.candles;
  marketData.candles = (id, ...rest) =>
    id === 'NONEUSDT'
      ? Promise.reject(new QueryFailed('malformed', `5m candles of ${id}: the answer makes no sense`))
      : answer(id, ...rest);

  const { scan: row, decisions } = await scan();
  const reasons = Object.fromEntries(decisions.map(({ market: id, reason }) => [id, reason]));
  expect(reasons).toEqual({
    GOODUSDT: 'bought',
    ...Object.fromEntries(ODD.map(([name, , reason]) => [`${name}USDT`, reason])),
  });
  expect(Object.values(row.funnel).reduce((sum, count) => sum + count, 0)).toBe(row.seen);

  for (const { market: id, measures, features, reason } of store.candidates.page({ after: 0, limit: 99 })) {
    for (const value of Object.values(measures)) expect(value === null || Number.isFinite(value)).toBe(true);
    if (reason === 'candles_unavailable') expect(features).toBeNull();
    else expect([id, features?.length]).toEqual([id, FEATURE_SET.names.length]);
    for (const value of features ?? []) expect(Math.abs(value)).not.toBe(Number.POSITIVE_INFINITY);
  }
  expect(replayScan(store, LAST_SCAN)).toMatchObject({ tokens: ODD.length + 1, differences: [] });
});

it('a market of which the exchange knows no volume is rejected by name, and counted', async () => {
  const { scan, list, market } = aScannerOf(store, folder);
  for (const id of ['NULLUSDT', 'ZEROUSDT', 'STILLUSDT', 'GOODUSDT']) list(id, 0.03);
  Object.assign(market.tickers[0]!, { quoteVolume: null });
  Object.assign(market.tickers[1]!, { quoteVolume: 0 });
  Object.assign(market.tickers[2]!, { change: null });
  expect((await scan()).scan.funnel).toEqual({ no_volume: 1, volume_below_floor: 1, no_change: 1, bought: 1 });
});
