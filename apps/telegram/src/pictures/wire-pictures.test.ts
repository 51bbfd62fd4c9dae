import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Picture } from '@mexc-bot/charts';
import { Decimal, toColumns } from '@mexc-bot/core';
import { loadSettings } from '@mexc-bot/runtime';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { anOpenPosition, anOrder, candlesFrom } from '../../../../test/support/builders.ts';
import { silentLog } from '../../../../test/support/silent-log.ts';
import { createLocalTime } from '../digest/local-time.ts';
import { zoneByIntl } from '../digest/zone.ts';
import { layOut } from './drawing.ts';
import { createPictures } from './wire-pictures.ts';

const M5 = 300_000;
let folder: string;
let store: Store;
let painted: Picture[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pictures-'));
  store = openStore(join(folder, 'bot.db'));
  painted = [];
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

const pictures = (fault?: Error) =>
  createPictures({
    store,
    painter: {
      png: (drawing) => {
        if (fault !== undefined) return Promise.reject(fault);
        painted.push(layOut(drawing));
        return Promise.resolve(new Uint8Array([1]));
      },
    },
    settings: loadSettings({}, { root: folder }),
    bids: () => Promise.resolve(new Map([['PEPEUSDT', new Decimal('1.02')]])),
    marketNow: () => 100 * M5,
    time: createLocalTime(zoneByIntl('UTC')),
    log: silentLog,
  });
const putCandles = () =>
  store.candles.put('PEPEUSDT', '5m', {
    range: { from: 0, until: 100 * M5 },
    candles: toColumns(candlesFrom(Array.from({ length: 100 }, (_, i) => 1 + i / 2_000))),
    looks: 1,
  });
const labelled = (role: string) =>
  painted[0]!.primitives.flatMap((shape) =>
    'role' in shape && shape.role === role && 'value' in shape ? [shape.value] : [],
  );

it('draws a trade with the levels, the stop and the fills that the books hold', async () => {
  putCandles();
  store.positions.save(anOpenPosition({ openedAt: 60 * M5 }));
  store.orders.intend(anOrder({ createdAt: 60 * M5 }));
  store.orders.addFill({
    tradeId: 't1',
    clientOrderId: 'mb_1',
    mode: 'test',
    market: 'PEPEUSDT',
    side: 'buy',
    price: new Decimal('1'),
    quantity: new Decimal('10'),
    fee: new Decimal('0.005'),
    feeAsset: 'USDT',
    at: 60 * M5,
  });
  expect(await pictures().candleChart('p1')).not.toBeNull();
  expect(labelled('level')).toEqual(expect.arrayContaining([1, 0.975, 1.03, 1.06, 1.09]));
  expect(labelled('mark')).toEqual([1]);
});

it('has no picture of a trade without candles, nor of one that never was', async () => {
  store.positions.save(anOpenPosition({ openedAt: 60 * M5 }));
  expect(await pictures().candleChart('p1')).toBeNull();
  expect(await pictures().candleChart('p2')).toBeNull();
});

it('has no equity curve before the first trade is closed, and one after', async () => {
  expect(await pictures().equity('test')).toBeNull();
  const { state: _, ...open } = anOpenPosition({ proceeds: new Decimal(12), quantity: new Decimal(0) });
  store.positions.save({
    ...open,
    state: 'closed',
    closedAt: 90 * M5,
    closeReason: 'take_profit',
    dust: new Decimal(0),
  });
  expect(await pictures().equity('test')).not.toBeNull();
  expect(JSON.stringify(painted[0])).toContain('+2.00 USDT');
});

it('draws what was earned since a time, from the equity of that time', async () => {
  const { state: _, ...open } = anOpenPosition({ quantity: new Decimal(0), fees: new Decimal(0) });
  const rest = { state: 'closed', closeReason: 'take_profit', dust: new Decimal(0) } as const;
  const earning = [
    [10, 12],
    [50, 13],
    [90, 9],
  ] as const;
  for (const [at, proceeds] of earning)
    store.positions.save({ ...open, ...rest, id: `p${at}`, proceeds: new Decimal(proceeds), closedAt: at * M5 });
  const { balanceUsdt } = loadSettings({}, { root: folder }).paper;
  expect(await pictures().equity('test', 40 * M5)).not.toBeNull();
  expect(labelled('level')).toEqual([balanceUsdt + 2]);
  expect(labelled('curve')).toEqual([balanceUsdt + 4]);
  expect(JSON.stringify(painted[0])).toContain('TEST · 2 trades closed');
  expect(await pictures().equity('test', 95 * M5)).toBeNull();
});

it('draws each of the days asked for, and nothing where none had a trade', async () => {
  const pnl = new Decimal('1.5');
  const row = { strategy: 'simple', closed: 1, wins: 1, fees: pnl, cost: pnl, best: pnl, worst: pnl, pnl } as const;
  const days = ['2026-11-20', '2026-11-21'];
  expect(await pictures().daily('test', [], days)).toBeNull();
  expect(await pictures().daily('test', [{ ...row, day: '2026-11-21' }], days)).not.toBeNull();
  expect(labelled('bar')).toEqual([0, 1.5]);
});

it('has none where the painter does not run: the text goes alone', async () => {
  putCandles();
  const { state: _, ...open } = anOpenPosition({ quantity: new Decimal(0) });
  store.positions.save({
    ...open,
    state: 'closed',
    closedAt: 90 * M5,
    closeReason: 'take_profit',
    dust: new Decimal(0),
  });
  store.positions.save(anOpenPosition({ id: 'p2', openedAt: 60 * M5 }));
  const pnl = new Decimal('1.5');
  const row = { strategy: 'simple', closed: 1, wins: 1, fees: pnl, cost: pnl, best: pnl, worst: pnl, pnl } as const;
  const broken = pictures(new Error('the painter did not start'));
  expect(await broken.equity('test')).toBeNull();
  expect(await broken.daily('test', [{ ...row, day: '2026-11-21' }], ['2026-11-21'])).toBeNull();
  expect(await broken.candleChart('p2')).toBeNull();
});
