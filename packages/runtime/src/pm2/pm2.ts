import { readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../user-error.ts';
import { callDaemon } from './daemon-call.ts';
import { createPm2Command, isAlive, lastLines } from './pm2-command.ts';
import { type ManagedRow, type ProcessRow, parseProcessList, processesOf } from './process-list.ts';

/** The processes of the suite in one folder, and no others of the user's PM2: not those of a second copy either. */
export interface Pm2 {
  /** Empty where no daemon runs; none is started for the question. */
  list(): Promise<ProcessRow[]>;
  /**
   * Starts those that do not run, with the environment of this process, and waits until each is ready.
   *
   * @param env more variables; `ecosystem.config.cjs` reads them too
   * @returns the names that were started
   * @throws {ProcessStartError} one did not stay up, and was removed again; those that did are left running
   * @throws {UserError} a copy of the suite in another folder has processes of these names
   */
  start(names: readonly string[], env?: Readonly<Record<string, string>>): Promise<string[]>;
  /** Stops those that run; PM2 keeps them on its list. */
  stop(names: readonly string[]): Promise<void>;
  /**
   * @throws {ProcessStartError} one did not come back; PM2 keeps it on its list
   * @throws {Error} PM2 does not know one of them; nothing was restarted
   */
  restart(names: readonly string[]): Promise<void>;
  /** Stops them and takes them off PM2's list; all of the suite's unless named. */
  remove(names?: readonly string[]): Promise<void>;
  /** Ends the daemon when it has nothing to run, of this suite or of anything else. @returns whether none runs now */
  killDaemonIfIdle(): Promise<boolean>;
}

/** A process did not come up; the message ends with the last lines it wrote. */
export class ProcessStartError extends Error {
  override readonly name = 'ProcessStartError';
  readonly processes: readonly string[];
  /** the process itself said that the user must act (exit code 2) */
  readonly userError: boolean;

  constructor(failed: readonly { readonly row: ProcessRow | null; readonly name: string; readonly output: string }[]) {
    const texts = failed.map(({ row, name, output }) => {
      const code = row?.exitCode === null || row === null ? '' : ` (exit code ${row.exitCode})`;
      return `${name} did not start${code}${output === '' ? '' : `:\n${output}`}`;
    });
    super(texts.join('\n\n'));
    this.processes = failed.map(({ name }) => name);
    this.userError = failed.every(({ row }) => row?.exitCode === 2);
  }
}

const DELETE_ATTEMPTS = 5;
/** Up for so long after a crash while it started: that was one crash, and not the first of many. */
const STEADY_MS = 3_000;
const SETTLE_MS = 15_000;
const SETTLE_POLL_MS = 250;
const LOG_LINES = 20;
const DAEMON_END_MS = 5_000;
const DAEMON_POLL_MS = 50;

/**
 * @param options.root  the suite's folder, which holds `ecosystem.config.cjs`
 * @param options.home  PM2's own folder, the user's unless given: tests use one of their own
 * @param options.logFolder  where PM2 keeps what the processes print; `data/logs` unless given
 */
export function createPm2(options: {
  readonly root: string;
  readonly home?: string;
  readonly logFolder?: string;
}): Pm2 {
  const pm2 = createPm2Command(options.root, options.home, options.logFolder);

  const folder = realpathSync(options.root); // as PM2 has it from ecosystem.config.cjs

  async function managed() {
    if (pm2.daemonPid() === null) return { rows: [], copies: [], others: 0 };
    const { rows, others } = await ask();
    return {
      rows: rows.filter((row) => row.folder === folder),
      copies: rows.filter((row) => row.folder !== folder),
      others,
    };
  }

  async function ask(): Promise<ReturnType<typeof processesOf>> {
    try {
      return processesOf(await callDaemon(pm2.home, 'getMonitorData'), Date.now());
    } catch {
      // a daemon of another version, or one that just ends: PM2's own command knows what to do
      return parseProcessList(await pm2.run(['jlist']), Date.now());
    }
  }

  /** By id: someone else's process may have the same name in another namespace. */
  async function command(
    verb: 'stop' | 'restart' | 'delete',
    rows: readonly ManagedRow[],
    flags: string[] = [],
  ): Promise<void> {
    if (rows.length === 0) return;
    await pm2.run([verb, ...rows.map((row) => String(row.id)), ...flags]);
  }

  /** Once is not always enough: PM2 may be starting again, at that moment, what it is told to delete. */
  async function remove(isWanted: (row: ManagedRow) => boolean): Promise<void> {
    for (let attempt = 0; attempt < DELETE_ATTEMPTS; attempt++) {
      const rows = (await managed()).rows.filter(isWanted);
      if (rows.length === 0) return;
      await command('delete', rows);
      // a restart that PM2 had already planned comes a moment after the deletion
      await new Promise((resolve) => setTimeout(resolve, RESTART_PLANNED_MS));
    }
    const left = (await managed()).rows.filter(isWanted).map((row) => row.name);
    if (left.length > 0) throw new Error(`PM2 does not let go of ${left.join(', ')}; pm2 delete ${left.join(' ')} may`);
  }

  /** PM2's rows of what was just started; one that crashed once is looked at again until it stays up or crashes anew. */
  async function settled(names: readonly string[]): Promise<readonly ManagedRow[]> {
    const patience = Date.now() + SETTLE_MS;
    for (;;) {
      const rows = named((await managed()).rows, names);
      if (!rows.some(mayComeBack) || Date.now() > patience) return rows;
      await new Promise((resolve) => setTimeout(resolve, SETTLE_POLL_MS));
    }
  }

  const logFile = (name: string): string =>
    join(options.logFolder ?? join(options.root, 'data', 'logs'), `${name}.out.log`); // as ecosystem.config.cjs has it
  const logSize = (name: string): number => statSync(logFile(name), { throwIfNoEntry: false })?.size ?? 0;
  const logSince = (name: string, start: number): string =>
    logSize(name) > start ? lastLines(readFileSync(logFile(name)).subarray(start).toString('utf8'), LOG_LINES) : '';

  const named = (rows: readonly ManagedRow[], names: readonly string[]): ManagedRow[] =>
    rows.filter((row) => names.includes(row.name));

  return {
    async list() {
      return (await managed()).rows.map(({ id: _, ...row }) => row);
    },

    async start(names, env = {}) {
      const { rows, copies } = await managed();
      const copy = named(copies, names)[0]; // PM2 would take it for ours, and restart it
      if (copy !== undefined) {
        throw new UserError(
          `a copy of the suite in ${copy.folder} has ${copy.name} under the same PM2`,
          'stop it there (npm stop), or give this one its own PM2: PM2_HOME=<folder> npm start',
        );
      }
      const before = named(rows, names);
      const running = before.filter(isUp).map((row) => row.name);
      const wanted = names.filter((name) => !running.includes(name));
      if (wanted.length === 0) return [];
      // PM2 would merge the old environment into the new one: what is no longer set would stay set
      if (before.length > running.length) await remove((row) => wanted.includes(row.name));

      const written = new Map(wanted.map((name) => [name, logSize(name)]));
      await pm2.run(['start', 'ecosystem.config.cjs', '--only', wanted.join(',')], env);
      const after = await settled(wanted);
      const failed = wanted
        .map((name) => ({ name, row: after.find((row) => row.name === name) ?? null }))
        .filter(({ row }) => row === null || !(isUp(row) || isDone(row)) || (row.restarts > 0 && !isSteady(row)));
      if (failed.length === 0) return wanted;

      await remove((row) => failed.some(({ name }) => name === row.name));
      throw new ProcessStartError(
        failed.map(({ name, row }) => ({ name, row, output: logSince(name, written.get(name) ?? 0) })),
      );
    },

    async stop(names) {
      await command('stop', named((await managed()).rows, names));
    },

    async restart(names) {
      const written = new Map(names.map((name) => [name, logSize(name)]));
      const before = named((await managed()).rows, names);
      const unknown = names.filter((name) => !before.some((row) => row.name === name));
      if (unknown.length > 0) throw new Error(`PM2 does not know ${unknown.join(', ')}`);
      await command('restart', before, ['--update-env']);
      const after = (await managed()).rows;
      const failed = before
        .map(({ name }) => ({ name, row: after.find((row) => row.name === name) ?? null }))
        .filter(({ row }) => row === null || !isUp(row));
      if (failed.length === 0) return;
      throw new ProcessStartError(
        failed.map(({ name, row }) => ({ name, row, output: logSince(name, written.get(name) ?? 0) })),
      );
    },

    async remove(names) {
      await remove((row) => names === undefined || names.includes(row.name));
    },

    async killDaemonIfIdle() {
      const pid = pm2.daemonPid();
      if (pid === null) return true;
      const { rows, copies, others } = await managed();
      if (rows.length + copies.length + others > 0) return false;
      await pm2.run(['kill']);
      const patience = Date.now() + DAEMON_END_MS;
      while (isAlive(pid) && Date.now() < patience) await new Promise((resolve) => setTimeout(resolve, DAEMON_POLL_MS));
      return !isAlive(pid);
    },
  };
}

/** The first step of `exp_backoff_restart_delay`, and some more. */
const RESTART_PLANNED_MS = 250;

/** A job of one run that ended well before anybody looked. */
const isDone = (row: ProcessRow): boolean => row.status === 'stopped' && row.exitCode === 0;

const isUp = (row: ProcessRow): boolean => row.status === 'online' || row.status === 'launching';

/** Crashed once, and nobody knows yet whether it will again. PM2 counts a restart when it comes. */
const mayComeBack = (row: ProcessRow): boolean =>
  row.restarts === 0 ? row.status === 'waiting restart' : row.restarts === 1 && !isOver(row) && !isSteady(row);

const isOver = (row: ProcessRow): boolean => row.status === 'stopped' || row.status === 'errored';

const isSteady = (row: ProcessRow): boolean =>
  row.restarts <= 1 && row.status === 'online' && row.uptimeMs >= STEADY_MS;
