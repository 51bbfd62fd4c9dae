import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMoment } from './moment.ts';

describe('a moment', () => {
  it.each([
    ['2026-05-25', '2026-05-25T00:00:00.000Z'],
    ['2026-05-25T12:00', '2026-05-25T12:00:00.000Z'],
    ['2026-05-25 12:00:30', '2026-05-25T12:00:30.000Z'],
    ['2026-05-25T12:00:30.123456', '2026-05-25T12:00:30.123Z'],
    ['2026-05-25T12:00Z', '2026-05-25T12:00:00.000Z'],
    ['2026-05-25T12:00+02:00', '2026-05-25T10:00:00.000Z'],
    ['2026-05-25T12:00:00-0430', '2026-05-25T16:30:00.000Z'],
    ['6960-05-28T10:30:32.349Z', '6960-05-28T10:30:32.349Z'],
    [' 2024-02-29 ', '2024-02-29T00:00:00.000Z'],
  ])('%s is UTC where it names no zone', (text, iso) => {
    expect(new Date(parseMoment(text)!).toISOString()).toBe(iso);
  });

  it.each([
    'week 3',
    '',
    '2026',
    '2026-5-25',
    '2026-02-30',
    '2026-13-01',
    '2026-05-25T25:00',
    '2026-05-25T12:00:60',
    '05/25/2026',
    '1763800000',
  ])('%s is none', (text) => expect(parseMoment(text)).toBeNull());
});

it('is what the calendar says, for any date', () => {
  const range = { min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true };
  fc.assert(
    fc.property(fc.date(range), (date) => {
      expect(parseMoment(date.toISOString())).toBe(date.getTime());
    }),
    { numRuns: 2_000 },
  );
});
