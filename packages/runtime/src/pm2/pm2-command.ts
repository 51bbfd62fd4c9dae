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
  /** PM2's own folder */
  readonly home: string;
}

/**
 * @param home `PM2_HOME`; the environment's, or PM2's own default, unless given
 * @param logFolder where PM2 keeps what the processes print; `data/logs` unless given
 */
export function createPm2Command(root: string, home?: string, logFolder?: string): Pm2Command {
  const binary = join(dirname(createRequire(import.meta.url).resolve('pm2/package.json')), 'bin', 'pm2');
  const pm2Home = home ?? process.env.PM2_HOME ?? join(homedir(), '.pm2');

  return {
    home: pm2Home,
    run: (args, env = {}) =>
      new Promise((resolve, reject) => {
        const options = {
          cwd: root,
          // no question home whether a newer version exists, no banner
          env: {
            ...withoutPm2(process.env),
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

/** What PM2 tells a process of itself, as variables: a process started from there would take them for its own. */
const OF_PM2 = /^(pm_|axm_|PM2_|NODE_APP_INSTANCE$|km_link$|vizion)/;

/** @returns the environment as the user has it, also inside a process that PM2 runs */
export function withoutPm2(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  if (env.pm_id === undefined) return env;
  // the settings of the process lie in lower case beside the user's own variables, which are in upper case
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !OF_PM2.test(name) && (/[A-Z]/.test(name) || /_proxy$/.test(name))),
  );
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
