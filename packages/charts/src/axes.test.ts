import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { percentText, priceText, signedText, steppedText } from './number-text.ts';
import { niceTicks } from './scale.ts';
import { spread } from './spread.ts';
import { timeTicks } from './time-axis.ts';

describe('ticks of a value axis', () => {
  it.each([
    [0, 10, 5, [0, 2, 4, 6, 8, 10]],
    [0.97, 1.03, 6, [0.97, 0.98, 0.99, 1, 1.01, 1.02, 1.03]],
    [-7, 12, 4, [-5, 0, 5, 10]],
  ])('between %d and %d are round', (from, to, count, expected) => {
    const { ticks } = niceTicks(from, to, count);
    expect(ticks.map((tick) => Number(tick.toPrecision(9)))).toEqual(expected);
  });

  it('are few and inside, whatever the range', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        fc.integer({ min: 2, max: 10 }),
        (from, span, count) => {
          const { ticks } = niceTicks(from, from + span, count);
          expect(ticks.length).toBeLessThanOrEqual(2 * count + 2);
          // a span of some last digits of its ends is drawn as exactly as numbers are
          const slack = span * 1e-6 + Math.abs(from) * 4 * Number.EPSILON;
          for (const tick of ticks) {
            expect(tick).toBeGreaterThanOrEqual(from - slack);
            expect(tick).toBeLessThanOrEqual(from + span + slack);
          }
        },
      ),
    );
  });
});

it.each([
  [0.0000000123456, '0.0₇12346'],
  [0.000012, '0.000012'],
  [1.5, '1.5'],
  [64_231.54, '64 232'],
  [100, '100'],
  [0, '0'],
])('the price %d reads %s', (price, text) => {
  expect(priceText(price)).toBe(text);
});

it('values on a grid have its decimals; signs, thousands and percents read well', () => {
  expect([0.95, 1, 1.05].map((value) => steppedText(value, 0.05))).toEqual(['0.95', '1.00', '1.05']);
  expect(steppedText(1.25e-9, 5e-11)).toBe('0.0₈125');
  expect(steppedText(-1_200, 200)).toBe('−1 200');
  expect([12.3, -4.051, 0.001, -0.001, 1_234.5].map(signedText)).toEqual(['+12.30', '−4.05', '0.00', '0.00', '+1 235']);
  expect([0.0312, -0.005].map(percentText)).toEqual(['+3.1 %', '−0.5 %']);
});

describe('ticks of a time axis', () => {
  const at = (text: string): number => Date.parse(text);

  it('stand where a clock of the zone is round', () => {
    const ticks = timeTicks(at('2026-11-22T06:10Z'), at('2026-11-22T12:05Z'), 6, { zone: 'Europe/Riga', locale: 'en' });
    expect(ticks.map(({ text }) => text)).toEqual(['09:00', '10:00', '11:00', '12:00', '13:00', '14:00']);
    expect(ticks[0]!.time).toBe(at('2026-11-22T07:00Z'));
  });

  it('name the day at midnight of the zone', () => {
    const ticks = timeTicks(at('2026-11-21T20:00Z'), at('2026-11-22T10:00Z'), 4, { zone: 'Europe/Riga', locale: 'en' });
    expect(ticks.map(({ text }) => text)).toEqual(['22 Nov', '04:00', '08:00', '12:00']);
    expect(ticks[0]!.time).toBe(at('2026-11-21T22:00Z'));
  });

  it('are few over years too, and name the year', () => {
    const ticks = timeTicks(0, at('2026-11-22T00:00Z'), 6, { zone: 'UTC', locale: 'en' });
    expect(ticks.length).toBeGreaterThan(2);
    expect(ticks.length).toBeLessThanOrEqual(6);
    expect(ticks[0]!.text).toMatch(/19\d\d$/);
  });

  it('keep to local midnights when summer time ends', () => {
    const ticks = timeTicks(at('2026-10-23T00:00Z'), at('2026-10-28T00:00Z'), 6, { zone: 'Europe/Riga', locale: 'lv' });
    expect(ticks.map(({ time }) => new Date(time).toISOString().slice(5, 13))).toEqual([
      '10-23T21',
      '10-24T21',
      '10-25T22',
      '10-26T22',
      '10-27T22',
    ]);
  });
});

it('labels that are spread do not overlap, stay inside and keep their order', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -50, max: 650, noNaN: true }), { maxLength: 16 }), (wanted) => {
      const placed = spread(wanted, 30, 0, 600);
      const order = wanted.map((_, index) => index).sort((a, b) => wanted[a]! - wanted[b]! || a - b);
      order.forEach((index, rank) => {
        expect(placed[index]).toBeGreaterThanOrEqual(15 - 1e-6);
        expect(placed[index]).toBeLessThanOrEqual(585 + 1e-6);
        if (rank > 0) expect(placed[index]! - placed[order[rank - 1]!]!).toBeGreaterThanOrEqual(30 - 1e-6);
      });
    }),
  );
});
