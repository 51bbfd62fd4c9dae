import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore, type Store } from '@mexc-bot/store';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';
import { type Books, copyDatabase, openBooks } from './books.ts';
import type { Checked } from './check.ts';
import { checkCandidates, checkCandles, checkFunnels, checkNothingLeftOut } from './check-candidates.ts';
import { checkCircle, watchWhy } from './check-circle.ts';
import { checkBacktest, checkExport, checkReplays, checkWhy } from './check-commands.ts';
import { checkLabels } from './check-labels.ts';
import { readRecording } from './recorded-candles.ts';

export interface RecordingOptions {
  /** wall minutes */
  readonly minutes: number;
  /** market ms a wall ms */
  readonly speed: number;
  /** folder of recorded 5 m candles */
  readonly dataFolder: string;
  /** the run's database and settings are copied there */
  readonly keep?: string | undefined;
  readonly onProgress?: (text: string) => void;
}

export interface RecordingResult {
  readonly marketHours: number;
  readonly scans: number;
  /** between the starts of two scans, market seconds; asked for are 60 */
  readonly scanEverySeconds: { readonly median: number; readonly most: number };
  /** own and waiting time of a scan, wall ms */
  readonly scanMs: { readonly median: number; readonly most: number };
  /** highest seen in the heartbeats */
  readonly peakMb: Readonly<Record<string, number>>;
  readonly failures: readonly string[];
  readonly tables: ReturnType<Books['rowsAndBytes']>;
  readonly checks: readonly Checked[];
}

const LOOK_MS = 2_000;
const REPLAYS = 20;
const WORKERS = ['tracker', 'scanner', 'collector', 'labeler'] as const;

/** What the owner would have, but for a collector that need not fetch a month before the first scans. */
const settingsOf = ({ dataFolder, speed }: RecordingOptions, folder: string) => ({
  mode: 'test',
  ai: { folder: join(folder, 'models') },
  exchange: { venue: 'simulator' },
  collect: { days: { '5m': 3, '1h': 0 } },
  // what every scan was decided on is compared with in the end
  scan: { keepInputsDays: 60 },
  protections: { maxOpenPositions: 20 },
  simulator: { dataFolder, speed },
});

/** Runs the suite as real processes under PM2 over recorded candles, ends it, and checks what it left behind. */
export async function runRecording(options: RecordingOptions): Promise<RecordingResult> {
  const { onProgress = () => undefined } = options;
  const sandbox = await createSandbox((folder) => settingsOf(options, folder));
  const database = join(sandbox.folder, 'bot.db');
  try {
    const env = { SETTINGS_FILE: join(sandbox.folder, 'settings.json') };
    await sandbox.pm2.start(['simulator'], env);
    await sandbox.pm2.start(WORKERS, env);
    const { shown, ...watched } = await watch(sandbox, database, options.minutes * 60_000, onProgress);
    // the exchange last: a scan under way is to end as it would
    await sandbox.pm2.remove(WORKERS);
    await sandbox.pm2.remove();
    if (options.keep !== undefined) keepRun(sandbox, database, options.keep);

    const recorded = readRecording(options.dataFolder);
    const books = openBooks(database);
    try {
      const checks: Checked[] = [];
      const add = (...found: readonly Checked[]): void => {
        checks.push(...found);
        for (const { rule, wrong } of found) onProgress(`${wrong.length === 0 ? 'holds' : 'DOES NOT HOLD'}: ${rule}`);
      };
      add(checkFunnels(books));
      add(checkCandles(books, recorded));
      add(checkNothingLeftOut(books));
      add(...checkCandidates(books, recorded));
      add(...checkLabels(books, recorded));
      add(...checkCircle(books, shown));
      add(await checkWhy(sandbox, books));
      add(await checkReplays(sandbox, books, REPLAYS));
      add(await checkExport(sandbox, books));
      add(await checkBacktest(sandbox, options.dataFolder));
      return { ...watched, ...paceOf(books), tables: books.rowsAndBytes(), checks };
    } finally {
      books.close();
    }
  } finally {
    await sandbox.close();
  }
}

function keepRun(sandbox: Sandbox, database: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(sandbox.folder, 'settings.json'), join(folder, 'settings.json'));
  // one file, with what still waited beside it
  copyDatabase(database, join(folder, 'bot.db'));
}

/** Looks at the heartbeats, and at what `why` says, until the time is over. */
async function watch(sandbox: Sandbox, database: string, ms: number, onProgress: (text: string) => void) {
  const store = openStore(database);
  const until = Date.now() + ms;
  try {
    const [seen, shown] = await Promise.all([
      watchHeartbeats(store, until, onProgress),
      watchWhy(sandbox, store, until),
    ]);
    return { ...seen, shown };
  } finally {
    store.close();
  }
}

async function watchHeartbeats(store: Store, until: number, onProgress: (text: string) => void) {
  const peakMb: Record<string, number> = {};
  const failures = new Set<string>();
  let told = Date.now();
  for (; Date.now() < until; await sleep(LOOK_MS)) {
    for (const { process, memoryMb, lastError, failures: inARow } of store.heartbeats.all()) {
      peakMb[process] = Math.max(peakMb[process] ?? 0, memoryMb);
      if (inARow > 0 && lastError !== null) failures.add(`${process}: ${lastError}`);
    }
    if (Date.now() - told < 60_000) continue;
    told = Date.now();
    const last = store.scans.last();
    if (last !== undefined) onProgress(`${new Date(last.at).toISOString()}: ${store.scans.count()} scans`);
  }
  return { peakMb, failures: [...failures] };
}

function paceOf(books: Books): Pick<RecordingResult, 'marketHours' | 'scans' | 'scanEverySeconds' | 'scanMs'> {
  const scans = books.scans();
  const between = scans.slice(1).map(({ at }, i) => Math.round((at - scans[i]!.at) / 1_000));
  const took = scans.map(({ durationMs }) => durationMs);
  return {
    marketHours: scans.length === 0 ? 0 : (scans.at(-1)!.at - scans[0]!.at) / 3_600_000,
    scans: scans.length,
    scanEverySeconds: spreadOf(between),
    scanMs: spreadOf(took),
  };
}

function spreadOf(values: readonly number[]): { median: number; most: number } {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)] ?? 0, most: sorted.at(-1) ?? 0 };
}
