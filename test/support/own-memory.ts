import { readFileSync } from 'node:fs';

/**
 * What a process itself takes: heap, stacks, buffers. Not its pages of files, such as Node's program: those all workers share, and
 * how many of them count is up to the system, by 2 MB a time where it maps programs in huge pages.
 *
 * @returns MB; null where the system does not tell
 */
export function ownMemoryMb(pid: number): number | null {
  if (process.platform !== 'linux') return null;
  const [, kilobytes] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024);
}
