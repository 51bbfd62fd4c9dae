import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock, loadSettings, type ProcessRow } from '@mexc-bot/runtime';
import { type Heartbeat, openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anOpenPosition } from '../../../../test/support/builders.ts';
import { silentLog } from '../../../../test/support/silent-log.ts';
import { createWatch, watchedWorkers } from './watch.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watch-'));
  store = openStore(join(folder, 'bot.db'));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function aWatch() {
  const clock = createManualClock(1_000_000_000);
  const pm2 = {
    status: 'online' as ProcessRow['status'] | null,
    restarts: [] as number[],
    starts: 0,
    asked: 0,
    broken: false,
  };
  const watch = createWatch({
    store,
    clock,
    log: silentLog,
    settings: { trackerSeconds: 30, silentCycles: 5, failedCycles: 3 },
    workers: watchedWorkers(loadSettings({}, { root: folder })).filter(({ name }) => name === 'scanner'),
    restart: async () => {
      pm2.restarts.push(clock.wallNow());
      if (pm2.broken) throw new Error('no daemon');
    },
    start: async () => {
      pm2.starts += 1;
    },
    statusOf: async () => {
      pm2.asked += 1;
      return pm2.status;
    },
  });
  const beat = (process: string, over: Partial<Heartbeat> = {}) =>
    store.heartbeats.beat({
      process,
      pid: 1,
      wallAt: clock.wallNow(),
      marketAt: 0,
      cycles: 1,
      failures: 0,
      lastError: null,
      memoryMb: 50,
      ...over,
    });
  /** Looks every five seconds; the processes named beat meanwhile. */
  const pass = async (seconds: number, ...alive: string[]) => {
    for (let second = 0; second < seconds; second += 5) {
      await clock.advance(5_000);
      for (const process of alive) beat(process);
      await watch.check();
    }
  };
  return { watch, clock, pm2, beat, pass };
}
const told = () =>
  store.alerts
    .recent(50)
    .map(({ rank, kind, detail }) => `${rank} ${kind} ${String(detail.process)} ${String(detail.state)}`)
    .reverse();

describe('a silent tracker', () => {
  it('with positions open is an alarm after thirty seconds, and restarted; once it beats again, that is told', async () => {
    const { pm2, pass, beat, clock } = aWatch();
    store.positions.save(anOpenPosition());
    beat('tracker');
    const silentSince = clock.wallNow();
    await pass(60, 'scanner');
    expect(told()).toEqual(['alarm worker_silent tracker unguarded']);
    expect(pm2.restarts.map((at) => (at - silentSince) / 1_000)).toEqual([30]);
    await pass(20, 'scanner', 'tracker');
    expect(told()).toEqual(['alarm worker_silent tracker unguarded', 'notice worker_silent tracker back']);
  });

  it('that stays silent is restarted less and less often, and told once', async () => {
    const { pm2, pass } = aWatch();
    pm2.broken = true;
    store.positions.save(anOpenPosition());
    await pass(3_600, 'scanner');
    const gaps = pm2.restarts.slice(1).map((at, index) => (at - pm2.restarts[index]!) / 60_000);
    expect(gaps.slice(0, 5)).toEqual([1, 2, 4, 8, 15]);
    expect(told()).toEqual(['alarm worker_silent tracker unguarded']);
  });

  it('that PM2 does not know is started: a start that failed took it off the list', async () => {
    const { pm2, pass } = aWatch();
    pm2.status = null;
    store.positions.save(anOpenPosition());
    await pass(60, 'scanner');
    expect([pm2.starts, pm2.restarts]).toEqual([1, []]);
    expect(told()).toEqual(['alarm worker_silent tracker unguarded']);
  });

  it('that the owner stopped is left alone, and told once', async () => {
    const { pm2, pass } = aWatch();
    pm2.status = 'stopped';
    store.positions.save(anOpenPosition());
    await pass(600, 'scanner');
    expect(pm2.restarts).toEqual([]);
    expect(pm2.asked).toBeLessThanOrEqual(12);
    expect(told()).toEqual(['alarm worker_silent tracker stopped']);
  });

  it('that is stopped while the scanner runs is a notice, as nothing is bought; not where both were stopped', async () => {
    const { pm2, pass } = aWatch();
    pm2.status = 'stopped';
    await pass(300, 'scanner');
    expect(pm2.restarts).toEqual([]);
    expect(told()).toEqual(['notice worker_silent tracker missed']);
    await pass(20, 'scanner', 'tracker');
    await pass(300);
    expect(told()).toEqual(['notice worker_silent tracker missed', 'notice worker_silent tracker back']);
  });

  it('without positions is a notice and no more', async () => {
    const { pm2, pass } = aWatch();
    await pass(300, 'scanner');
    expect(pm2.restarts).toEqual([]);
    expect(told()).toEqual(['notice worker_silent tracker silent']);
  });

  it('gets time to beat after the whole machine slept', async () => {
    const { pm2, pass, clock, watch } = aWatch();
    store.positions.save(anOpenPosition());
    await pass(60, 'scanner', 'tracker');
    await clock.advance(8 * 3_600_000);
    await watch.check();
    await pass(25, 'scanner');
    expect(told()).toEqual([]);
    await pass(10, 'scanner');
    expect(pm2.restarts).toHaveLength(1);
  });
});

describe('any other worker', () => {
  it('is told of after its cycles stayed out, unless it was stopped on purpose', async () => {
    const { pm2, pass } = aWatch();
    pm2.status = 'stopped';
    await pass(400, 'tracker');
    expect(told()).toEqual([]);
    expect(pm2.asked).toBeLessThan(5);
    pm2.status = 'online';
    await pass(120, 'tracker');
    expect(told()).toEqual(['notice worker_silent scanner silent']);
    await pass(10, 'tracker', 'scanner');
    expect(told()).toEqual(['notice worker_silent scanner silent', 'notice worker_silent scanner back']);
  });

  it('whose cycles keep failing is told of once; the tracker that guards positions as an alarm', async () => {
    const { pass, beat, watch } = aWatch();
    store.positions.save(anOpenPosition());
    await pass(5, 'scanner', 'tracker');
    for (const failures of [2, 3, 9]) {
      beat('scanner', { failures, lastError: 'no <network>' });
      beat('tracker', { failures, lastError: 'no prices' });
      await watch.check();
    }
    await pass(5, 'scanner', 'tracker');
    expect(told()).toEqual([
      'notice worker_failing scanner failing',
      'alarm worker_failing tracker failing',
      'notice worker_failing scanner back',
      'notice worker_failing tracker back',
    ]);
  });
});
