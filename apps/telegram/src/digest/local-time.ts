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
}

export function createLocalTime(zone: string): LocalTime {
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
  const parts = (at: number): Record<string, string> =>
    Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const minuteOfDay = (at: number): number => {
    const { hour, minute } = parts(at);
    return Number(hour) * 60 + Number(minute);
  };
  const dayOf = (at: number): string => {
    const { year, month, day } = parts(at);
    return `${year}-${month}-${day}`;
  };

  return {
    zone,
    dayOf,
    minuteOfDay,
    dayStart(at) {
      const today = dayOf(at);
      const guess = Math.floor(at / MINUTE_MS) * MINUTE_MS - minuteOfDay(at) * MINUTE_MS;
      // where the clocks were changed since midnight, the guess is off by what they were changed
      const candidates = [
        guess,
        guess - 60 * MINUTE_MS,
        guess + 60 * MINUTE_MS,
        guess - 30 * MINUTE_MS,
        guess + 30 * MINUTE_MS,
      ];
      return candidates.find((start) => dayOf(start) === today && dayOf(start - 1) !== today) ?? at - (at % DAY_MS);
    },
    clock(at) {
      const { hour, minute } = parts(at);
      return `${hour}:${minute}`;
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
