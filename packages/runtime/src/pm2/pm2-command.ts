import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const MEGABYTE = 1024 * 1024;
const TIMEOUT_MS = 120_000;

/**
 * PM2 as the separate program it is: its licence (AGPL-3.0) covers it, and not a suite that merely runs it.
 */
export interface Pm2Command {
  /** @returns what it printed; @throws with what it printed, when it fails */
  run(args: readonly string[], env?: Readonly<Record<string, string | undefined>>): Promise<string>;
  /** pid of the daemon, or null where none runs: asking PM2 itself would start one */
  daemonPid(): number | null;
}

/**
 * @param home `PM2_HOME`; the environment's, or PM2's own default, unless given
 * @param logFolder where PM2 keeps what the processes print; `data/logs` unless given
 */
export function createPm2Command(root: string, home?: string, logFolder?: string): Pm2Command {
  const binary = join(dirname(createRequire(import.meta.url).resolve('pm2/package.json')), 'bin', 'pm2');
  const pm2Home = home ?? process.env.PM2_HOME ?? join(homedir(), '.pm2');

  return {
    run: (args, env = {}) =>
      new Promise((resolve, reject) => {
        const options = {
          cwd: root,
          // no question home whether a newer version exists, no banner
          env: {
            ...process.env,
            ...env,
            ...(logFolder === undefined ? {} : { SUITE_LOG_FOLDER: logFolder }),
            PM2_HOME: pm2Home,
            PM2_DISABLE_VERSION_CHECK: 'true',
            PM2_DISCRETE_MODE: 'true',
          },
          maxBuffer: 64 * MEGABYTE,
          timeout: TIMEOUT_MS,
          windowsHide: true,
        };
        // not a `node` of the PATH: under pnpm that is a shell script
        execFile(process.execPath, [binary, ...args], options, (error, stdout, stderr) => {
          if (error === null) resolve(stdout);
          else
            reject(
              new Error(`pm2 ${args.join(' ')} failed:\n${lastLines(`${stdout}\n${stderr}`, 15)}`, { cause: error }),
            );
        });
      }),
    daemonPid() {
      const file = join(pm2Home, 'pm2.pid');
      if (!existsSync(file)) return null;
      const pid = Number(readFileSync(file, 'utf8'));
      return Number.isInteger(pid) && pid > 0 && isAlive(pid) ? pid : null;
    },
  };
}

export const lastLines = (text: string, count: number): string => text.trim().split(/\r?\n/).slice(-count).join('\n');

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it is there, and someone else's
  }
}
