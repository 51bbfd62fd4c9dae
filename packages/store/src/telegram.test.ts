import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClosedPosition, DAY_MS, Decimal } from '@mexc-bot/core';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anOpenPosition } from '../../../test/support/builders.ts';
import { type AlertRow, type Days, openStore, type Store } from './index.ts';

let folder: string;
let path: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-telegram-'));
  path = join(folder, 'bot.db');
  store = openStore(path);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const CHAT = 7;
const anAlert = (over: Partial<AlertRow> = {}): AlertRow => ({
  mode: 'test',
  at: 1,
  wallAt: 1,
  source: 'tracker',
  rank: 'notice',
  kind: 'coins_gone',
  detail: {},
  ...over,
});
const pendingIds = (chat = CHAT) => store.outbox.pending(chat).map(({ id }) => id);

describe('the outbox of a chat', () => {
  it('holds what happened since the chat was first seen, until it is settled there', () => {
    store.alerts.add(anAlert());
    store.outbox.chat(CHAT);
    store.outbox.chat(8);
    expect(pendingIds()).toEqual([]);
    for (let i = 0; i < 4; i++) store.alerts.add(anAlert());
    expect(pendingIds()).toEqual([2, 3, 4, 5]);
    store.outbox.settle(CHAT, [3, 5], 'delivered', 10);
    expect(pendingIds()).toEqual([2, 4]);
    store.outbox.settle(CHAT, [2], 'skipped', 10);
    expect(pendingIds()).toEqual([4]);
    store.outbox.settle(CHAT, [4], 'refused', 10);
    expect(pendingIds()).toEqual([]);
    store.outbox.chat(CHAT);
    expect(pendingIds(8)).toEqual([2, 3, 4, 5]);
  });

  it('counts attempts, and keeps nothing of what is settled', () => {
    store.outbox.chat(CHAT);
    store.alerts.add(anAlert());
    store.outbox.trying(CHAT, [1], 50);
    store.outbox.trying(CHAT, [1], 90);
    expect(store.outbox.pending(CHAT)[0]).toMatchObject({ attempts: 2, dueWallAt: 90 });
    store.outbox.settle(CHAT, [1], 'delivered', 100);
    const db = new BetterSqlite3(path);
    expect(db.prepare('SELECT count(*) FROM alert_delivery').pluck().get()).toBe(0);
    expect(db.prepare('SELECT delivered_at FROM alert').pluck().get()).toBe(100);
    db.close();
  });

  it('never gives the id of a deleted alert to a new one', () => {
    store.outbox.chat(CHAT);
    store.alerts.add(anAlert());
    store.outbox.settle(CHAT, [1], 'delivered', 1);
    const db = new BetterSqlite3(path);
    db.exec('DELETE FROM alert');
    db.close();
    store.alerts.add(anAlert());
    expect(pendingIds()).toEqual([2]);
  });

  it('remembers a pause and the last message over a restart', () => {
    store.outbox.chat(CHAT);
    store.outbox.pause(CHAT, 500);
    store.outbox.sent(CHAT, 400);
    store.close();
    store = openStore(path);
    expect(store.outbox.chat(CHAT)).toEqual({ sentWallAt: 400, pausedWallAt: 500 });
  });
});

describe('a request', () => {
  const sell = { kind: 'sell', market: 'PEPEUSDT', mode: 'test', by: 'telegram 1', wallAt: 5 } as const;

  it('given twice while it waits is one; afterwards it is another', () => {
    const id = store.requests.add(sell);
    expect(store.requests.add({ ...sell, wallAt: 6 })).toBe(id);
    expect(store.requests.add({ ...sell, mode: null })).not.toBe(id);
    store.requests.done(id, { code: 'selling', markets: ['PEPEUSDT'] }, 7);
    expect(store.requests.add(sell)).not.toBe(id);
  });

  it('given again while it waits is as fresh as the last time it was given', () => {
    const id = store.requests.add(sell);
    store.requests.add({ ...sell, by: 'command line', wallAt: 600_005 });
    expect(store.requests.get(id)).toMatchObject({ by: 'command line', wallAt: 600_005 });
  });

  it('is done once, and then tells its result', () => {
    const id = store.requests.add(sell);
    expect(store.requests.next()).toMatchObject({ ...sell, id, result: null });
    store.requests.done(id, { code: 'nothing_to_sell', markets: [] }, 7);
    expect(() => store.requests.done(id, { code: 'selling', markets: [] }, 8)).toThrow(/not waiting/);
    expect(store.requests.next()).toBeUndefined();
    expect(store.requests.get(id)?.result).toEqual({ code: 'nothing_to_sell', markets: [] });
  });
});

