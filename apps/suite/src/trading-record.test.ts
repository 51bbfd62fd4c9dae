import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { statisticsOf } from '@mexc-bot/backtest';
import { DAY_MS, Decimal, HOUR_MS, toColumns, ZERO } from '@mexc-bot/core';
import { loadSettings } from '@mexc-bot/runtime';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aCandidate, anOpenPosition, anOrder, aScanRow, candlesFrom } from '../../../test/support/builders.ts';
import { aSale } from '../../../test/support/position-rig.ts';
import { readReport } from './report.ts';
import { importHistory, importText, writeReportFiles } from './report-files.ts';
import { reportTables } from './report-tables.ts';
import { readTradingRecord, storedPrices } from './trading-record.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'record-'));
  store = openStore(join(folder, 'bot.db'));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});
const settings = () => loadSettings({}, { root: folder });
const AT = 2 * HOUR_MS;

/** 10 bought at 1 two hours after the first candle, sold at 0.9 one hour later. */
function tradeOnce(): void {
  const trade = { mode: 'test', market: 'PEPEUSDT' } as const;
  store.scans.record(aScanRow({ at: AT - 30_000, regime: 'bearish' }), [
    aCandidate({
      decision: 'bought',
      reason: 'bought',
      positionId: 'p1',
      strategy: 'simple',
      price: 0.99,
      measures: { spread: 0.01 },
    }),
  ]);
  store.orders.intend(anOrder({ ...trade, clientOrderId: 'b', createdAt: AT }));
  store.orders.advance('b', 'accepted', { at: AT });
  const bought = { ...aSale('10', '1'), tradeId: 'x', clientOrderId: 'b', side: 'buy' as const, at: AT };
  store.orders.addFill({ ...bought, fee: new Decimal('0.005') });
  store.orders.advance('b', 'filled', { at: AT });
  const trigger = { price: new Decimal('0.91'), at: AT + HOUR_MS };
  store.orders.intend(
    anOrder({
      ...trade,
      clientOrderId: 's',
      side: 'sell',
      reason: 'stop_loss',
      entry: null,
      trigger,
      createdAt: AT + HOUR_MS,
    }),
  );
  store.orders.addFill({ ...aSale('10', '0.9'), clientOrderId: 's', at: AT + HOUR_MS });
  const { state: _, ...open } = anOpenPosition({ openedAt: AT, quantity: new Decimal(0), proceeds: new Decimal(9) });
  store.positions.save({
    ...open,
    state: 'closed',
    closedAt: AT + HOUR_MS,
    closeReason: 'stop_loss',
    dust: new Decimal(0),
  });
  for (const market of ['PEPEUSDT', 'BTCUSDT']) {
    const candles = candlesFrom(Array.from({ length: 40 }, (_, index) => 1 - index / 400));
    const range = { from: 0, until: 40 * 300_000 };
    store.candles.put(market, '5m', { range, candles: toColumns(candles), looks: 0 });
  }
}

it('the books are a record: trade, mood, slippage, equity and BTC', () => {
  tradeOnce();
  const record = readTradingRecord(store, settings(), 'test', null);
  expect(record.trades).toEqual([
    expect.objectContaining({
      market: 'PEPEUSDT',
      regime: 'bearish',
      decisionPrice: 0.99,
      pnl: expect.closeTo(-1.005, 12),
      slippage: expect.closeTo(0.1 + 0.1 + 0.005 * 9, 12),
    }),
  ]);
  expect(record.startEquity).toBe(1_000);
  expect(record.endEquity).toBeCloseTo(998.995, 9);
  expect(record.holdBtc).toBeLessThan(0);
  expect(readTradingRecord(store, settings(), 'live', null).trades).toEqual([]);
});

/** 1,000 at 1, worth 1.05 from the second hour on; the account had 1,000 when a buy was last considered, and trades that are over. */
function holdLive(lastAt: number | null): void {
  const position = { mode: 'live', market: 'PEPEUSDT', openedAt: AT, fees: ZERO } as const;
  const size = { bought: new Decimal(1_000), quantity: new Decimal(1_000), cost: new Decimal(1_000) };
  store.orders.intend(
    anOrder({ mode: 'live', clientOrderId: 'lb', positionId: 'held', createdAt: AT, quantity: size.quantity }),
  );
  store.orders.addFill({
    ...aSale('1000', '1'),
    ...{ mode: 'live', tradeId: 'l1', clientOrderId: 'lb', side: 'buy', at: AT, fee: ZERO },
  });
  store.positions.save(anOpenPosition({ ...position, ...size, id: 'held' }));
  const { state: _, ...closed } = anOpenPosition({ ...position, ...size, id: 'won', openedAt: 0, quantity: ZERO });
  const won = { ...closed, closedAt: HOUR_MS, closeReason: 'take_profit', dust: ZERO } as const;
  store.positions.save({ ...won, state: 'closed', proceeds: new Decimal(1_100) });
  const candles = toColumns(candlesFrom(Array.from({ length: 40 }, (_, index) => (index < 12 ? 1 : 1.05))));
  store.candles.put('PEPEUSDT', '5m', { range: { from: 0, until: 40 * 300_000 }, candles, looks: 0 });
  const equity = new Decimal(1_000);
  store.state.setHighWaterMark('live', { equity, at: AT, lastEquity: equity, lastAt }, 0);
}

