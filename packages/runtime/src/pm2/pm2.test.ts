import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { suiteRoot } from '../settings/load.ts';
import { createPm2, type Pm2, ProcessStartError } from './pm2.ts';
import { isAlive, withoutPm2 } from './pm2-command.ts';
import { parseProcessList } from './process-list.ts';

/** A suite whose apps do nothing: a worker, one with bad settings, one that crashes. */
const WORKER = `
  process.on('SIGINT', () => process.exit(0));
  process.on('message', (message) => { if (message === 'shutdown') process.exit(0); });
  setInterval(() => undefined, 1000);
  process.send('ready');`;
const REFUSES = `console.error('settings: scan.everySeconds = "x": must be a number'); process.exit(2);`;
const CRASHES = `console.error('TypeError: of no use'); process.exit(1);`;

let root: string;
let home: string;
let pm2: Pm2;
let daemonPid = 0;
const pids = new Set<number>();

const app = (name: string, script: string): void => {
  mkdirSync(join(root, 'apps', name, 'dist'), { recursive: true });
  writeFileSync(join(root, 'apps', name, 'dist', 'main.js'), script);
};
const row = async (name: string) => {
  const found = (await pm2.list()).find((process) => process.name === name);
  if (found?.pid) pids.add(found.pid);
  return found;
};

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'suite-')));
  home = mkdtempSync(join(tmpdir(), 'pm2-'));
  copyFileSync(join(suiteRoot(), 'ecosystem.config.cjs'), join(root, 'ecosystem.config.cjs'));
  app('scanner', WORKER);
  app('tracker', WORKER);
  app('simulator', WORKER);
  pm2 = createPm2({ root, home });
});
afterAll(async () => {
  if (daemonPid > 0 && isAlive(daemonPid)) {
    await pm2.remove();
    await pm2.killDaemonIfIdle();
  }
  rmSync(root, { recursive: true });
  rmSync(home, { recursive: true, force: true });
});

describe('PM2', { timeout: 60_000 }, () => {
  it('is not started by asking what runs', async () => {
    expect(await pm2.list()).toEqual([]);
    expect(await pm2.killDaemonIfIdle()).toBe(true);
    expect(existsSync(join(home, 'pm2.pid'))).toBe(false);
  });

  it('starts what does not run, and leaves alone what does', async () => {
    expect(await pm2.start(['scanner'])).toEqual(['scanner']);
    daemonPid = Number(readFileSync(join(home, 'pm2.pid'), 'utf8'));
    const first = await row('scanner');
    expect(first).toMatchObject({ name: 'scanner', status: 'online', restarts: 0, exitCode: null, folder: root });
    expect(first?.memoryMb).toBeGreaterThan(1);
    expect(await pm2.start(['scanner', 'tracker'])).toEqual(['tracker']);
    expect((await row('scanner'))?.pid).toBe(first?.pid);
    expect((await row('tracker'))?.status).toBe('online');
  });

  it('brings back what was killed', async () => {
    const before = (await row('scanner'))?.pid ?? 0;
    process.kill(before, 'SIGKILL');
    await vi.waitFor(
      async () => {
        const now = await row('scanner');
        expect(now).toMatchObject({ status: 'online', restarts: 1 });
        expect(now?.pid).not.toBe(before);
      },
      { timeout: 30_000, interval: 200 },
    );
  });

  it('stops, restarts and removes by name, the others left alone', async () => {
    const tracker = await row('tracker');
    await pm2.stop(['scanner']);
    expect(await row('scanner')).toMatchObject({ status: 'stopped', pid: null, memoryMb: 0, uptimeMs: 0 });
    await pm2.restart(['scanner']);
    expect(await row('scanner')).toMatchObject({ status: 'online' });
    await pm2.remove(['scanner']);
    expect((await pm2.list()).map(({ name, pid }) => ({ name, pid }))).toEqual([
      { name: 'tracker', pid: tracker?.pid },
    ]);
    expect(await pm2.killDaemonIfIdle()).toBe(false);
  });

  it('keeps its hands off a copy of the suite in another folder', async () => {
    const copy = createPm2({ root: home, home });
    expect(await copy.list()).toEqual([]);
    await copy.remove();
    await expect(copy.start(['tracker'])).rejects.toThrow(`a copy of the suite in ${root} has tracker`);
    expect(await row('tracker')).toMatchObject({ status: 'online' });
  });

  it('says why a process does not come back from a restart, and keeps it on the list', async () => {
    const good = readFileSync(join(root, 'apps', 'tracker', 'dist', 'main.js'), 'utf8');
    app('tracker', REFUSES);
    await expect(pm2.restart(['tracker'])).rejects.toThrow(/tracker did not start \(exit code 2\):\n.*everySeconds/);
    expect(await row('tracker')).toMatchObject({ status: 'stopped' });
    app('tracker', good);
    await pm2.restart(['tracker']);
    expect(await row('tracker')).toMatchObject({ status: 'online' });
  });

  it('does not restart what it does not know, and says so', async () => {
    const tracker = await row('tracker');
    await expect(pm2.restart(['tracker', 'scanner'])).rejects.toThrow('PM2 does not know scanner');
    expect((await row('tracker'))?.pid).toBe(tracker?.pid);
  });

  it('does not start again what ended with 2, and says what it wrote; what came up beside it stays', async () => {
    await pm2.remove(['tracker']);
    app('simulator', REFUSES);
    const start = pm2.start(['simulator', 'scanner', 'tracker']);
    await expect(start).rejects.toThrow(/simulator did not start \(exit code 2\):\n.*scan\.everySeconds = "x"/);
    await expect(start).rejects.toMatchObject({ name: 'ProcessStartError', processes: ['simulator'], userError: true });
    const names = (await pm2.list()).map(({ name, status }) => `${name} ${status}`);
    expect(names.toSorted()).toEqual(['scanner online', 'tracker online']);
    await pm2.remove(['scanner']);
  });

  it('leaves running what crashed once while it started', async () => {
    const once = join(root, 'crashed');
    app(
      'scanner',
      `require('node:fs').existsSync('${once}') || (require('node:fs').writeFileSync('${once}', ''), process.exit(1)); ${WORKER}`,
    );
    expect(await pm2.start(['scanner'])).toEqual(['scanner']);
    expect(await row('scanner')).toMatchObject({ status: 'online', restarts: 1 });
    await pm2.remove(['scanner']);
  });

  it('says so when a process crashes while it starts', async () => {
    app('simulator', CRASHES); // its log still has what the other wrote
    const error = await pm2.start(['simulator']).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ProcessStartError);
    expect(error).toMatchObject({
      userError: false,
      message: expect.stringMatching(/^simulator did not start \(exit code 1\):\nTypeError: of no use/),
    });
    expect((await pm2.list()).map(({ name }) => name)).toEqual(['tracker']);
  });

  it('leaves no process behind', async () => {
    await pm2.remove();
    expect(await pm2.killDaemonIfIdle()).toBe(true);
    expect(await pm2.list()).toEqual([]);
    expect(pids.size).toBeGreaterThanOrEqual(3);
    expect([...pids, daemonPid].filter(isAlive)).toEqual([]);
  });
});

