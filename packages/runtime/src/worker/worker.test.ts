import { describe, expect, it } from 'vitest';
import { createManualClock } from '../clock/manual-clock.ts';
import type { Logger } from '../logging/logger.ts';
import type { ProcessLike } from './process-like.ts';
import { backoffMs, type Heartbeat, runWorker, type Worker } from './worker.ts';

function setUp(worker: Partial<Worker> = {}, beat?: (row: Heartbeat) => void) {
  const clock = createManualClock(1_000_000);
  const events: string[] = [];
  const listeners = new Map<string, (...args: unknown[]) => void>();
  const beats: Heartbeat[] = [];
  const say = (level: string) => (message: string) => void events.push(`${level} ${message}`);
  const log: Logger = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
  const processLike: ProcessLike = {
    pid: 42,
    env: {},
    on: (event, listener) => listeners.set(event, listener),
    off: (event) => listeners.delete(event),
    send: (message) => events.push(`sent ${message}`),
    exit: (code) => void events.push(`exit ${code}`),
    memoryUsage: () => ({ rss: 50 * 1024 * 1024 }),
  };
  const run = (): Promise<void> =>
    runWorker(
      { name: 'scanner', everyMs: 1_000, cycle: async () => void events.push('cycle'), onStop: [], ...worker },
      { heartbeats: { beat: beat ?? ((row) => void beats.push(row)) }, clock, log, processLike },
    );
  return {
    clock,
    events,
    beats,
    run,
    signal: (name: string, ...args: unknown[]) => listeners.get(name)?.(...args),
    listeners,
  };
}

const count = (events: readonly string[], event: string): number => events.filter((other) => other === event).length;

describe('a worker', () => {
  it('says ready, then runs a cycle from start to start, with a heartbeat after each', async () => {
    const { clock, events, beats, run, signal } = setUp();
    const done = run();
    await clock.advance(2_500);
    expect(events.slice(0, 3)).toEqual(['info ready', 'sent ready', 'cycle']);
    expect(count(events, 'cycle')).toBe(3);
    expect(beats).toHaveLength(3);
    expect(beats[2]).toEqual({
      process: 'scanner',
      pid: 42,
      wallAt: 1_002_000,
      marketAt: 1_002_000,
      cycles: 3,
      failures: 0,
      lastError: null,
      memoryMb: 50,
    });
    signal('SIGTERM');
    await clock.advance(0);
    await done;
  });

  it('runs one cycle at a time, and rests between slow ones', async () => {
    let running = 0;
    let most = 0;
    let cycles = 0;
    const set = setUp({
      everyMs: 100,
      minWallMs: 20,
      cycle: async () => {
        running += 1;
        most = Math.max(most, running);
        await set.clock.sleepWall(250);
        running -= 1;
        cycles += 1;
      },
    });
    const done = set.run();
    await set.clock.advance(2_700);
    expect(most).toBe(1);
    expect(cycles).toBe(10);
    set.signal('SIGTERM');
    await set.clock.advance(5_000);
    await done;
  });

  it('counts and backs off a cycle that throws, says each fault once, and says when it is over', async () => {
    let broken = true;
    let attempt = 0;
    const set = setUp({
      everyMs: 10,
      cycle: async () => {
        attempt += 1;
        if (broken) throw new Error(attempt === 3 ? 'disk full' : `no answer after ${attempt} ms`);
      },
    });
    const done = set.run();
    await set.clock.advance(500 + 1_000 + 2_000 + 4_000);
    expect(attempt).toBe(5);
    expect(count(set.events, 'error cycle failed')).toBe(2);
    expect(set.beats.at(-1)).toMatchObject({ failures: 5, cycles: 5, lastError: 'no answer after 5 ms' });
    broken = false;
    await set.clock.advance(8_000);
    expect(count(set.events, 'info cycle works again')).toBe(1);
    expect(set.beats.at(-1)).toMatchObject({ failures: 0, lastError: null });
    set.signal('SIGTERM');
    await set.clock.advance(0);
    await done;
  });

  it('backs off to half a minute at most', () => {
    expect([0, 1, 2, 3, 7, 100].map(backoffMs)).toEqual([0, 500, 1_000, 2_000, 30_000, 30_000]);
  });

  it('goes on when the heartbeat cannot be written', async () => {
    const set = setUp({}, () => {
      throw new Error('database is locked');
    });
    const done = set.run();
    await set.clock.advance(3_500);
    expect(count(set.events, 'cycle')).toBe(4);
    expect(count(set.events, 'error heartbeat failed')).toBe(1);
    set.signal('SIGTERM');
    await set.clock.advance(0);
    await done;
  });
});

describe('stopping', () => {
  it.each([['SIGINT'], ['SIGTERM'], ['message', 'shutdown']])(
    '%s ends the wait, closes in order and exits 0',
    async (event, ...args) => {
      const set = setUp({
        onStop: [() => void set.events.push('close a'), async () => void set.events.push('close b')],
      });
      const done = set.run();
      await set.clock.advance(10);
      set.signal(event, ...args);
      await set.clock.advance(0);
      await done;
      expect(set.events.slice(-4)).toEqual(['close a', 'close b', 'info stopped', 'exit 0']);
      expect(set.listeners.size).toBe(0);
    },
  );

  it('lets the cycle finish', async () => {
    const set = setUp({
      cycle: async () => {
        await set.clock.sleepWall(2_000);
        set.events.push('cycle done');
      },
      onStop: [() => void set.events.push('closed')],
    });
    const done = set.run();
    await set.clock.advance(500);
    set.signal('SIGTERM');
    await set.clock.advance(1_600);
    await done;
    expect(set.events.slice(-4)).toEqual(['cycle done', 'closed', 'info stopped', 'exit 0']);
  });

  it('tells a long cycle, and waits for it four seconds at most', async () => {
    let told = false;
    const set = setUp({
      cycle: (signal) => {
        signal.addEventListener('abort', () => {
          told = true;
        });
        return new Promise<void>(() => undefined);
      },
      onStop: [() => void set.events.push('closed')],
    });
    const done = set.run();
    await set.clock.advance(500);
    set.signal('SIGTERM');
    await set.clock.advance(3_999);
    expect(told).toBe(true);
    expect(set.events).not.toContain('closed');
    await set.clock.advance(1);
    await done;
    expect(set.events.slice(-2)).toEqual(['info stopped', 'exit 0']);
  });

  it('a second signal exits 1 at once', async () => {
    const set = setUp({ cycle: () => new Promise<void>(() => undefined) });
    void set.run();
    await set.clock.advance(10);
    set.signal('SIGINT');
    set.signal('SIGINT');
    expect(set.events.at(-1)).toBe('exit 1');
  });

  it('goes on closing when one closing throws', async () => {
    const set = setUp({
      onStop: [
        () => {
          throw new Error('already closed');
        },
        () => void set.events.push('closed'),
      ],
    });
    const done = set.run();
    await set.clock.advance(10);
    set.signal('SIGTERM');
    await set.clock.advance(0);
    await done;
    expect(set.events.slice(-4)).toEqual(['error closing failed', 'closed', 'info stopped', 'exit 0']);
  });
});
