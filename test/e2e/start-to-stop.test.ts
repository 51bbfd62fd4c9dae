import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSandbox, isTaken, type Sandbox } from '../support/sandbox.ts';

interface ReportJson {
  readonly mode: string;
  readonly scans: number;
  readonly buys: number;
  readonly sells: number;
  readonly open: number;
  readonly closed: number;
  readonly realisedPnl: number;
}
interface StatusJson {
  readonly mode: string;
  readonly exchange: string;
  readonly processes: {
    name: string;
    status: string;
    heartbeatAgeMs: number | null;
    restarts: number;
    memoryMb: number;
  }[];
  readonly openPositions: number;
  readonly lastScan: { seen: number; hype: number; classified: number; bought: number; funnel: Record<string, number> };
}

let sandbox: Sandbox;
afterEach(() => sandbox.close());

const TRADES = { timeout: 100_000, interval: 1_000 };

it('starts, scans, buys and sells paper money under PM2, and leaves nothing behind when it stops', {
  timeout: 180_000,
}, async () => {
  sandbox = await createSandbox();
  const started = await sandbox.run('suite', 'start');
  expect(started.stderr).toContain('paper money on a synthetic market');
  expect(started.stderr).toContain('After a reboot: npm start');
  expect(started.code).toBe(0);

  await vi.waitFor(async () => {
    const report = await sandbox.json<ReportJson>('suite', 'report', '--mode', 'test');
    expect(report.scans).toBeGreaterThan(0);
    expect(report.buys).toBeGreaterThan(0);
    expect(report.sells).toBeGreaterThan(0);
  }, TRADES);

  // the collector's first cycle takes some seconds
  const status = await vi.waitFor(async () => {
    const seen = await sandbox.json<StatusJson>('suite', 'status');
    for (const row of seen.processes.slice(1))
      expect(row.heartbeatAgeMs ?? Number.POSITIVE_INFINITY).toBeLessThan(10_000);
    return seen;
  }, TRADES);
  expect(status).toMatchObject({ mode: 'test', exchange: expect.stringContaining('simulator') });
  expect(status.processes.map((row) => [row.name, row.status, row.restarts])).toEqual([
    ['simulator', 'online', 0],
    ['tracker', 'online', 0],
    ['scanner', 'online', 0],
    ['collector', 'online', 0],
    ['labeler', 'online', 0],
    ['telegram', 'online', 0],
  ]);
  const counted = Object.values(status.lastScan.funnel).reduce((sum, count) => sum + count, 0);
  expect(counted).toBe(status.lastScan.seen);

  const again = await sandbox.run('suite', 'start');
  expect([again.code, again.stderr]).toEqual([0, expect.stringContaining('runs already')]);

  expect((await sandbox.run('tracker', 'list')).code).toBe(0);
  const dry = await sandbox.json<{ scan: { seen: number } }>('scanner', 'once', '--dry');
  expect(dry.scan.seen).toBeGreaterThan(300);

  expect((await sandbox.run('suite', 'pause')).code).toBe(0);
  expect(await sandbox.json('suite', 'status')).toMatchObject({ paused: true });

  const pids = await Promise.all(['simulator', 'tracker', 'scanner'].map((name) => sandbox.pidOf(name)));
  const daemon = Number(readFileSync(join(sandbox.folder, 'pm2', 'pm2.pid'), 'utf8'));
  const stopped = await sandbox.run('suite', 'stop');
  expect([stopped.code, stopped.stderr]).toEqual([0, expect.stringContaining('Stopped')]);
  for (const pid of [...pids, daemon]) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  expect(await isTaken(sandbox.port)).toBe(false);

  // the same market goes on where it was, with the same books
  const before = await sandbox.json<ReportJson>('suite', 'report');
  expect((await sandbox.run('suite', 'start')).code).toBe(0);
  const after = await sandbox.json<ReportJson>('suite', 'report');
  expect(after.buys).toBe(before.buys);
});

