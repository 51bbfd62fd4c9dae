import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './time.ts';

const MOMENT =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(?<fraction>\d{1,9}))?)?(?:Z|(?<sign>[+-])(?<hours>\d\d):?(?<minutes>\d\d))?)?$/;
const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * A day or a moment as people and programs write it: `2026-05-25`, `2026-05-25T12:00`, `2026-05-25 12:00:30.5+02:00`. Without a zone it
 * is UTC, on every machine alike: `Date.parse` takes the machine's own, and makes a date of `week 3`.
 *
 * @returns ms UTC; null: it is none, as 30 February
 */
export function parseMoment(text: string): number | null {
  const found = MOMENT.exec(text.trim());
  if (found === null) return null;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map((digits) => Number(digits ?? 0)) as Six;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (day < 1 || day > (DAYS_IN_MONTH[month - 1] ?? 0) || (month === 2 && day === 29 && !isLeap)) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  const { sign, hours = '0', minutes = '0', fraction = '' } = found.groups!;
  // by its digits: 32.349 × 1000 is 32348.999…
  const ms = Number(fraction.padEnd(3, '0').slice(0, 3));
  const ahead = (sign === '-' ? -1 : 1) * (Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS);
  const clock = hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS + ms;
  return daysSince1970(year, month, day) * DAY_MS + clock - ahead;
}

type Six = [number, number, number, number, number, number];

/** Of the Gregorian calendar; years begin in March, so that the leap day is their last (Hinnant, days_from_civil). */
function daysSince1970(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
