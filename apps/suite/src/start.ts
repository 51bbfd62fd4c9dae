import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Mode } from '@mexc-bot/core';
import { restUrl, setAsideSimulatedBooks, venueIdentity, wrongClock } from '@mexc-bot/execution';
import { createPm2, findDatabase, type Pm2, type Settings, suiteRoot, UserError } from '@mexc-bot/runtime';
import { openStore } from '@mexc-bot/store';
import { bootCommand, comesBackAfterReboot, STOPPED_FILE } from './after-reboot.ts';
import { processNames } from './processes.ts';
import { startMode } from './start-mode.ts';

/**
 * Starts what does not run yet. Everything the owner could have got wrong is looked at first, so that nothing is half started.
 *
 * @throws {UserError} the owner must act; nothing was started
 */
export async function start(settings: Settings, say: (line: string) => void): Promise<void> {
  const pm2 = createPm2({ root: settings.root, logFolder: settings.log.folder });
  const names = processNames(settings);
  const running = await runningOf(pm2, names);
  if (running.length === names.length) {
    keepMode(settings);
    say(`The suite runs already: ${running.join(', ')}. See how it does: npm run status -- --watch. End it: npm stop.`);
    return;
  }
  // the trainer runs now and then, whatever the exchange
  const strangers = (await pm2.list()).filter(
    (row) => row.status === 'online' && ![...names, 'trainer'].includes(row.name),
  );
  if (strangers.length > 0) {
    throw new UserError(
      `${strangers.map((row) => row.name).join(', ')} still runs for another exchange than the settings now mean`,
      'End it first: npm stop.',
    );
  }

  for (const warning of settings.warnings) say(`! ${warning}`);
  if (settings.venue === 'simulator' && !running.includes('simulator')) await checkSimulator(settings);
  const mode = checkBooks(settings, running.length === 0, say);

  if (settings.venue === 'mexc') await checkExchange(settings, mode, say);

  keepStopped(false, say);
  say(`Starting ${names.join(', ')} ...`);
  // the exchange before those who ask it
  if (names.includes('simulator')) await pm2.start(['simulator']);
  try {
    await pm2.start(names.filter((name) => name !== 'simulator'));
  } catch (error) {
    const live = openLivePositions(settings.database);
    if (running.length === 0 && live === 0) await stopAll(pm2);
    else {
      keepMode(settings);
      say(`! What came up is left running${live > 0 ? `, as ${live} live position(s) are open` : ''}: npm run status`);
    }
    throw error;
  }
  keepMode(settings);
  say(welcome(settings, mode));
}

/** Ends all of the suite, and PM2's daemon where nothing else needs it; broken settings or books do not keep it from that. */
export async function stop(say: (line: string) => void): Promise<void> {
  keepStopped(true, say);
  const pm2 = createPm2({ root: suiteRoot() });
  const rows = await pm2.list();
  await stopAll(pm2);
  say(rows.length === 0 ? 'Nothing was running.' : `Stopped ${rows.map((row) => row.name).join(', ')}.`);

  const { path, fault } = findDatabase(process.env);
  if (fault !== null) say(`! ${fault.message}`);
  if (!existsSync(path)) return;
  try {
    const live = openLivePositions(path);
    say(`Everything is kept in ${path}.`);
    if (live > 0) say(`! ${live} live position(s) are open and nothing guards them until the next npm start.`);
  } catch (error) {
    say(`! Nobody can say what is open, and unguarded: ${(error as Error).message}`);
  }
}

/** What a boot does is the owner's last word. */
function keepStopped(isStopped: boolean, say: (line: string) => void): void {
  const path = join(suiteRoot(), STOPPED_FILE);
  try {
    if (isStopped) writeFileSync(path, '');
    else rmSync(path, { force: true });
  } catch (error) {
    say(`! What a boot is to do could not be written down: ${(error as Error).message}`);
  }
}

/** Of the real exchange: a simulated one stands still with the suite. */
function openLivePositions(database: string): number {
  const store = openStore(database);
  try {
    if (store.state.venue() !== 'mexc') return 0;
    return store.positions.open().filter((position) => position.mode === 'live').length;
  } finally {
    store.close();
  }
}

async function stopAll(pm2: Pm2): Promise<void> {
  await pm2.remove();
  await pm2.killDaemonIfIdle();
}

async function runningOf(pm2: Pm2, names: readonly string[]): Promise<readonly string[]> {
  const rows = await pm2.list();
  return names.filter((name) => rows.some((row) => row.name === name && row.status === 'online'));
}

/** The simulator judges its own data folder; what it says is what the owner sees. */
async function checkSimulator(settings: Settings): Promise<void> {
  const { port } = settings.simulator;
  if (!(await portIsFree(port))) {
    throw new UserError(
      `port ${port} on 127.0.0.1 is taken by another program, and the simulator needs one`,
      `Free it, or choose another: SIM_PORT=8700 npm start, or simulator.port in settings.json.`,
    );
  }
  const check = spawnSync(process.execPath, [join(settings.root, 'apps', 'simulator', 'dist', 'cli.js'), 'check'], {
    encoding: 'utf8',
  });
  if (check.status === 0) return;
  throw new UserError(
    (check.stderr || check.stdout).trim() || `the simulator's check ended with exit code ${check.status}`,
  );
}

