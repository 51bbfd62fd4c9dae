import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { BudgetRefused, REQUEST_LIMITS, type RequestCost, type RequestPriority } from '@mexc-bot/core';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRequestBudget } from './request-budget.ts';
import { type BudgetLedger, createMemoryBudgetLedger, openBudgetLedger } from './request-budget-ledger.ts';

const ORDER: RequestCost = { orders: 1, weight: 1 };
const READ: RequestCost = { orders: 0, weight: 1 };

interface Sent extends RequestCost {
  readonly at: number;
  readonly priority: RequestPriority;
  readonly waitedMs: number;
}

/** The largest sum over any window of `windowMs`. */
function worst(sent: readonly Sent[], windowMs: number, of: (one: Sent) => number): number {
  const rows = sent.toSorted((a, b) => a.at - b.at);
  let [sum, first, largest] = [0, 0, 0];
  for (const row of rows) {
    sum += of(row);
    while (row.at - rows[first]!.at >= windowMs) sum -= of(rows[first++]!);
    largest = Math.max(largest, sum);
  }
  return largest;
}

function expectWithinLimits(sent: readonly Sent[], speed = 1): void {
  const { requests, orders, weight } = REQUEST_LIMITS;
  expect(worst(sent, requests.windowMs / speed, () => 1)).toBeLessThanOrEqual(requests.amount);
  expect(worst(sent, orders.windowMs / speed, (one) => one.orders)).toBeLessThanOrEqual(orders.amount);
  expect(worst(sent, weight.windowMs / speed, (one) => one.weight)).toBeLessThanOrEqual(weight.amount);
}

let folder: string;
const ledgers: BudgetLedger[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'budget-'));
});
afterEach(() => {
  vi.useRealTimers();
  for (const ledger of ledgers.splice(0)) ledger.close();
  rmSync(folder, { recursive: true, force: true });
});

const quiet = { warn: () => undefined };

function clockOf(speed: number) {
  return {
    wallNow: () => Date.now(),
    speed: () => speed,
    sleepWall: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        setTimeout(resolve, ms);
        signal?.addEventListener('abort', () => resolve(), { once: true });
      }),
  };
}

/** A process's worth of budget on the shared file; what it lets out is written down. */
function aProcess(sent: Sent[] = [], { speed = 1, ledger = fileLedger() } = {}) {
  const budget = createRequestBudget({ ledger, clock: clockOf(speed), exitReserve: 0.3 });
  const send = async (priority: RequestPriority, cost: RequestCost = READ, signal?: AbortSignal) => {
    const from = Date.now();
    await budget.acquire(cost, priority, signal);
    sent.push({ ...cost, priority, at: Date.now(), waitedMs: Date.now() - from });
  };
  return { budget, send };
}

function fileLedger(): BudgetLedger {
  const ledger = openBudgetLedger(join(folder, 'budget.db'), quiet);
  ledgers.push(ledger);
  return ledger;
}

const waitsOf = (sent: readonly Sent[], priority: RequestPriority) =>
  sent.filter((one) => one.priority === priority).map(({ waitedMs }) => waitedMs);

