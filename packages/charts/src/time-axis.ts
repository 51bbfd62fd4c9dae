/** How times are read: an IANA zone and a language. */
export interface TimeStyle {
  readonly zone: string;
  readonly locale: 'en' | 'lv';
}

export interface TimeTick {
  readonly time: number;
  readonly text: string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const QUARTER = 90 * DAY;
const YEAR = 365 * DAY;
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 4, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 3, 7, 14, 30, 60, 90, 180].map((n) => n * DAY),
];

const LANGUAGES = { en: 'en-GB', lv: 'lv-LV' } as const;

/**
 * Moments at which a clock in the zone shows something round, midnight among them, in step over a change to summer time too.
 *
 * @param count how many are wanted, at most
 */
export function timeTicks(from: number, to: number, count: number, { zone, locale }: TimeStyle): readonly TimeTick[] {
  const span = to - from;
  const step = STEPS.find((ms) => span / ms <= count) ?? Math.ceil(span / count / YEAR) * YEAR;
  const localMs = localClock(zone);
  const clock = new Intl.DateTimeFormat(LANGUAGES[locale], { timeZone: zone, timeStyle: 'short' });
  const day =
    step < QUARTER ? ({ day: 'numeric', month: 'short' } as const) : ({ month: 'short', year: 'numeric' } as const);
  const date = new Intl.DateTimeFormat(LANGUAGES[locale], { timeZone: zone, ...day });

  const ticks: TimeTick[] = [];
  for (let local = Math.ceil(localMs(from) / step) * step; ; local += step) {
    // the zone's offset at the tick itself: found from the offset nearby
    const guess = local - (localMs(from) - from);
    const time = guess - (localMs(guess) - local);
    if (time > to) return ticks;
    const shown = localMs(time);
    if (time >= from) ticks.push({ time, text: shown % DAY === 0 ? date.format(time) : clock.format(time) });
  }
}

/** What a clock on the wall shows in a zone, as if it were UTC. */
function localClock(zone: string): (time: number) => number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (time) => {
    const part = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second) + (time % 1_000);
  };
}
