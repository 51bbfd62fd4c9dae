import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suiteRoot } from '@mexc-bot/runtime';
import { openStore } from '@mexc-bot/store';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createSimulator, type Simulator } from '../../apps/simulator/src/simulator.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';

interface CollectJson {
  readonly markets: number;
  readonly requests: number;
  readonly candles: number;
  readonly left: number;
  readonly failures: unknown[];
}
const ALL = ['all', '--timeframe', '5m', '--days', '3'];

let sandbox: Sandbox;
let simulator: Simulator;
beforeEach(async () => {
  sandbox = await createSandbox();
  simulator = await createSimulator({
    port: sandbox.port,
    speed: 10,
    seed: 1,
    tokens: 40,
    dataFolder: null,
    stateFolder: null,
    rateLimits: true,
    accounts: [],
  });
});
afterEach(async () => {
  await simulator.close();
  await sandbox.close();
});

const storedIn = (database: string): number => {
  const store = openStore(database);
  const count = store.candles
    .series()
    .reduce(
      (sum, { market, timeframe, checked }) =>
        sum + store.candles.between(market, timeframe, checked, 1e15).openTime.length,
      0,
    );
  store.close();
  return count;
};

function startCollecting(): ChildProcess {
  const script = join(suiteRoot(), 'apps', 'collector', 'dist', 'cli.js');
  const env = { PATH: process.env.PATH, SETTINGS_FILE: join(sandbox.folder, 'settings.json') };
  return spawn(process.execPath, [script, ...ALL], { env, stdio: 'ignore' });
}

it('killed at any instant it goes on without asking again for what it has', { timeout: 60_000 }, async () => {
  const database = join(sandbox.folder, 'bot.db');
  for (const least of [500, 8_000]) {
    const child = startCollecting();
    await vi.waitFor(() => expect(existsSync(database) ? storedIn(database) : 0).toBeGreaterThan(least), {
      timeout: 20_000,
      interval: 20,
    });
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
  }
  const had = storedIn(database);
  const rest = await sandbox.json<CollectJson>('collector', ...ALL);
  expect(rest).toMatchObject({ failures: [], left: 0 });
  // a page has 500 candles: what is stored needed so many, the rest the others, and a little time has passed since
  expect(rest.requests).toBeLessThanOrEqual(3 * rest.markets - Math.floor(had / 500));
  expect(storedIn(database)).toBe(had + rest.candles);

  const again = await sandbox.json<CollectJson>('collector', ...ALL);
  expect(again.candles).toBeLessThanOrEqual(again.markets);
  expect(await sandbox.json('collector', 'gaps')).toEqual([]);
});

it('candles go out to files and come back; wrong words and bad files are named', { timeout: 60_000 }, async () => {
  const one = await sandbox.run('collector', 'symbol', 'eth', '--timeframe', '5m', '--days', '3');
  expect(one).toMatchObject({ code: 0, stdout: expect.stringMatching(/86\d new candles of 1 market/) });
  expect(one.stdout).toContain('put down for training');
  const store = openStore(join(sandbox.folder, 'bot.db'));
  expect(store.trainingRequests.list('pending')).toMatchObject([{ market: 'ETHUSDT', reason: 'owner' }]);
  store.close();

  const folder = join(sandbox.folder, 'csv');
  const exported = await sandbox.run('collector', 'export', '--folder', folder, '--gzip');
  expect(exported.code).toBe(0);
  expect(readdirSync(folder)).toEqual(['MEXC_ETH-USDT_5m.csv.gz']);
  writeFileSync(
    join(folder, 'MEXC_BAD-USDT_5m.csv'),
    'timestamp,open,high,low,close,volume\n300000,1,1,1,1,1\n600000,1,1\n',
  );
  const imported = await sandbox.run('collector', 'import', folder);
  expect(imported).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('MEXC_BAD-USDT_5m.csv line 3: low is missing'),
  });
  expect(imported.stdout).toMatch(/1 of 2 files, 86\d candles, 0 of them new/);

  const cleaned = await sandbox.json<{ candles: number; exports: { files: number } }>('collector', 'cleanup');
  expect(cleaned).toMatchObject({ candles: 0, exports: { files: 0 } });

  for (const [args, message] of [
    [['symbol', 'NOSUCH'], /the exchange lists no market NOSUCH/],
    [['all', '--timeframe', '5m', '--days', '99'], /kept for 45 days only/],
    [['all', '--timeframe', '4h'], /4h candles are not fetched/],
    [['import', join(folder, 'nowhere')], /cannot be read/],
    [['cleanup', '--older-than', 'soon'], /must be like 3d or 12h/],
    [['export', '--market', 'NONEUSDT'], /no candles of NONEUSDT are stored/],
    [['gaps', '--market', 'none'], /no candles of none are stored/],
  ] as const) {
    const ended = await sandbox.run('collector', ...args);
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
  }
});