describe('two processes on one file', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }));

  it.each([1, 20])('never exceed a limit over any window, at market speed %i', async (speed) => {
    const sent: Sent[] = [];
    const processes = [aProcess(sent, { speed }), aProcess(sent, { speed })];
    const all: Promise<void>[] = [];
    for (let n = 0; n < 120; n++) {
      const { send } = processes[n % 2]!;
      all.push(send('data', { orders: 0, weight: n % 10 === 0 ? 40 : 1 }));
      if (n % 3 === 0) all.push(send('exit', n % 2 === 0 ? ORDER : { orders: 0, weight: 10 }));
      if (n % 10 === 0) all.push(send('entry', ORDER));
    }
    const settled = Promise.allSettled(all);
    await vi.advanceTimersByTimeAsync(120_000);
    const refused = (await settled).filter((one) => one.status === 'rejected');
    for (const { reason } of refused) expect(reason).toBeInstanceOf(BudgetRefused);
    expect(sent.length + refused.length).toBe(all.length);
    expect(sent.length).toBeGreaterThan(100);
    expectWithinLimits(sent, speed);
  });

  it('exits get through a storm of data at once, a burst of them within two windows', async () => {
    const sent: Sent[] = [];
    const [storm, guard] = [aProcess(sent), aProcess(sent)];
    const data = Promise.allSettled(Array.from({ length: 300 }, () => storm.send('data')));
    await vi.advanceTimersByTimeAsync(3_500);
    await guard.send('exit', ORDER);
    expect(waitsOf(sent, 'exit')).toEqual([0]);
    const burst = Promise.all(Array.from({ length: 24 }, () => guard.send('exit', ORDER)));
    await vi.advanceTimersByTimeAsync(60_000);
    await burst;
    await data;
    expect(Math.max(...waitsOf(sent, 'exit'))).toBeLessThanOrEqual(2_200);
    expectWithinLimits(sent);
  });

  it('share what is left fairly', async () => {
    const counts = [0, 0];
    for (const [index, { send }] of [aProcess(), aProcess()].entries()) {
      for (let n = 0; n < 200; n++)
        send('data').then(
          () => counts[index]!++,
          () => undefined,
        ); // prettier-ignore
    }
    await vi.advanceTimersByTimeAsync(10_000);
    expect(counts[0]! + counts[1]!).toBeGreaterThan(100);
    expect(Math.abs(counts[0]! - counts[1]!)).toBeLessThan(0.1 * (counts[0]! + counts[1]!));
    await vi.advanceTimersByTimeAsync(60_000);
  });

  it('data gets its turn beside a stream of entries', async () => {
    const sent: Sent[] = [];
    const [trader, reader] = [aProcess(sent), aProcess(sent)];
    for (let n = 0; n < 2_000; n++) {
      setTimeout(() => trader.send('entry').catch(() => undefined), n * 20);
    }
    await vi.advanceTimersByTimeAsync(2_000);
    const read = reader.send('data');
    await vi.advanceTimersByTimeAsync(8_000);
    await read;
    expect(waitsOf(sent, 'data')[0]).toBeLessThan(7_000);
    await vi.advanceTimersByTimeAsync(60_000);
  });

  it('obey Retry-After together: nothing leaves before it but one exit order a second', async () => {
    const sent: Sent[] = [];
    const [scanner, tracker] = [aProcess(sent), aProcess(sent)];
    const from = Date.now();
    expect(scanner.budget.penalise({ kind: 'rate_limited', retryAfterMs: 7_000 })).toBe(7_000);
    const reads = Promise.all(Array.from({ length: 5 }, () => scanner.send('data')));
    await expect(tracker.send('exit')).rejects.toMatchObject({ name: 'BudgetRefused', retryAfterMs: 7_000 });
    await expect(tracker.send('entry', ORDER)).rejects.toThrow(BudgetRefused);
    const orders = Promise.allSettled(Array.from({ length: 6 }, () => tracker.send('exit', ORDER)));
    await vi.advanceTimersByTimeAsync(6_999);
    await orders;
    expect(sent.map(({ at }) => at - from)).toEqual([1_000, 2_000, 3_000, 4_000]);
    expect(sent.every(({ priority, orders }) => priority === 'exit' && orders === 1)).toBe(true);
    await vi.advanceTimersByTimeAsync(10);
    await reads;
    expect(waitsOf(sent, 'data')).toEqual(Array.from({ length: 5 }, () => 7_000));
  });

  it('a ban lets no exit order through', async () => {
    const [scanner, tracker] = [aProcess(), aProcess()];
    scanner.budget.penalise({ kind: 'banned', retryAfterMs: 600_000 });
    await expect(tracker.send('exit', ORDER)).rejects.toMatchObject({ retryAfterMs: 600_000 });
    await vi.advanceTimersByTimeAsync(600_000);
    await tracker.send('exit', ORDER);
  });

  it('a wait ends with its signal and leaves no place behind', async () => {
    const { send } = aProcess();
    await Promise.all(Array.from({ length: 12 }, () => send('exit', ORDER)));
    const stop = new AbortController();
    const waiting = send('exit', ORDER, stop.signal);
    const ended = expect(waiting).rejects.toThrow('closed');
    await vi.advanceTimersByTimeAsync(10);
    stop.abort(new Error('closed'));
    await ended;
    await vi.advanceTimersByTimeAsync(1_100);
    await Promise.all(Array.from({ length: 12 }, () => send('exit', ORDER)));
  });
});

