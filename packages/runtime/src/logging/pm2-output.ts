import { copyFileSync, rmSync, statSync, truncateSync } from 'node:fs';

const MEGABYTE = 1024 * 1024;

/**
 * Keeps the files PM2 writes this process's output to from growing for ever. PM2 holds them open for appending, so they are
 * copied and emptied, not renamed. The copy replaces the one before.
 *
 * @param env where PM2 tells a process the names of its files; elsewhere nothing happens
 * @returns the files that were emptied
 */
export function trimPm2Output(env: Readonly<Record<string, string | undefined>>, maxSizeMb: number): string[] {
  const paths = new Set([env.pm_out_log_path, env.pm_err_log_path]);
  const trimmed: string[] = [];
  for (const path of paths) {
    if (path === undefined || path === '') continue;
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (size <= maxSizeMb * MEGABYTE) continue;
    keepCopy(path);
    truncateSync(path, 0);
    trimmed.push(path);
  }
  return trimmed;
}

/** Where a full disk has no room for the copy, the file is emptied all the more. */
function keepCopy(path: string): void {
  try {
    copyFileSync(path, `${path}.1`);
  } catch {
    rmSync(`${path}.1`, { force: true, recursive: true });
  }
}
