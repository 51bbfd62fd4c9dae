import { z } from 'zod';

const NAMESPACE = 'mexc-bot';

/** A process as PM2 sees it. */
export interface ProcessRow {
  readonly name: string;
  readonly status: 'online' | 'launching' | 'stopping' | 'stopped' | 'errored' | 'waiting restart' | 'other';
  /** null while it does not run */
  readonly pid: number | null;
  /** since it was started by command */
  readonly restarts: number;
  readonly memoryMb: number;
  /** since its last start; 0 while it does not run */
  readonly uptimeMs: number;
  /** of its last end; null before */
  readonly exitCode: number | null;
  /** the suite's folder it belongs to */
  readonly folder: string;
}

export type ManagedRow = ProcessRow & { readonly id: number };

const pm2Row = z.object({
  name: z.string(),
  pid: z.number().optional(),
  pm_id: z.number(),
  monit: z.object({ memory: z.number() }).partial().optional(),
  pm2_env: z.object({
    namespace: z.string().optional(),
    status: z.string(),
    restart_time: z.number().default(0),
    pm_uptime: z.number().optional(),
    pm_cwd: z.string().default(''),
    exit_code: z.number().nullable().default(null),
    // PM2 makes a list of one a single value
    stop_exit_codes: z.union([z.array(z.number()), z.number().transform((code) => [code])]).default([]),
  }),
});

/** Enough to tell whose it is: what stands in the rows of others is not for us to judge. */
const anyRow = z.looseObject({ pm2_env: z.looseObject({ namespace: z.string().optional() }) });

const STATUSES: readonly string[] = ['online', 'launching', 'stopping', 'stopped', 'errored', 'waiting restart'];

/** `pm2 jlist` may print lines of its own (a daemon started, a version differs) before the list. */
function listIn(output: string): z.infer<typeof anyRow>[] {
  // `[PM2] Spawning ...` begins with a bracket too
  const line = output.split(/\r?\n/).findLast((text) => text.startsWith('[{') || text.trim() === '[]');
  if (line === undefined) throw new Error(`pm2 jlist printed no list: ${output.slice(0, 500)}`);
  return z.array(anyRow).parse(JSON.parse(line));
}

/**
 * @param output what `pm2 jlist` printed
 * @param now    wall time, ms UTC
 * @returns the suite's processes, and how many others PM2 has
 */
export function parseProcessList(
  output: string,
  now: number,
): { readonly rows: ManagedRow[]; readonly others: number } {
  return processesOf(listIn(output), now);
}

/** The same from the list itself, as PM2's daemon gives it. */
export function processesOf(list: unknown, now: number): { readonly rows: ManagedRow[]; readonly others: number } {
  const all = z.array(anyRow).parse(list);
  const ours = all.filter((row) => row.pm2_env.namespace === NAMESPACE);
  const rows = z
    .array(pm2Row)
    .parse(ours)
    .map(({ name, pid, pm_id, monit, pm2_env: env }): ManagedRow => {
      const running = pid !== undefined && pid > 0 && (env.status === 'online' || env.status === 'launching');
      return {
        id: pm_id,
        name,
        status: statusOf(env),
        pid: running ? pid : null,
        restarts: env.restart_time,
        memoryMb: Math.round((monit?.memory ?? 0) / 104_857.6) / 10,
        uptimeMs: running && env.pm_uptime !== undefined ? Math.max(0, now - env.pm_uptime) : 0,
        exitCode: env.exit_code,
        folder: env.pm_cwd,
      };
    });
  return { rows, others: all.length - ours.length };
}

function statusOf(env: z.infer<typeof pm2Row>['pm2_env']): ProcessRow['status'] {
  // with a growing restart delay, PM2 says "waiting restart" even of a process it will never start again
  const stoppedForGood =
    env.status === 'waiting restart' && env.exit_code !== null && env.stop_exit_codes.includes(env.exit_code);
  if (stoppedForGood) return 'stopped';
  return STATUSES.includes(env.status) ? (env.status as ProcessRow['status']) : 'other';
}
