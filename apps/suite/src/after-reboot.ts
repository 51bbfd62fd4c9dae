import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Lies in the suite's folder while its owner wants it stopped: a boot does not start it then. */
export const STOPPED_FILE = 'data/stopped';

const LOOK_MS = 3_000;
/** of the scheduled task on Windows */
const TASK = 'mexc-bot';
/** What a start by cron would not know: the rest stands in `.env` or the settings. */
const OWN_VARIABLES = ['PM2_HOME', 'SETTINGS_FILE', 'DATABASE'] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The command that has this machine start the suite at every boot, for the owner to run once. It needs no root, no npm on cron's
 * short PATH, and tries again where the clock or the disk is not ready yet.
 *
 * @param root the suite's folder
 */
export function bootCommand(root: string, env: Environment, platform: NodeJS.Platform): string {
  if (platform === 'win32') return `schtasks /Create /TN ${TASK} /SC ONLOGON /TR "cmd /c cd /d ${root} && npm start"`;
  const own = OWN_VARIABLES.flatMap((name) => (env[name] ? [`${name}=${word(env[name])} `] : []));
  const start = `${own.join('')}node_modules/node/bin/node scripts/bootstrap.mjs start >data/boot.log 2>&1`;
  const line = `@reboot cd ${word(root)} && until [ -e ${STOPPED_FILE} ] || ${start}; do sleep 60; done`.replaceAll(
    '%',
    '\\%',
  ); // cron's line break
  return `(crontab -l 2>/dev/null; printf '%s\\n' '${line.replaceAll("'", `'\\''`)}') | crontab -`;
}

/** As the shell reads it as one word. */
const word = (text: string): string => text.replace(/[^\p{L}\p{N}_./:@-]/gu, '\\$&');

/** What this machine starts by itself, as texts. */
export interface BootTexts {
  readonly crontabs: readonly string[];
  /** services of systemd, launchd, rc.local */
  readonly services: readonly string[];
  /** what PM2 would bring back, where it is started itself */
  readonly pm2Dump: string;
}

/** The folder alone says nothing: backups name it too. */
const STARTS = /\bnpm (run )?start\b|\bbootstrap\.mjs start\b/;

/** Whether one of them seems to start the suite of a folder. The best that can be said from outside: a script may hide it. */
export function startsSuite(root: string, { crontabs, services, pm2Dump }: BootTexts, home: string): boolean {
  const names = isInside(root, home)
    ? [root, `~${root.slice(home.length)}`, `$HOME${root.slice(home.length)}`]
    : [root];
  const spelt = names.flatMap((name) => [name, word(name)]);
  const isNamed = (line: string): boolean => spelt.some((name) => holdsPath(line, name));
  const lines = (texts: readonly string[]): string[] =>
    texts.flatMap((text) => text.split(/\r?\n/)).filter((line) => !/^\s*#/.test(line));

  const cronLines = lines(crontabs.map((text) => text.replaceAll('\\%', '%')));
  if (cronLines.some((line) => isNamed(line) && STARTS.test(line))) return true;
  if (services.some((text) => lines([text]).some(isNamed) && STARTS.test(lines([text]).join('\n')))) return true;
  return lines(services).some((line) => /\bpm2\b.*\bresurrect\b/.test(line)) && holdsPath(pm2Dump, root);
}

const isInside = (path: string, folder: string): boolean => folder !== '/' && path.startsWith(`${folder}/`);

/** The path itself, and not a longer name that begins like it. */
function holdsPath(text: string, path: string): boolean {
  for (let at = text.indexOf(path); at >= 0; at = text.indexOf(path, at + 1)) {
    if (!/[\p{L}\p{N}_.-]/u.test(text[at + path.length] ?? ' ')) return true;
  }
  return false;
}

/** Whether something can be seen that starts the suite when this machine boots. Never throws. */
export function comesBackAfterReboot(root: string): boolean {
  if (process.platform === 'win32') return run('schtasks', ['/Query', '/TN', TASK]) !== null;
  const home = homedir();
  return startsSuite(
    root,
    {
      crontabs: [run('crontab', ['-l']) ?? '', ...textsOf('/etc/crontab'), ...textsIn('/etc/cron.d', '')],
      services: [
        ...wantedIn('/etc/systemd/system'),
        ...wantedIn(join(home, '.config', 'systemd', 'user')),
        ...textsIn('/Library/LaunchDaemons', '.plist'),
        ...textsIn(join(home, 'Library', 'LaunchAgents'), '.plist'),
        ...textsOf('/etc/rc.local'),
      ],
      pm2Dump: textsOf(join(process.env.PM2_HOME ?? join(home, '.pm2'), 'dump.pm2')).join(''),
    },
    home,
  );
}

/** @returns what it printed; null where it failed, or there is no such program */
function run(program: string, args: readonly string[]): string | null {
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8', timeout: LOOK_MS, windowsHide: true });
  return status === 0 ? stdout : null;
}

function textsIn(folder: string, ending: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(ending))
      .flatMap((name) => textsOf(join(folder, name)));
  } catch {
    return []; // not a system that has it
  }
}

/** Services that systemd starts: of those in the folder itself many are off. */
function wantedIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.wants'))
      .flatMap((name) => textsIn(join(folder, name), '.service'));
  } catch {
    return []; // not a system that has it
  }
}

function textsOf(path: string): string[] {
  try {
    return existsSync(path) ? [readFileSync(path, 'utf8')] : [];
  } catch {
    return []; // a folder, or not for this user
  }
}
