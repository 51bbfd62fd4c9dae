import { expect, it } from 'vitest';
import { parseAxis } from './sweep-axes.ts';

it.each([
  ['a.b=0.01,0.02', [0.01, 0.02]],
  ['a.b=test,live', ['test', 'live']],
  ['a.b=null,8,no', [null, 8, 'no']],
  ['a.b=[],["A","B"]', [[], ['A', 'B']]],
  ['a.b=[1.03,1.06]', [[1.03, 1.06]]],
  ['a.b={"c":1,"d":2}', [{ c: 1, d: 2 }]],
  // a shell that took the quotes away: no list, which the settings say in their own words
  ['a.b=[A,B]', ['[A', 'B]']],
])('%s', (text, values) => {
  expect(parseAxis(text)).toEqual({ path: 'a.b', values });
});

it.each(['a.b', 'a.b=', '=1', 'a b=1'])('%j is no parameter', (text) => {
  expect(parseAxis(text)).toBeNull();
});
