import { DAY_MS, HOUR_MS } from '@mexc-bot/core';
import { expect, it } from 'vitest';
import { silentLog } from '../../../../test/support/silent-log.ts';
import { createLocalTime } from './local-time.ts';
import { readZone, tableOf, zoneByIntl, zoneOf } from './zone.ts';

const FROM = Date.UTC(2020, 0, 1);
const UNTIL = Date.UTC(2030, 0, 1);

it.each([
  'Europe/Riga',
  'America/New_York',
  'Australia/Lord_Howe', // by half an hour
  'Africa/Casablanca', // around a month that moves
  'Asia/Kathmandu',
  'UTC',
])('the table of %s says at every quarter of an hour what Node says', (name) => {
  const zone = zoneByIntl(name);
  const table = zoneOf(tableOf(zone, FROM, UNTIL));
  expect(table.name).toBe(name);
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: name, timeZoneName: 'longOffset' });
  for (let at = FROM; at < UNTIL; at += 17 * DAY_MS + 900_000) {
    const [, sign = '+', hours = '0', minutes = '0'] = /GMT(?:([+-])(\d+):(\d+))?/.exec(format.format(at)) ?? [];
    const offset = (Number(hours) * 60 + Number(minutes)) * 60_000;
    expect(table.offsetAt(at)).toBe(sign === '-' ? -offset : offset);
  }
  for (let at = Date.UTC(2026, 2, 1); at < Date.UTC(2026, 11, 1); at += HOUR_MS / 4)
    if (table.offsetAt(at) !== zone.offsetAt(at)) expect(`${name} ${at}`).toBe('the same');
});

it('knows the second at which clocks change, and asks Node beyond its span', () => {
  const change = Date.UTC(2026, 9, 25, 1); // 04:00 in Riga becomes 03:00
  const zone = zoneOf(tableOf(zoneByIntl('Europe/Riga'), FROM, UNTIL));
  expect([zone.offsetAt(change - 1), zone.offsetAt(change)]).toEqual([3 * HOUR_MS, 2 * HOUR_MS]);
  expect([zone.offsetAt(Date.UTC(2010, 6, 1)), zone.offsetAt(UNTIL + DAY_MS)]).toEqual([3 * HOUR_MS, 2 * HOUR_MS]);
});

it('is read by a process of its own: the zone that is named, or that of this machine', () => {
  const now = Date.UTC(2026, 6, 1);
  expect(createLocalTime(readZone('Europe/Riga', now, silentLog)).stamp(now)).toBe('01.07. 03:00');
  expect(readZone(null, now, silentLog).name).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
  expect(() => readZone('Europe/Nowhere', now, silentLog)).toThrow('Europe/Nowhere');
});
