import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessRow } from '@mexc-bot/runtime';
import { openStore, type Store } from '@mexc-bot/store';
import { createRandom, type Random } from '../faults/random.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';

const VICTIMS = ['tracker', 'scanner', 'simulator'] as const;
type Victim = (typeof VICTIMS)[number];

export interface ChaosOptions {
  readonly kills: number;
  /** of victims and moments; how far the processes are at a moment is the machine's own chance */
  readonly seed: number;
  /** folder of recorded candles; null: a synthetic market */
  readonly dataFolder: string | null;
  /** whose lives are at stake; all three unless given */
  readonly victims?: readonly Victim[];
  readonly onKill?: (kill: Kill) => void;
}

/** One `kill -9` and what came after it. */
export interface Kill {
  readonly victim: Victim;
  /** orders without a final answer at that moment */
  readonly underway: number;
  /** wall ms until all three had worked again: the simulator answered, the workers had ended a cycle */
  readonly backMs: number;
  /** wall ms from then until the books agreed with the ledger */
  readonly agreedMs: number;
  readonly orders: number;
  readonly trades: number;
  readonly openPositions: number;
  /** what books and ledger still disagreed about when patience ended; empty: they agree to the last step */
  readonly differences: readonly string[];
}

interface BooksJson {
  readonly orders: number;
  readonly trades: number;
  readonly openPositions: number;
  readonly differences: readonly string[];
}

/**
 * Live trading with a made-up key on simulated money: rules loose enough that there is always something to buy and sell, stakes
 * large enough to be filled in parts, and a pace that leaves a small machine time for itself.
 */
const settingsOf = (dataFolder: string | null) => ({
  mode: 'live',
  exchange: { venue: 'simulator', requestTimeoutMs: 3_000, recvWindowMs: 5_000 },
  execution: { absentAfterMs: 15_000 },
  scan: { everySeconds: 600 },
  prices: { pollMs: 60_000 },
  collect: { everyMinutes: 1_440, days: { '5m': 0, '1h': 0 } },
  hype: { minQuoteVolume: 10_000, minChange24h: 0.005 },
  strategy: { minGain: 0.004, aggressiveGain: 0.03 },
  ai: { onMissing: { live: 'pass' } },
  stake: { live: { min: 5, max: 500 } },
  protections: {
    maxOpenPositions: 20,
    cooldownMinutes: 30,
    stopGuard: { stops: 0 },
    dailyLossFraction: null,
    maxDrawdown: null,
  },
  simulator: { balanceUsdt: 100_000, ...(dataFolder === null ? {} : { dataFolder }) },
});
const KEY = { MEXC_API_KEY: 'mx0_a_made_up_key', MEXC_API_SECRET: 'made_up_secret' };

const BACK_WITHIN_MS = 60_000;
/** an order whose sender died is absent only after `absentAfterMs`, in several looks */
const AGREED_WITHIN_MS = 60_000;
const LOOK_MS = 50;

/**
 * Runs the suite as real processes under PM2 and kills one of them again and again at seeded random moments, half of them while an
 * order is under way. After each: waits until all are back, and compares the books with the exchange's ledger.
 */
export async function runChaos(options: ChaosOptions): Promise<readonly Kill[]> {
  const sandbox = await createSandbox(settingsOf(options.dataFolder), KEY);
  try {
    const started = await sandbox.run('suite', 'start');
    if (started.code !== 0) throw new Error(`the suite did not start:\n${started.stderr}`);
    const store = openStore(join(sandbox.folder, 'bot.db'));
    try {
      const random = createRandom(options.seed);
      const kills: Kill[] = [];
      for (let n = 0; n < options.kills; n++) {
        const kill = await killOne(sandbox, store, random, options.victims ?? VICTIMS);
        kills.push(kill);
        options.onKill?.(kill);
      }
      return kills;
    } finally {
      store.close();
    }
  } finally {
    await sandbox.close();
  }
}

async function killOne(sandbox: Sandbox, store: Store, random: Random, victims: readonly Victim[]): Promise<Kill> {
  const victim = random.pick(victims);
  const pid = await sandbox.pidOf(victim);
  await randomMoment(store, random);
  const underway = store.orders.unsettled().length;
  const killedAt = Date.now();
  process.kill(pid, 'SIGKILL');

  await allBack(sandbox, store, pid, killedAt);
  const backAt = Date.now();
  const books = await booksThatAgree(sandbox, backAt);
  const { orders, trades, openPositions, differences } = books;
  return {
    victim,
    underway,
    backMs: backAt - killedAt,
    agreedMs: Date.now() - backAt,
    orders,
    trades,
    openPositions,
    differences,
  };
}

/** Some time passes; then, for every second kill, an order begins, and a little more time passes. */
async function randomMoment(store: Store, random: Random): Promise<void> {
  const pause = random.whole(100, 2_500);
  const duringOrder = random.chance(0.5);
  const into = random.whole(0, 60);
  await sleep(pause);
  if (!duringOrder) return;
  const patience = Date.now() + 5_000;
  while (store.orders.unsettled().length === 0 && Date.now() < patience) await sleep(2);
  await sleep(into);
}

/** PM2 has all of them online, the simulator answers, and tracker and scanner have each ended a cycle since. */
async function allBack(sandbox: Sandbox, store: Store, killed: number, since: number): Promise<void> {
  const isBack = async (): Promise<boolean> => {
    const rows = await sandbox.pm2.list();
    const isUp = (name: string): boolean => rows.some((row) => row.name === name && isOnline(row, killed));
    if (!VICTIMS.every(isUp) || !(await answers(sandbox.port))) return false;
    const beats = store.heartbeats.all();
    return ['tracker', 'scanner'].every((name) =>
      beats.some(
        (beat) =>
          beat.process === name &&
          beat.wallAt > since &&
          beat.failures === 0 &&
          rows.some((row) => row.name === name && row.pid === beat.pid),
      ),
    );
  };
  while (!(await isBack())) {
    if (Date.now() - since > BACK_WITHIN_MS) {
      const rows = (await sandbox.pm2.list()).map((row) => `${row.name} ${row.status}`).join(', ');
      const faults = store.heartbeats.all().map((beat) => `${beat.process}: ${beat.lastError ?? 'no fault'}`);
      throw new Error(`not all were back after ${BACK_WITHIN_MS / 1_000} s: ${rows}; ${faults.join('; ')}`);
    }
    await sleep(LOOK_MS);
  }
}

const isOnline = (row: ProcessRow, killed: number): boolean => row.status === 'online' && row.pid !== killed;

async function answers(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/sim/clock`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false; // asked again
  }
}

/** As often as it takes for orders under way to end; what is wrong stays wrong. */
async function booksThatAgree(sandbox: Sandbox, since: number): Promise<BooksJson> {
  for (;;) {
    const books = await sandbox.json<BooksJson>('suite', 'books');
    if (books.differences.length === 0 || Date.now() - since > AGREED_WITHIN_MS) return books;
    await sleep(500);
  }
}
