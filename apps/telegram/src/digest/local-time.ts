import { DAY_MS, MINUTE_MS } from '@mexc-bot/core';

/** The owner's clock. */
export interface LocalTime {
  readonly zone: string;
  /** @returns `2026-11-22` */
  dayOf(at: number): string;
  /** @returns ms UTC of the last midnight */
  dayStart(at: number): number;
  /** @returns minutes since midnight on the wall, 0..1439 */
  minuteOfDay(at: number): number;
  /** @returns `14:05` */
  clock(at: number): string;
  /** @returns `22.11. 14:05` */
  stamp(at: number): string;
}

export function createLocalTime(zone: string): LocalTime {
  const offsetOf = createOffsets(zone);
  /** What the wall shows, as if it were UTC. */
  const local = (at: number): number => at + offsetOf(at);
  const dayOf = (at: number): string => new Date(local(at)).toISOString().slice(0, 10);
  const clock = (at: number): string => new Date(local(at)).toISOString().slice(11, 16);

  return {
    zone,
    dayOf,
    dayStart(at) {
      const shown = local(at) - (((local(at) % DAY_MS) + DAY_MS) % DAY_MS);
      const guess = shown - offsetOf(at);
      // where the clocks were changed since midnight, midnight had another offset
      return shown - offsetOf(guess);
    },
    minuteOfDay: (at) => Math.floor((((local(at) % DAY_MS) + DAY_MS) % DAY_MS) / MINUTE_MS),
    clock,
    stamp: (at) => {
      const [, month, day] = dayOf(at).split('-');
      return `${day}.${month}. ${clock(at)}`;
    },
  };
}

/** How far a zone's clocks are from UTC at a moment, ms. Looked up for two moments a day, and for each only where they differ. */
function createOffsets(zone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
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

  return (at) => {
    const day = Math.floor(at / DAY_MS);
    let offset = byDay.get(day);
    if (offset === undefined) {
      const [start, end] = [lookUp(day * DAY_MS), lookUp((day + 1) * DAY_MS - 1)];
      offset = start === end ? start : null;
      if (byDay.size >= MOST_DAYS) byDay.clear();
      byDay.set(day, offset);
    }
    return offset ?? lookUp(at);
  };
}

/** Ten years of days are remembered. */
const MOST_DAYS = 3_660;

/** `07:30` → 450 */
export function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}

/** Whether a minute of the day lies in a span that may go over midnight; one that begins where it ends is empty. */
export const isWithin = (minute: number, from: number, to: number): boolean =>
  from <= to ? minute >= from && minute < to : minute >= from || minute < to;