function checkBooks(settings: Settings, mayMove: boolean, say: (line: string) => void): Mode {
  const moved = mayMove ? setAsideSimulatedBooks(settings, Date.now()) : null;
  if (moved !== null) say(`The books of the simulated market before were set aside: ${moved}`);
  const store = openStore(settings.database);
  try {
    const venue = store.state.venue();
    if (venue !== null && venue !== venueIdentity(settings)) {
      throw new UserError(
        `${settings.database} holds the books of "${venue}", but the settings mean "${venueIdentity(settings)}"`,
        'Put the key back into .env, or name another file in settings.json (database).',
      );
    }
    const mode = startMode(store, settings);
    if (mode === 'live' && settings.secrets.mexcApiKey === null) {
      throw new UserError(
        'live mode needs an API key',
        'Write MEXC_API_KEY and MEXC_API_SECRET to .env, or go back to paper money: npm run mode test.',
      );
    }
    if (settings.mode === 'live' && mode === 'test') {
      say(
        '! The settings say live, which counts for a new database: this one stays in test mode until npm run mode live.',
      );
      store.state.setMode(mode, Date.now()); // the workers would take the settings' word
    }
    return mode;
  } finally {
    store.close();
  }
}

/** Once the suite runs, a command alone changes it. Before that nothing is kept: a refused start decides nothing. */
function keepMode(settings: Settings): void {
  const store = openStore(settings.database);
  try {
    if (store.state.mode() === null) store.state.setMode(startMode(store, settings), Date.now());
  } finally {
    store.close();
  }
}

function portIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** An exchange that does not answer is no reason not to start; a clock that is wrong is one. */
async function checkExchange(settings: Settings, mode: Mode, say: (line: string) => void): Promise<void> {
  const url = restUrl(settings);
  let offset = await clockOffset(url, settings.exchange.requestTimeoutMs);
  if (offset === null) {
    say(
      `! ${url} does not answer. The workers start all the same and keep asking; npm run status shows when it is back.`,
    );
    return;
  }
  if (mode !== 'live') return;
  const fault = await wrongClock({
    offsetMs: () => offset,
    resync: async () => {
      offset = (await clockOffset(url, settings.exchange.requestTimeoutMs)) ?? offset;
      return true;
    },
  });
  if (fault !== null) throw fault;
}

/** @returns ms the exchange is ahead of this machine; null where it does not answer */
async function clockOffset(url: string, timeoutMs: number): Promise<number | null> {
  const sentAt = Date.now();
  try {
    const response = await fetch(`${url}/api/v3/time`, { signal: AbortSignal.timeout(timeoutMs) });
    const { serverTime } = (await response.json()) as { readonly serverTime?: unknown };
    return response.ok && typeof serverTime === 'number' ? serverTime - (sentAt + Date.now()) / 2 : null;
  } catch {
    return null; // the caller says so
  }
}

function welcome(settings: Settings, mode: Mode): string {
  const simulated = settings.venue === 'simulator';
  const market =
    settings.simulator.dataFolder === null
      ? 'a synthetic market'
      : `the recorded candles in ${settings.simulator.dataFolder}`;
  return [
    '',
    simulated
      ? `The suite trades ${mode === 'test' ? 'paper money' : 'simulated money, in live mode,'} on ${market}, at ${settings.simulator.speed} times the speed of the clock. No exchange is contacted.`
      : mode === 'test'
        ? 'The suite trades paper money at MEXC.'
        : 'The suite trades REAL MONEY at MEXC, whatever the settings say. Back to paper money: npm run mode test.',
    ...(simulated ? ['The first buys and sales come within two minutes.'] : []),
    'Watch:',
    '  npm run status -- --watch    what runs, and where the last scan went',
    '  npm run report               what it brought',
    '  npm run tracker list         open positions, their stops and levels',
    `  ${settings.log.folder}    the logs`,
    'End it: npm stop',
    ...afterReboot(settings, mode),
  ].join('\n');
}

/** A simulated market stands still with the suite; the real one does not wait for its positions to be guarded again. */
function afterReboot({ venue, root }: Settings, mode: Mode): string[] {
  if (venue === 'simulator') return ['After a reboot: npm start; docs/operations.md has it start by itself'];
  if (comesBackAfterReboot(root)) return [];
  return [
    mode === 'live'
      ? '! Nothing seems to start the suite after a reboot, and nothing would guard open positions. One command has it start by itself:'
      : 'After a reboot: npm start. One command has it start by itself:',
    `  ${bootCommand(root, process.env, process.platform)}`,
  ];
}
