import { expect, it } from 'vitest';
import { en } from './en.ts';
import { lv } from './lv.ts';

const flat = (value: object, path = ''): [string, unknown][] =>
  Object.entries(value).flatMap(([key, child]) =>
    typeof child === 'object' && child !== null ? flat(child, `${path}${key}.`) : [[`${path}${key}`, child]],
  );

it('Latvian says everything English says, in words of its own', () => {
  const [english, latvian] = [flat(en), new Map(flat(lv))];
  expect([...latvian.keys()].sort()).toEqual(english.map(([key]) => key).sort());
  const same = english.filter(
    ([key, text]) => typeof text === 'string' && /[a-z]{4} [a-z]{3}/.test(text) && latvian.get(key) === text,
  );
  expect(same.map(([key]) => key)).toEqual([]);
});

it.each([
  [1, '1 pozīcija'],
  [2, '2 pozīcijas'],
  [11, '11 pozīcijas'],
  [21, '21 pozīcija'],
])('counts %i as Latvian does', (count, text) => expect(lv.inPositions(count)).toBe(text));
