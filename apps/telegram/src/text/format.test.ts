import { Decimal } from '@mexc-bot/core';
import { expect, it } from 'vitest';
import { createLocalTime } from '../digest/local-time.ts';
import { zoneByIntl } from '../digest/zone.ts';
import { createFormat } from './format.ts';
import { safe, table } from './html.ts';

const format = createFormat(createLocalTime(zoneByIntl('Europe/Riga')));
const at = Date.UTC(2026, 10, 22, 22, 30); // 00:30 of the 23rd in Riga

it.each([
  ['1234.5', '1,230', '+1,230'],
  ['12.345', '12.3', '+12.3'],
  ['1.995', '2.00', '+2.00'],
  ['-0.0012345', '−0.00123', '−0.00123'],
  ['999.96', '1,000', '+1,000'],
  ['0', '0', '0'],
])('%s has three significant digits', (value, amount, signed) => {
  expect([format.amount(new Decimal(value)), format.signed(new Decimal(value))]).toEqual([amount, signed]);
});

it('shows a count as it is, and what is not known as a dash', () => {
  expect([format.amount(35), format.amount(0), format.amount(12_345)]).toEqual(['35', '0', '12,300']);
  expect([format.amount(null), format.amount(Number.NaN), format.change(null)]).toEqual(['–', '–', '–']);
});

it('shows fractions as percent and prices without exponent', () => {
  expect([format.change(0.0123456), format.change(-0.5), format.share(0.456)]).toEqual(['+1.23 %', '−50 %', '46 %']);
  expect(format.price(new Decimal('0.00000001234567'))).toBe('0.000000012346');
});

it('keeps the owner’s time and day', () => {
  expect([format.time(at), format.day(at)]).toEqual(['23.11. 00:30', '2026-11-23']);
  expect(format.dayStart(at)).toBe(Date.UTC(2026, 10, 22, 22, 0));
  // a day with 25 hours
  expect(format.dayStart(Date.UTC(2026, 9, 25, 12))).toBe(Date.UTC(2026, 9, 24, 21));
});

it.each([
  [1_234, '1.2 s'],
  [59_000, '59 s'],
  [300_000, '5 min'],
  [11_400_000, '3 h 10 min'],
  [360_000_000, '4 d 4 h'],
])('%i ms is %s', (ms, text) => expect(format.duration(ms)).toBe(text));

it('lets no text become markup', () => {
  expect(safe('<b>&\u0000\ud800</b>')).toBe('&lt;b&gt;&amp;  &lt;/b&gt;');
  expect(
    table([
      ['a<', '1'],
      ['bcd', '22'],
    ]),
  ).toBe('<pre>a&lt;   1\nbcd 22</pre>');
});
