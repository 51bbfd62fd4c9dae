import { execFileSync } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DAY_MS, SECOND_MS } from '@mexc-bot/core';
import type { Logger } from '@mexc-bot/runtime';

/** A time zone: how far its clocks are from UTC. */
export interface Zone {
  /** as IANA names it */
  readonly name: string;
  /** @returns ms to be added to a moment, ms UTC */
  offsetAt(at: number): number;
}

/** What a zone's clocks do within a span of time. */
export interface ZoneTable {
  readonly name: string;
  /** ms UTC, the first moment that is covered and the first that is not */
  readonly from: number;
  readonly until: number;
  /** from when on, ms UTC, which offset holds; the first begins at `from` */
  readonly steps: readonly (readonly [from: number, offset: number])[];
}

/** What is asked of `zone-process`. */
export interface ZoneQuestion {
  readonly name: string | null;
  readonly from: number;
  readonly until: number;
}

const YEAR_MS = 366 * DAY_MS;
const YEARS = { back: 10, ahead: 3 } as const;
const PATIENCE_MS = 20_000;

/**
 * A zone from a table that a process of seconds reads out of Node: asking here would map 6 to 9 MB of Node's tables into this
 * process for as long as it lives.
 *
 * @param name null: the zone of this machine
 * @throws {RangeError} no such zone
 */
export function readZone(name: string | null, now: number, log: Logger): Zone {
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  const span = { from: today - YEARS.back * YEAR_MS, until: today + YEARS.ahead * YEAR_MS };
  const file = fileURLToPath(new URL(`./zone-process${extname(import.meta.url)}`, import.meta.url));
  const { TZ, SystemRoot } = process.env; // Windows starts nothing without the latter
  try {
    const printed = execFileSync(process.execPath, [file, JSON.stringify({ name, ...span } satisfies ZoneQuestion)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PATIENCE_MS,
      windowsHide: true,
      env: { ...(TZ === undefined ? {} : { TZ }), ...(SystemRoot === undefined ? {} : { SystemRoot }) },
    });
    return zoneOf(JSON.parse(printed) as ZoneTable);
  } catch (error) {
    log.warn('no process could read the time zone; this one does, and takes more memory', { error });
    return zoneByIntl(name);
  }
}

/** @returns the zone of a table; outside its span Node itself is asked */
export function zoneOf({ name, from, until, steps }: ZoneTable): Zone {
  let beyond: Zone | undefined;
  return {
    name,
    offsetAt(at) {
      if (at >= from && at < until) return steps.findLast(([since]) => since <= at)![1];
      beyond ??= zoneByIntl(name);
      return beyond.offsetAt(at);
    },
  };
}

/** Looks at every day, and halves those at whose ends the clocks differ. */
export function tableOf(zone: Zone, from: number, until: number): ZoneTable {
  const steps: [number, number][] = [[from, zone.offsetAt(from)]];
  for (let day = from; day < until; day += DAY_MS) {
    const [, before] = steps.at(-1)!;
    if (zone.offsetAt(day + DAY_MS) === before) continue;
    let [same, changed] = [day, day + DAY_MS];
    while (changed - same > SECOND_MS) {
      const middle = same + Math.floor((changed - same) / 2 / SECOND_MS) * SECOND_MS;
      if (zone.offsetAt(middle) === before) same = middle;
      else changed = middle;
    }
    steps.push([changed, zone.offsetAt(changed)]);
  }
  return { name: zone.name, from, until, steps };
}

/** Ten years of days are remembered. */
const MOST_DAYS = 3_660;

/**
 * A zone by Node's own tables; looked up for two moments a day, and for each only where they differ.
 *
 * @param name null: the zone of this machine
 * @throws {RangeError} no such zone
 */
export function zoneByIntl(name: string | null): Zone {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...(name === null ? {} : { timeZone: name }),
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const lookUp = (at: number): number => {
    const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const shown = Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second);
    return shown - Math.floor(at / 1_000) * 1_000;
  };
  const byDay = new Map<number, number | null>();

  return {
    name: name ?? format.resolvedOptions().timeZone, // Node's own spelling may be another
    offsetAt(at) {
      const day = Math.floor(at / DAY_MS);
      let offset = byDay.get(day);
      if (offset === undefined) {
        const [start, end] = [lookUp(day * DAY_MS), lookUp((day + 1) * DAY_MS - 1)];
        offset = start === end ? start : null;
        if (byDay.size >= MOST_DAYS) byDay.clear();
        byDay.set(day, offset);
      }
      return offset ?? lookUp(at);
    },
  };
}
