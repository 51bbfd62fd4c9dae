import type { Heap } from './heap.ts';
import { TABLES } from './tables.ts';

/** What there is at the end of a day. */
export interface Sample {
  readonly day: number;
  readonly heap: Heap;
  /** that somebody waits for */
  readonly timers: number;
  /** of the price stream, at the far end */
  readonly sockets: number;
  /** of this process: sockets, files, real timers */
  readonly handles: number;
  /** bytes of the database in use, and of its write-ahead log */
  readonly used: number;
  readonly wal: number;
  /** of each table */
  readonly rows: Readonly<Record<string, number>>;
  /** that the exchange had until then */
  readonly orders: number;
  readonly trades: number;
}

/** Something that grew more than it may. */
export interface Growth {
  /** of {@link LIMITS}, or a table */
  readonly of: string;
  readonly what: string;
}

/**
 * How much more there may be for each day in between: twice to three times what the market itself keeps of a day, and less than one
 * object for each push or request, one entry for each connection, or a timer now and then come to.
 */
const LIMITS: readonly (readonly [of: string, from: (sample: Sample) => number, moreADay: number])[] = [
  ['heap bytes', ({ heap }) => heap.bytes, 300_000],
  ['objects', ({ heap }) => heap.objects, 150],
  ['entries of maps and sets', ({ heap }) => heap.entries, 25],
  ['timers', ({ timers }) => timers, 2],
  ['sockets', ({ sockets }) => sockets, 0.5],
  ['handles', ({ handles }) => handles, 1],
];
/** SQLite empties its log at 4 MB, and finishes what it is at: a deletion of a day's rows. */
const LARGEST_WAL = 8_000_000;

/** What grew without a bound between two days. */
export function growthBetween(early: Sample, late: Sample): readonly Growth[] {
  const found: Growth[] = [];
  for (const [of, from, moreADay] of LIMITS) {
    const [before, after] = [from(early), from(late)];
    if (after - before <= moreADay * (late.day - early.day)) continue;
    found.push({ of, what: `${count(before)} on day ${early.day}, ${count(after)} on day ${late.day}` });
  }
  if (late.wal > LARGEST_WAL) found.push({ of: 'write-ahead log', what: `${count(late.wal)} bytes` });
  const between = { orders: late.orders - early.orders, trades: late.trades - early.trades };
  for (const [table, rows] of Object.entries(late.rows)) {
    const bound = TABLES[table];
    if (bound === undefined) found.push({ of: table, what: 'nobody says what bounds this table' });
    else if (rows > bound.atMost(early.rows[table]!, late, between))
      found.push({
        of: table,
        what: `${count(early.rows[table]!)} rows on day ${early.day}, ${count(rows)} on day ${late.day}: ${bound.by}`,
      });
  }
  return found;
}

const count = (value: number): string => value.toLocaleString('en');
