import { DAY_MS, MINUTE_MS } from '@mexc-bot/core';
import type { Zone } from './zone.ts';

/** The owner's clock. */
export interface LocalTime {
  /** as IANA names it */
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

export function createLocalTime(zone: Zone): LocalTime {
  const { offsetAt } = zone;
  /** What the wall shows, as if it were UTC. */
  const local = (at: number): number => at + offsetAt(at);
  const dayOf = (at: number): string => new Date(local(at)).toISOString().slice(0, 10);
  const clock = (at: number): string => new Date(local(at)).toISOString().slice(11, 16);

  return {
    zone: zone.name,
    dayOf,
    dayStart(at) {
      const shown = local(at) - (((local(at) % DAY_MS) + DAY_MS) % DAY_MS);
      const guess = shown - offsetAt(at);
      // where the clocks were changed since midnight, midnight had another offset
      return shown - offsetAt(guess);
    },
    minuteOfDay: (at) => Math.floor((((local(at) % DAY_MS) + DAY_MS) % DAY_MS) / MINUTE_MS),
    clock,
    stamp: (at) => {
      const [, month, day] = dayOf(at).split('-');
      return `${day}.${month}. ${clock(at)}`;
    },
  };
}

/** `07:30` → 450 */
export function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}

/** Whether a minute of the day lies in a span that may go over midnight; one that begins where it ends is empty. */
export const isWithin = (minute: number, from: number, to: number): boolean =>
  from <= to ? minute >= from && minute < to : minute >= from || minute < to;