it.each([AT + HOUR_MS, null])(
  'the live account began with what it had, less what is realised and what is not (%#)',
  (lastAt) => {
    holdLive(lastAt);
    const { startEquity, endEquity } = readTradingRecord(store, settings(), 'live', null);
    // 100 realised, 50 not
    expect(startEquity).toBeCloseTo(850, 9);
    expect(endEquity).toBeCloseTo(1_000, 9);
  },
);

it('what was opened before the days of a report is marked to the market at their start', () => {
  holdLive(AT + HOUR_MS);
  const beat = { process: 'scanner', pid: 1, wallAt: 0, cycles: 1, failures: 0, lastError: null, memoryMb: 1 };
  store.heartbeats.beat({ ...beat, marketAt: AT + HOUR_MS });
  const record = readTradingRecord(store, settings(), 'live', HOUR_MS / 2 / DAY_MS);
  expect(record.span.from).toBe(AT + HOUR_MS / 2);
  expect([record.startEquity, record.endEquity]).toEqual([expect.closeTo(1_000, 9), expect.closeTo(1_000, 9)]);
  expect(record.trades).toEqual([]);
  expect(record.held).toEqual([expect.objectContaining({ cost: 1_000, value: 1_050 })]);
});

it('knows a price inside a stored candle, and none outside of them', () => {
  tradeOnce();
  const priceAt = storedPrices(store);
  // the candle goes from 1 to 0.9975
  expect(priceAt('PEPEUSDT', 300_000)).toBeCloseTo(1, 12);
  expect(priceAt('PEPEUSDT', 300_000 + 150_000)).toBeCloseTo(0.99875, 12);
  expect(priceAt('PEPEUSDT', DAY_MS)).toBeNull();
});

it('writes a page with the candles of the trade, and a record that can be read again', () => {
  tradeOnce();
  const record = readTradingRecord(store, settings(), 'test', null);
  const files = { html: join(folder, 'new/report.html'), record: join(folder, 'record.json') };
  const tables = reportTables(store, 'test', readReport(store, 'test', null));
  expect(writeReportFiles(store, 'TEST report', record, statisticsOf(record), files, tables)).toHaveLength(2);
  const page = readFileSync(files.html, 'utf8');
  for (const part of ['How exits were executed', '1.10 %', 'tickers seen', 'stop loss']) expect(page).toContain(part);
  expect(page).toContain('1 trade brought −1.00 USDT after costs');
  expect(page).not.toContain('no candles are stored of this trade');
  expect(JSON.parse(readFileSync(files.record, 'utf8'))).toEqual(record);
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
});

it('refuses a file where none can be, and leaves nothing behind', () => {
  const record = readTradingRecord(store, settings(), 'test', null);
  writeFileSync(join(folder, 'in-the-way'), '');
  const html = join(folder, 'in-the-way/report.html');
  expect(() => writeReportFiles(store, 'x', record, statisticsOf(record), { html })).toThrow('cannot be written');
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
});

it('says what is held beside what the trades brought', () => {
  const path = join(folder, 'trade_history.json');
  const trade = { symbol: 'PEPE/USDT', strategy: 'simple' };
  writeFileSync(
    path,
    JSON.stringify([
      { ...trade, type: 'buy', price: 1, amount: 100, timestamp: 1_763_800_000 },
      { ...trade, type: 'sell', price: 0.5, amount: 90, timestamp: 1_763_803_600, reason: 'SL' },
    ]),
  );
  const imported = importHistory(path, undefined, undefined);
  const text = importText(imported, statisticsOf(imported.record));
  expect(text).toContain('1 trade brought −45.07 USDT');
  expect(text).toContain('1 position still held: −0.0050 USDT so far.');
});

it('reports the Python bot’s history, and refuses a broken one with its line', () => {
  const path = join(folder, 'trade_history.json');
  writeFileSync(
    path,
    JSON.stringify([
      { type: 'buy', symbol: 'PEPE/USDT', price: 1, amount: 10, timestamp: 1_763_800_000, strategy: 'simple' },
      { type: 'sell', symbol: 'PEPE/USDT', price: 1.1, amount: 10, timestamp: 1_763_803_600, reason: 'TP1' },
    ]),
  );
  const imported = importHistory(path, undefined, undefined);
  const text = importText(imported, statisticsOf(imported.record));
  expect(text).toContain('LIVE trades of the imported history: 1 trade brought +0.99 USDT');
  expect(text).toContain('2 entries make 1 closed (1 won, 0 lost), 0 still held');
  writeFileSync(path, '[{"type": "buy",\n "price": -1}]');
  expect(() => importHistory(path, undefined, undefined)).toThrow(
    'trade_history.json, line 1: price is -1, must be a number above 0',
  );
  expect(() => importHistory(join(folder, 'none.json'), undefined, undefined)).toThrow('none.json cannot be read');
});
