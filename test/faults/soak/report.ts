import type { Sample } from './growth.ts';
import type { LeakResult, SoakVerdict } from './run-soak.ts';

const count = (value: number): string => value.toLocaleString('en');
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

const MEASURES: readonly (readonly [name: string, of: (sample: Sample) => string])[] = [
  ['heap, MB', ({ heap }) => megabytes(heap.bytes)],
  ['objects', ({ heap }) => count(heap.objects)],
  ['entries of maps and sets', ({ heap }) => count(heap.entries)],
  ['timers', ({ timers }) => count(timers)],
  ['sockets', ({ sockets }) => count(sockets)],
  ['database, MB', ({ used }) => megabytes(used)],
  ['write-ahead log, MB', ({ wal }) => megabytes(wal)],
];

/** What was lived through, what there was early and late, and what of it grew without a bound. */
export function soakText({ early, late, lived, growth }: SoakVerdict, seconds: number): string {
  const failed = Object.entries(lived.failed).map(([how, times]) => `${count(times)} ${how}`);
  const tables = Object.keys(late.rows).filter((table) => late.rows[table]! > 0);
  const rows = [
    ['', `day ${early.day}`, `day ${late.day}`],
    ...MEASURES.map(([name, of]) => [name, of(early), of(late)]),
    ...tables.map((table) => [table, count(early.rows[table]!), count(late.rows[table]!)]),
  ] as [string, string, string][];
  return [
    `${late.day} days in ${Math.round(seconds)} s: ${count(lived.buys)} buys, ${count(lived.sells)} sells, ${count(lived.requests)} requests (${failed.join(', ')}), ${count(lived.pushes)} pushed prices over ${count(lived.connections)} connections.`,
    '',
    ...rows.map(([name, before, after]) => `${name.padEnd(26)}${before.padStart(12)}${after.padStart(12)}`),
    '',
    ...(growth.length === 0 ? ['Nothing grew without a bound.'] : growth.map(({ of, what }) => `GREW ${of}: ${what}`)),
  ].join('\n');
}

export const leaksText = (found: readonly LeakResult[]): string =>
  [
    ...found.map(({ name, by }) => (by === null ? `SURVIVED ${name}` : `caught   ${name.padEnd(26)} ${by}`)),
    `${found.filter(({ caught }) => caught).length} of ${found.length} leaks caught.`,
  ].join('\n');
