import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { RECORDED_MEXC } from '../support/market-data.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';

interface BooksJson {
  readonly orders: number;
  readonly trades: number;
  readonly differences: readonly string[];
}
interface StatusJson {
  readonly processes: { name: string; status: string; restarts: number; heartbeatAgeMs: number | null }[];
}

let sandbox: Sandbox;
afterEach(() => sandbox.close());

const KEY = { MEXC_API_KEY: 'mx0_a_made_up_key', MEXC_API_SECRET: 'made_up_secret' };
const LIVE = { mode: 'live', exchange: { venue: 'simulator' }, ai: { onMissing: { live: 'pass' } } };
const KILLS = 6;

/** Orders really sent, workers killed in the middle, and afterwards every order, trade, balance and position compared. */
async function tradeThroughKills(simulator: Record<string, unknown>): Promise<BooksJson> {
  sandbox = await createSandbox({ ...LIVE, simulator }, KEY);
  const started = await sandbox.run('suite', 'start');
  expect([started.code, started.stderr]).toEqual([0, expect.stringContaining('in live mode')]);

  for (let kill = 0; kill < KILLS; kill++) {
    const victim = kill % 2 === 0 ? 'tracker' : 'scanner';
    const orders = (await sandbox.json<BooksJson>('suite', 'books')).orders;
    process.kill(await sandbox.pidOf(victim), 'SIGKILL');
    await vi.waitFor(
      async () => {
        expect((await sandbox.json<BooksJson>('suite', 'books')).orders).toBeGreaterThan(orders);
        expect(
          (await sandbox.json<StatusJson>('suite', 'status')).processes.every((row) => row.status === 'online'),
        ).toBe(true);
      },
      { timeout: 60_000, interval: 500 },
    );
  }

  const { processes } = await sandbox.json<StatusJson>('suite', 'status');
  for (const name of ['tracker', 'scanner']) {
    expect(processes.find((row) => row.name === name)?.restarts).toBeGreaterThanOrEqual(KILLS / 2);
  }
  return sandbox.json<BooksJson>('suite', 'books');
}

describe('live orders against the simulator, with scanner and tracker killed again and again', () => {
  it('leave books that agree with the exchange to the last step: synthetic market', { timeout: 300_000 }, async () => {
    const books = await tradeThroughKills({});
    expect(books.differences).toEqual([]);
    expect(books.trades).toBeGreaterThan(0);
  });

  it.skipIf(!existsSync(RECORDED_MEXC))(
    'leave books that agree: recorded candles of MEXC',
    { timeout: 400_000 },
    async () => {
      const books = await tradeThroughKills({ dataFolder: RECORDED_MEXC });
      expect(books.differences).toEqual([]);
      expect(books.trades).toBeGreaterThan(0);
    },
  );
});