it('passes on the user’s environment, and nothing of what PM2 tells a process of itself', () => {
  const own = { PATH: '/bin', MEXC_API_KEY: 'k', SETTINGS_FILE: 's', https_proxy: 'p' };
  const ofPm2 = {
    pm_id: '3',
    pm_out_log_path: '/x',
    name: 'telegram',
    status: 'online',
    PM2_USAGE: 'CLI',
    axm_monitor: '{}',
  };
  expect(withoutPm2({ ...own, ...ofPm2 })).toEqual(own);
  expect(withoutPm2({ ...own, name: 'mine' })).toEqual({ ...own, name: 'mine' });
});

describe('what PM2 lists', () => {
  const env = { namespace: 'mexc-bot', status: 'online', restart_time: 2, pm_uptime: 4_000, stop_exit_codes: [2] };
  const listed = (over: object, top: object = {}) => ({
    name: 'scanner',
    pid: 7,
    pm_id: 0,
    monit: { memory: 52_428_800 },
    pm2_env: { ...env, ...over },
    ...top,
  });

  it('is read from behind its noise, other namespaces counted only', () => {
    const list = [listed({}), listed({ namespace: 'default' }), listed({ namespace: undefined })];
    const output = `[PM2] Spawning PM2 daemon\n>>>> In-memory PM2 is out-of-date\n${JSON.stringify(list)}\n`;
    const { rows, others } = parseProcessList(output, 5_000);
    expect(others).toBe(2);
    expect(rows).toMatchObject([
      { name: 'scanner', pid: 7, restarts: 2, memoryMb: 50, uptimeMs: 1_000, status: 'online' },
    ]);
    expect(parseProcessList('[]', 0)).toEqual({ rows: [], others: 0 });
    expect(() => parseProcessList('[PM2] oops', 0)).toThrow('printed no list');
  });

  it('is "stopped" where PM2 waits for a restart that will never come', () => {
    const status = (exit_code: number) =>
      parseProcessList(JSON.stringify([listed({ status: 'waiting restart', exit_code }, { pid: 0 })]), 0).rows[0]
        ?.status;
    expect(status(2)).toBe('stopped');
    expect(status(1)).toBe('waiting restart');
  });
});

describe('ecosystem.config.cjs', () => {
  it('declares every process by the same rules', () => {
    const { apps } = createRequire(import.meta.url)(join(suiteRoot(), 'ecosystem.config.cjs'));
    expect(apps.map(({ name }: { name: string }) => name)).toEqual([
      'simulator',
      'scanner',
      'tracker',
      'collector',
      'labeler',
      'telegram',
      'trainer',
    ]);
    for (const declared of apps) {
      expect(declared).toMatchObject({
        namespace: 'mexc-bot',
        exec_mode: 'fork',
        pmx: false,
        wait_ready: true,
        kill_timeout: 6_000,
        stop_exit_codes: [2],
      });
      expect(declared.script).toBe(join(suiteRoot(), 'apps', declared.name, 'dist', 'main.js'));
    }
  });
});
