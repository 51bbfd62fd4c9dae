import { describe, expect, it } from 'vitest';
import type { Logger } from '../logging/logger.ts';
import { createExchangeClock } from './exchange-clock.ts';
import { createManualClock } from './manual-clock.ts';
import { createSystemClock } from './system-clock.ts';

const listeningLog = (): { log: Logger; lines: string[] } => {
  const lines: string[] = [];
  const say = (message: string): void => void lines.push(message);
  return { log: { debug: () => undefined, info: say, warn: say, error: say }, lines };
};

describe('manual clock', () => {
  it('wakes sleepers in the order they are due, those that fall asleep on the way too', async () => {
    const clock = createManualClock(1_000);
    const woken: string[] = [];
    const sleeper = async (name: string, ...naps: number[]) => {
      for (const nap of naps) {
        await clock.sleep(nap);
        woken.push(`${name}@${clock.now()}`);
      }
    };
    void sleeper('a', 30, 30);
    void sleeper('b', 10, 10, 10);
    await clock.advance(50);
    expect(woken).toEqual(['b@1010', 'b@1020', 'a@1030', 'b@1030']);
    expect(clock.now()).toBe(1_050);
    expect(clock.sleepers()).toBe(1);
  });

  it('lets a sleeper go when its signal aborts', async () => {
    const clock = createManualClock(0);
    const stop = new AbortController();
    const nap = clock.sleepWall(1_000, stop.signal);
    stop.abort();
    await nap;
    await clock.sleep(1_000, stop.signal);
    expect(clock.sleepers()).toBe(0);
  });
});

describe('system clock', () => {
  it('sleeps, and stops sleeping when the signal aborts', async () => {
    const clock = createSystemClock();
    const before = clock.now();
    await clock.sleep(5);
    expect(clock.now() - before).toBeGreaterThanOrEqual(4);
    const stop = new AbortController();
    const nap = clock.sleepWall(3_600_000, stop.signal);
    stop.abort();
    await nap;
  });
});

/** An exchange whose time runs `speed` times as fast as the local clock. */
function exchangeAt(local: ReturnType<typeof createManualClock>, start: number, speed: number) {
  const state = { offset: 0, speed, delayMs: 0, down: false };
  const origin = local.now();
  return {
    state,
    time: () => start + (local.now() - origin) * state.speed + state.offset,
    async serverTime() {
      await local.sleepWall(state.delayMs / 2);
      const time = this.time();
      await local.sleepWall(state.delayMs / 2);
      if (state.down) throw new Error('connection refused');
      return { time, speed: state.speed };
    },
  };
}

