import { z } from 'zod';
import { amount, choice, section, whole } from './fields.ts';

const LOUDNESS = ['on', 'silent', 'off'] as const;

const loud = (value: (typeof LOUDNESS)[number], what: string) => choice(LOUDNESS, value, what);

export const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d$/;

/** `07:30`, in the owner's time zone. */
const timeOrNever = (value: string | null, description: string) =>
  z.string().regex(TIME_OF_DAY).nullable().default(value).describe(description);

export const loudnessSection = section('How each kind of message arrives: with sound, silently, or not at all.', {
  bought: loud('on', 'A position was opened.'),
  levels: loud('on', 'A take-profit level was sold, or another part of a position.'),
  closed: loud('on', 'A position was closed, with its result.'),
  stops: loud('off', 'A stop was raised; the card of the trade shows it in any case.'),
  orders: loud('on', 'An order without an answer or an end, a sale or a market that is refused.'),
  coins: loud('on', 'Coins that are gone, coins without a position.'),
  key: loud('on', 'The API key: refused, expiring, works again.'),
  market: loud('on', 'A crash of the market, a list of markets that is not believed, a held market that was halted.'),
  workers: loud('on', 'A process that is silent, fails, or works again.'),
  digest: loud('silent', 'The morning and evening digest.'),
  other: loud('on', 'Everything else.'),
});

export const quietHoursSection = section('When notices wait or make no sound. Money and alarms always arrive.', {
  from: timeOrNever('23:00', 'Quiet from this time of day on; null: never quiet.'),
  to: timeOrNever('07:00', 'Quiet until this time of day.'),
  notices: choice(
    ['hold', 'silent'],
    'hold',
    'What becomes of notices meanwhile: told afterwards, or at once silently.',
  ),
});

export const digestSection = section('A summary at these times of day; null: none.', {
  morning: timeOrNever('08:00', 'What happened since the evening.'),
  evening: timeOrNever('21:00', 'What the day brought.'),
});

export const heartbeatSection = section('When a process counts as silent.', {
  trackerSeconds: amount(
    30,
    { min: 5, max: 3_600 },
    'The tracker, while positions are open: an alarm and a restart, wall seconds.',
  ),
  silentCycles: whole(
    5,
    { min: 2, max: 1_000 },
    'Any other process: a notice after so many cycles without a sign of life.',
  ),
  failedCycles: whole(5, { min: 1, max: 10_000 }, 'A notice after so many failed cycles in a row.'),
});