describe('the file', () => {
  it.each([
    ['is no database', 'not a database, but long enough to be looked at as if it were one'.repeat(40)],
    ['is empty', ''],
  ])('that %s is made anew', async (_, content) => {
    writeFileSync(join(folder, 'budget.db'), content);
    await aProcess().send('exit');
    expect(readFileSync(join(folder, 'budget.db')).subarray(0, 15).toString()).toBe('SQLite format 3');
  });

  it('damaged under the processes stops none of them, and is made anew by the next', async () => {
    const { send } = aProcess();
    for (let n = 0; n < 5; n++) await send('exit');
    const path = join(folder, 'budget.db');
    writeFileSync(`${path}-wal`, '');
    writeFileSync(path, Buffer.alloc(readFileSync(path).length, 7), { flag: 'r+' });
    for (let n = 0; n < 3; n++) await send('exit');
    await aProcess().send('exit');
    await send('exit');
    expect(readFileSync(path).subarray(0, 15).toString()).toBe('SQLite format 3');
  });

  it('deleted under the processes is made anew, and they count together again', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const [one, other] = [aProcess(), aProcess()];
    await Promise.all([one.send('exit'), other.send('exit')]);
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, `budget.db${suffix}`), { force: true });
    for (let n = 0; n < 6; n++) await Promise.all([one.send('exit', ORDER), other.send('exit', ORDER)]);
    one.budget.penalise({ kind: 'banned', retryAfterMs: 60_000 });
    await expect(other.send('exit', ORDER)).rejects.toThrow(BudgetRefused);
  });

  it('that another process holds locked costs no refusal by the exchange, neither an old one nor one that came meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const [one, other] = [aProcess(), aProcess()];
    await Promise.all([one.send('exit'), other.send('exit')]);
    one.budget.penalise({ kind: 'banned', retryAfterMs: 60_000 });
    await expect(one.send('entry')).rejects.toThrow(BudgetRefused);
    const holder = new BetterSqlite3(join(folder, 'budget.db'));
    holder.exec('BEGIN IMMEDIATE');
    await expect(one.send('entry')).rejects.toThrow(BudgetRefused);
    one.budget.penalise({ kind: 'banned', retryAfterMs: 600_000 });
    holder.exec('ROLLBACK');
    holder.close();
    vi.setSystemTime(Date.now() + 61_000);
    await expect(one.send('entry')).rejects.toThrow(BudgetRefused);
    await expect(other.send('entry')).rejects.toThrow(BudgetRefused);
  });

  it('that cannot be had leaves each process counting by itself, and says so', async () => {
    writeFileSync(join(folder, 'occupied'), '');
    const warnings: string[] = [];
    const ledger = openBudgetLedger(join(folder, 'occupied', 'budget.db'), { warn: (line) => warnings.push(line) });
    const { send } = aProcess([], { ledger });
    for (let n = 0; n < 12; n++) await send('exit', ORDER);
    expect(warnings).toHaveLength(1);
  });
});

it('in memory, several budgets may share one ledger', async () => {
  const ledger = createMemoryBudgetLedger();
  const [one, other] = [aProcess([], { ledger }), aProcess([], { ledger })];
  one.budget.penalise({ kind: 'banned', retryAfterMs: 60_000 });
  await expect(other.send('exit')).rejects.toThrow(BudgetRefused);
});

const CHILD = `
  const { createRequestBudget, openBudgetLedger } = await import(process.argv[1]);
  const clock = {
    wallNow: () => Date.now(),
    speed: () => 1,
    sleepWall: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
  const ledger = openBudgetLedger(process.argv[2], { warn: (line, { error }) => { throw error; } });
  const budget = createRequestBudget({ ledger, clock, exitReserve: 0.3 });
  const sent = [];
  const send = async (priority, cost) => {
    const from = Date.now();
    await budget.acquire(cost, priority);
    sent.push({ ...cost, priority, at: Date.now(), waitedMs: Date.now() - from });
  };
  const until = Date.now() + 3_000;
  const storm = async () => { while (Date.now() < until) await send('data', { orders: 0, weight: 1 }); };
  const exits = async () => {
    while (Date.now() < until) {
      await send('exit', { orders: 1, weight: 1 });
      await clock.sleepWall(250);
    }
  };
  await Promise.all([storm(), storm(), storm(), exits()]);
  console.log(JSON.stringify(sent));
`;

it('three real processes never exceed a limit together, and their exits wait for less than half a second', async () => {
  const source = new URL('./index.ts', import.meta.url).href;
  const children = Array.from({ length: 3 }, () =>
    spawn(
      process.execPath,
      ['--conditions=source', '--input-type=module', '-e', CHILD, source, join(folder, 'budget.db')],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    ),
  );
  const outputs = await Promise.all(children.map((child) => text(child.stdout)));
  const sent = outputs.flatMap((output) => JSON.parse(output) as Sent[]);
  expectWithinLimits(sent);
  const exits = waitsOf(sent, 'exit');
  expect(exits.length).toBeGreaterThan(25);
  expect(Math.max(...exits)).toBeLessThan(500);
  expect(waitsOf(sent, 'data').length).toBeGreaterThan(5);
});