describe('exchange clock', () => {
  it('follows the exchange, half the round trip added', async () => {
    const local = createManualClock(50_000);
    const exchange = exchangeAt(local, 1_700_000_000_000, 1);
    exchange.state.delayMs = 100;
    const clock = createExchangeClock({ serverTime: () => exchange.serverTime(), log: listeningLog().log, local });
    expect(clock.now()).toBe(50_000); // this machine's, for the client that asks for the exchange's
    const started = clock.start();
    await local.advance(100);
    await started;
    expect(clock.now()).toBe(exchange.time());
    await local.advance(1_500);
    expect(clock.now()).toBe(exchange.time());
    expect(clock.wallNow()).toBe(local.now());
    clock.stop();
  });

  it('of a fast exchange is never ahead, and as close as the quickest of several answers', async () => {
    const local = createManualClock(50_000);
    const exchange = exchangeAt(local, 1_700_000_000_000, 300);
    const delays = [900, 120, 20, 40, 300];
    const serverTime = () => {
      exchange.state.delayMs = delays.shift() ?? 0;
      return exchange.serverTime();
    };
    const clock = createExchangeClock({ serverTime, log: listeningLog().log, local });
    const started = clock.start();
    await local.advance(1_380);
    await started;
    expect(delays).toEqual([]);
    expect(clock.speed()).toBe(300);
    for (let i = 0; i < 10; i++) {
      // half of 20 ms, 300 times as fast
      expect(exchange.time() - clock.now()).toBe(3_000);
      await local.advance(100);
    }
    clock.stop();
  });

  it('sleeps market time at the market’s speed', async () => {
    const local = createManualClock(0);
    const exchange = exchangeAt(local, 1_700_000_000_000, 60);
    const clock = createExchangeClock({ serverTime: () => exchange.serverTime(), log: listeningLog().log, local });
    await started(clock, local);
    let woken = false;
    void clock.sleep(60_000).then(() => {
      woken = true;
    });
    await local.advance(999);
    expect(woken).toBe(false);
    await local.advance(1);
    expect(woken).toBe(true);
    clock.stop();
  });

  it('asks until the exchange answers, and says so once', async () => {
    const local = createManualClock(0);
    const exchange = exchangeAt(local, 1_700_000_000_000, 1);
    exchange.state.down = true;
    const { log, lines } = listeningLog();
    const clock = createExchangeClock({ serverTime: () => exchange.serverTime(), log, local });
    const start = clock.start();
    await local.advance(60_000);
    expect(lines).toEqual(['the exchange does not tell its time; asking on']);
    exchange.state.down = false;
    await local.advance(10_000);
    await start;
    expect(lines).toHaveLength(2);
    clock.stop();
  });

  it('gives up waiting when the signal aborts', async () => {
    const local = createManualClock(0);
    const stop = new AbortController();
    const clock = createExchangeClock({
      serverTime: () => Promise.reject(new Error('down')),
      log: listeningLog().log,
      local,
    });
    const start = clock.start(stop.signal);
    const ended = expect(start).rejects.toThrow('stopped');
    await local.advance(1_000);
    stop.abort(new Error('stopped'));
    await ended;
  });

  it('stands still rather than going back when the exchange corrects its time', async () => {
    const local = createManualClock(0);
    const exchange = exchangeAt(local, 1_700_000_000_000, 60);
    const { log, lines } = listeningLog();
    const clock = createExchangeClock({ serverTime: () => exchange.serverTime(), log, local });
    await started(clock, local);
    await local.advance(1_990);
    exchange.state.offset = -60_000;
    let last = clock.now();
    for (let i = 0; i < 100; i++) {
      await local.advance(50);
      expect(clock.now()).toBeGreaterThanOrEqual(last);
      last = clock.now();
    }
    expect(last).toBe(exchange.time());
    expect(lines).toEqual([]);
    exchange.state.offset = -3_600_000;
    await local.advance(2_000);
    expect(lines).toHaveLength(1);
    clock.stop();
  });

  it('signs with the exchange’s own time at once after a resync, forward and back, and tells the offset', async () => {
    const local = createManualClock(1_700_000_000_000);
    const exchange = exchangeAt(local, 1_700_000_000_250, 1);
    const clock = createExchangeClock({ serverTime: () => exchange.serverTime(), log: listeningLog().log, local });
    expect(clock.offsetMs()).toBeNull();
    await started(clock, local);
    expect(clock.offsetMs()).toBe(250);
    for (const step of [3_000, -3_000]) {
      exchange.state.offset = step;
      const resynced = clock.resync();
      await local.advance(0);
      expect(await resynced).toBe(true);
      expect(clock.exchangeNow()).toBe(exchange.time());
      expect(clock.offsetMs()).toBe(250 + step);
    }
    expect(clock.now()).toBeGreaterThan(clock.exchangeNow()); // market time waits
    clock.stop();
  });

  it('resyncs asked for together are one question; without an answer the old time is kept', async () => {
    const local = createManualClock(1_700_000_000_000);
    const exchange = exchangeAt(local, 1_700_000_000_000, 60);
    let asked = 0;
    const serverTime = () => {
      asked += 1;
      return exchange.serverTime();
    };
    const clock = createExchangeClock({ serverTime, log: listeningLog().log, local });
    await started(clock, local);
    expect(clock.offsetMs()).toBeNull(); // an offset is senseless where time runs faster
    exchange.state.down = true;
    const resyncs = Promise.all([clock.resync(), clock.resync(), clock.resync()]);
    await local.advance(10);
    expect(await resyncs).toEqual([false, false, false]);
    expect(asked).toBe(2);
    expect(clock.exchangeNow()).toBe(exchange.time());
    clock.stop();
  });

  it('refuses an answer that makes no sense', async () => {
    const local = createManualClock(0);
    const answers = [
      { time: Number.NaN, speed: 1 },
      { time: 1, speed: 0 },
      { time: 1_700_000_000_000, speed: 1 },
    ];
    const clock = createExchangeClock({
      serverTime: async () => answers.shift() ?? { time: 1, speed: 1 },
      log: listeningLog().log,
      local,
    });
    const start = clock.start();
    await local.advance(5_000);
    await start;
    expect(clock.now()).toBeGreaterThan(1_699_999_999_999);
    clock.stop();
  });

  it('asks every minute at speed 1, every two seconds above', async () => {
    for (const [speed, calls] of [
      [1, 1 + 10],
      [2, 1 + 300],
    ] as const) {
      const local = createManualClock(0);
      let asked = 0;
      const serverTime = async () => {
        asked += 1;
        return { time: 1_700_000_000_000 + local.now() * speed, speed };
      };
      const clock = createExchangeClock({ serverTime, log: listeningLog().log, local });
      await started(clock, local);
      await local.advance(600_000);
      clock.stop();
      expect(asked).toBe(calls);
    }
  });
});

async function started(clock: { start(): Promise<void> }, local: ReturnType<typeof createManualClock>): Promise<void> {
  const start = clock.start();
  await local.advance(0);
  await start;
}
