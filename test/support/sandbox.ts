import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPm2, type Pm2, suiteRoot } from '@mexc-bot/runtime';

/** How a command ended. */
interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A suite of its own: settings, database, logs, simulator state, port and PM2 in one temporary folder. */
export interface Sandbox {
  readonly folder: string;
  readonly port: number;
  readonly pm2: Pm2;
  /** Runs a command of an app, as `npm run` would after the build. */
  run(
    app: 'suite' | 'scanner' | 'tracker' | 'collector' | 'labeler' | 'simulator' | 'telegram' | 'backtest',
    ...args: readonly string[]
  ): Promise<Ended>;
  /** Runs it with `--json` and parses what it prints. */
  json<T>(app: 'suite' | 'scanner' | 'tracker' | 'collector' | 'telegram', ...args: readonly string[]): Promise<T>;
  pidOf(name: string): Promise<number>;
  /** Ends everything and removes the folder. */
  close(): Promise<void>;
}

export async function createSandbox(
  values: Record<string, unknown> | ((folder: string) => Record<string, unknown>) = {},
  env: Record<string, string> = {},
): Promise<Sandbox> {
  const folder = mkdtempSync(join(tmpdir(), 'suite-'));
  const settings = typeof values === 'function' ? values(folder) : values;
  const port = await freePort();
  const pm2Home = join(folder, 'pm2');
  const logFolder = join(folder, 'logs');
  const simulator = { port, speed: 300, stateFolder: join(folder, 'simulator'), ...(settings.simulator as object) };
  writeFileSync(
    join(folder, 'settings.json'),
    JSON.stringify({ database: join(folder, 'bot.db'), log: { folder: logFolder }, ...settings, simulator }),
  );

  const environment = {
    PATH: process.env.PATH,
    HOME: folder,
    PM2_HOME: pm2Home,
    SETTINGS_FILE: join(folder, 'settings.json'),
    NO_COLOR: '1',
    ...env,
  };
  const root = suiteRoot();
  const pm2 = createPm2({ root, home: pm2Home, logFolder });

  const run: Sandbox['run'] = (app, ...args) =>
    new Promise((resolve) => {
      const script = join(root, 'apps', app, 'dist', 'cli.js');
      const options = { cwd: root, env: environment, maxBuffer: 64 * 1024 * 1024 };
      execFile(process.execPath, [script, ...args], options, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
      });
    });

  return {
    folder,
    port,
    pm2,
    run,
    async json<T>(app: 'suite' | 'scanner' | 'tracker' | 'collector' | 'telegram', ...args: readonly string[]) {
      const ended = await run(app, ...args, '--json');
      if (ended.stdout === '') throw new Error(`${app} ${args.join(' ')} printed nothing:\n${ended.stderr}`);
      return JSON.parse(ended.stdout) as T;
    },
    async pidOf(name) {
      const pid = (await pm2.list()).find((row) => row.name === name)?.pid;
      if (pid == null) throw new Error(`${name} does not run`);
      return pid;
    },
    async close() {
      await pm2.remove();
      await pm2.killDaemonIfIdle();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Whether something listens on a port of this machine. */
export function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(true));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(false)));
  });
}