it('cards go with their position; final ones are no longer live', () => {
  const card = { positionId: 'p1', chat: CHAT, messageId: 3, shown: 'a', wallAt: 1, final: false };
  store.positions.save(anOpenPosition());
  store.cards.save(card);
  expect(store.cards.live(CHAT)).toEqual([card]);
  store.cards.save({ ...card, shown: 'b', final: true });
  expect(store.cards.live(CHAT)).toEqual([]);
  expect(store.cards.get('p1', CHAT)?.shown).toBe('b');
  const db = new BetterSqlite3(path);
  db.pragma('foreign_keys = ON');
  db.exec('DELETE FROM position');
  db.close();
  expect(store.cards.get('p1', CHAT)).toBeUndefined();
});

it('the audit lists the newest command first', () => {
  const row = { wallAt: 1, userId: 2, chatId: 3, command: 'pause', args: '', outcome: 'paused' };
  store.audit.add(row);
  store.audit.add({ ...row, wallAt: 2, command: 'resume' });
  expect(store.audit.recent(5).map(({ command }) => command)).toEqual(['resume', 'pause']);
});

describe('the daily summary', () => {
  const closed = (id: string, closedAt: number, proceeds: number): ClosedPosition => ({
    ...anOpenPosition({ id, market: `${id}USDT`, proceeds: new Decimal(proceeds), fees: new Decimal(0) }),
    state: 'closed',
    closedAt,
    closeReason: 'stop_loss',
    dust: new Decimal(0),
  });
  const daysFrom = (today: number, zone = 'UTC', offset = 0): Days => ({
    zone,
    dayOf: (at) => new Date(at + offset).toISOString().slice(0, 10),
    todayFrom: today * DAY_MS - offset,
  });
  const figures = (days: Days, from = '1970-01-01') =>
    store.dailySummary.of('test', from, days).map(({ day, closed: n, wins, pnl }) => [day, n, wins, pnl.toNumber()]);

  it('counts finished days once and today as it goes', () => {
    store.positions.save(closed('A', DAY_MS + 1, 12));
    store.positions.save(closed('B', DAY_MS + 2, 9));
    store.positions.save(closed('C', 2 * DAY_MS, 11));
    const first = [
      ['1970-01-02', 2, 1, 1],
      ['1970-01-03', 1, 1, 1],
    ];
    expect(figures(daysFrom(2))).toEqual(first);
    expect(figures(daysFrom(3))).toEqual(first);
    store.positions.save(closed('D', 3 * DAY_MS + 5, 8));
    expect(figures(daysFrom(3))).toEqual([...first, ['1970-01-04', 1, 0, -2]]);
    expect(figures(daysFrom(9), '1970-01-04')).toEqual([['1970-01-04', 1, 0, -2]]);
  });

  it('counts anew where a position that closed on a finished day is corrected, and keeps the days otherwise', () => {
    store.positions.save(closed('A', DAY_MS + 1, 15));
    expect(figures(daysFrom(3))).toEqual([['1970-01-02', 1, 1, 5]]);
    store.positions.save(closed('A', DAY_MS + 1, 12));
    expect(figures(daysFrom(3))).toEqual([['1970-01-02', 1, 1, 2]]);
    const db = new BetterSqlite3(path);
    const counted = () => db.prepare('SELECT count(*) FROM daily_counted').pluck().get();
    store.positions.save(closed('A', DAY_MS + 1, 12));
    store.positions.save(closed('B', 3 * DAY_MS + 1, 12));
    expect(counted()).toBe(1);
    db.close();
  });

  it('results of closed positions come oldest first, from a time on', () => {
    store.positions.save(closed('A', 20, 12));
    store.positions.save(closed('B', 10, 9.5));
    store.positions.save(closed('C', 5, 1));
    expect(store.positions.results('test', 10)).toEqual([
      { closedAt: 10, pnl: -0.5 },
      { closedAt: 20, pnl: 2 },
    ]);
    expect(store.positions.results('live', 0)).toEqual([]);
  });

  it('counts anew in another time zone, and after positions were deleted', () => {
    store.positions.save(closed('A', DAY_MS - 1, 12));
    expect(figures(daysFrom(4))).toEqual([['1970-01-01', 1, 1, 2]]);
    expect(figures(daysFrom(4, 'Europe/Riga', 7_200_000))).toEqual([['1970-01-02', 1, 1, 2]]);
    const db = new BetterSqlite3(path);
    db.exec('DELETE FROM position');
    db.close();
    store.dailySummary.forget('test');
    expect(figures(daysFrom(4))).toEqual([]);
  });
});
