import { expect, it } from 'vitest';
import { createProgressLine, duration, progressText } from './progress.ts';

it.each<[string, number]>([
  ['0:00', 0],
  ['0:05', 4_200],
  ['4:05', 245_000],
  ['2:03:00', 7_380_000],
])('a duration reads %s', (text, ms) => expect(duration(ms)).toBe(text));

it('the line tells share, count, rate and when it will be done', () => {
  expect(progressText({ done: 1_000, total: 4_000 }, 100_000, 'pages')).toBe(
    '██████░░░░░░░░░░░░░░░░░░ 25 %  1000/4000 pages  10.0/s  ETA 5:00',
  );
  expect(progressText({ done: 0, total: 0 }, 0, 'pages')).toContain('100 %');
});

it('is written to a terminal only, five times a second at most, and leaves no trace', () => {
  let now = 0;
  const written: string[] = [];
  const terminal = { isTTY: true, columns: 40, write: (text: string) => written.push(text) };
  const line = createProgressLine(terminal, () => now);
  for (let done = 0; done <= 100; done++) {
    line.show({ done, total: 100 }, 'pages');
    now += 20;
  }
  line.end();
  expect(written.length).toBeLessThan(14);
  expect(written.at(-2)).toContain('100 %');
  expect(written.at(-1)).toBe('\r\u001B[2K');
  expect(written.every((text) => text.replaceAll('\r', '').replaceAll('\u001B[2K', '').length < 40)).toBe(true);

  const elsewhere = createProgressLine(
    { ...terminal, isTTY: false, write: (text) => written.push(`!${text}`) },
    () => now,
  );
  elsewhere.show({ done: 1, total: 1 }, 'pages');
  elsewhere.end();
  expect(written.filter((text) => text.startsWith('!'))).toEqual([]);
});