describe('what the owner must mend is said in one message, and nothing is started', () => {
  async function refused(...expected: readonly string[]) {
    const ended = await sandbox.run('suite', 'start');
    for (const text of expected) expect(ended.stderr).toContain(text);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
    expect(ended.code).toBe(2);
    expect(await sandbox.pm2.list()).toEqual([]);
  }

  it('settings that are misspelt, of a wrong type or impossible', async () => {
    sandbox = await createSandbox({ scan: { everySecond: 60, maxCandidates: 'many' }, hype: { maxSpread: 7 } });
    await refused('scan.everySecond', 'everySeconds', 'scan.maxCandidates', 'hype.maxSpread');
  });

  it('a port that is taken', async () => {
    sandbox = await createSandbox();
    const squatter = createServer().listen(sandbox.port, '127.0.0.1');
    try {
      await refused(`port ${sandbox.port}`, 'SIM_PORT');
    } finally {
      squatter.close();
    }
  });

  it('a damaged database, which stays as it is', async () => {
    sandbox = await createSandbox();
    const path = join(sandbox.folder, 'bot.db');
    writeFileSync(path, 'not a database '.repeat(100));
    await refused('damaged', path);
    expect(readFileSync(path, 'utf8')).toBe('not a database '.repeat(100));
  });

  it('a data folder with broken files, each named', async () => {
    sandbox = await createSandbox((folder) => ({ simulator: { dataFolder: join(folder, 'candles') } }));
    const data = join(sandbox.folder, 'candles');
    mkdirSync(data);
    const header = 'timestamp,open,high,low,close,volume';
    writeFileSync(join(data, 'MEXC_GOOD-USDT_5m.csv'), `${header}\n300000,1,2,0.5,1,1\n600000,1,2,0.5,1,1\n`);
    writeFileSync(join(data, 'MEXC_BAD-USDT_5m.csv'), `${header}\n300000,1,0.5,2,1,1\n`);
    writeFileSync(join(data, 'MEXC_WORSE-USDT_5m.csv'), 'time,price\n1,2\n');
    await refused('MEXC_BAD-USDT_5m.csv', 'MEXC_WORSE-USDT_5m.csv');
  });

  it('a clock that is off, where real money trades', async () => {
    const exchange = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ serverTime: Date.now() + 7_000 }));
    });
    await new Promise<void>((resolve) => exchange.listen(0, '127.0.0.1', resolve));
    const { port } = exchange.address() as AddressInfo;
    const restUrl = `http://127.0.0.1:${port}`;
    try {
      const key = { MEXC_API_KEY: 'mx0_a_made_up_key', MEXC_API_SECRET: 'made_up_secret' };
      sandbox = await createSandbox({ mode: 'live', exchange: { venue: 'mexc', restUrl } }, key);
      await refused('7.0 s behind', 'timedatectl');
      const scan = await sandbox.run('scanner', 'once');
      expect([scan.code, scan.stderr]).toEqual([2, expect.stringContaining('7.0 s behind')]);
    } finally {
      exchange.close();
    }
  });

  it('live mode without a key', async () => {
    sandbox = await createSandbox({ mode: 'live' });
    await refused('live mode needs an API key');
  });
});

it('is paused and stopped though the settings have got a fault meanwhile', { timeout: 60_000 }, async () => {
  sandbox = await createSandbox();
  expect((await sandbox.run('suite', 'start')).code).toBe(0);
  const file = join(sandbox.folder, 'settings.json');
  const whole = readFileSync(file, 'utf8');
  writeFileSync(file, `${whole.slice(0, -1)},}`);

  const paused = await sandbox.run('suite', 'pause');
  expect(paused).toMatchObject({ code: 0, stdout: expect.stringMatching(/^paused/) });
  expect(paused.stderr).toContain('is not valid JSON');
  const stopped = await sandbox.run('suite', 'stop');
  expect(stopped).toMatchObject({ code: 0, stderr: expect.stringMatching(/Stopped [\s\S]*is not valid JSON/) });
  expect(await sandbox.pm2.list()).toEqual([]);

  writeFileSync(file, whole);
  expect(await sandbox.json('suite', 'status')).toMatchObject({ paused: true });

  // the mode is the database's since its first start: an edit does not make paper money real
  writeFileSync(file, JSON.stringify({ ...JSON.parse(whole), mode: 'live' }));
  expect((await sandbox.run('suite', 'mode')).stdout).toBe('test mode\n');
});

it.skipIf(process.platform === 'win32')(
  'comes back by one start after a reboot, whatever the reboot left behind',
  { timeout: 90_000 },
  async () => {
    sandbox = await createSandbox();
    expect((await sandbox.run('suite', 'start')).code).toBe(0);
    const pidFile = join(sandbox.folder, 'pm2', 'pm2.pid');
    const rows = await sandbox.pm2.list();
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL'); // the daemon first, or it would start them again
    for (const { pid } of rows) process.kill(pid!, 'SIGKILL');
    writeFileSync(pidFile, String(process.ppid)); // another process has its pid since

    expect((await sandbox.run('suite', 'start')).code).toBe(0);
    const after = await sandbox.pm2.list();
    expect(after.map(({ name, status }) => [name, status])).toEqual(rows.map(({ name }) => [name, 'online']));
    expect(after.map(({ pid }) => pid)).not.toEqual(expect.arrayContaining([rows[0]!.pid]));
  },
);

it('says when it is stopped what it cannot read', async () => {
  sandbox = await createSandbox();
  writeFileSync(join(sandbox.folder, 'bot.db'), 'not a database '.repeat(100));
  const stopped = await sandbox.run('suite', 'stop');
  expect(stopped).toMatchObject({ code: 0, stderr: expect.stringMatching(/Nothing was running[\s\S]*damaged/) });
});

it('sets aside the books of another simulated market', async () => {
  sandbox = await createSandbox({ simulator: { seed: 1 } });
  expect((await sandbox.run('suite', 'start')).code).toBe(0);
  expect((await sandbox.run('suite', 'stop')).code).toBe(0);

  const settings = join(sandbox.folder, 'settings.json');
  const values = JSON.parse(readFileSync(settings, 'utf8'));
  writeFileSync(settings, JSON.stringify({ ...values, simulator: { ...values.simulator, seed: 2 } }));
  const started = await sandbox.run('suite', 'start');
  expect(started.stderr).toContain('set aside');
  expect(existsSync(join(sandbox.folder, 'archive'))).toBe(true);
}, 60_000);
