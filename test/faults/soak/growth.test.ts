import { expect, it } from 'vitest';
import { growthBetween, type Sample } from './growth.ts';

const early: Sample = {
  day: 2,
  heap: { bytes: 5e7, objects: 70_000, entries: 10_000 },
  timers: 9,
  sockets: 1,
  handles: 1,
  used: 1e6,
  wal: 4e6,
  rows: { activity: 100, position: 20, trade_order: 90, audit: 0 },
  orders: 80,
  trades: 150,
};
const late = { ...early, day: 7, orders: 180, trades: 350 };
const grown = (change: Partial<Sample>) => growthBetween(early, { ...late, ...change }).map(({ of }) => of);

it('finds nothing where days are alike and the books grow with what was traded', () => {
  expect(grown({})).toEqual([]);
  expect(grown({ rows: { activity: 130, position: 60, trade_order: 250, audit: 0 } })).toEqual([]);
});

it.each<[string, Partial<Sample>]>([
  ['heap bytes', { heap: { ...early.heap, bytes: 5.3e7 } }],
  ['objects', { heap: { ...early.heap, objects: 71_000 } }],
  ['entries of maps and sets', { heap: { ...early.heap, entries: 10_200 } }],
  ['timers', { timers: 30 }],
  ['sockets', { sockets: 5 }],
  ['handles', { handles: 10 }],
  ['write-ahead log', { wal: 1e8 }],
  ['activity', { rows: { ...early.rows, activity: 300 } }],
  ['trade_order', { rows: { ...early.rows, trade_order: 900 } }],
  ['audit', { rows: { ...early.rows, audit: 1 } }],
])('finds that %s grew', (of, change) => expect(grown(change)).toEqual([of]));

it('asks for the bound of a table that is new', () => {
  expect(growthBetween({ ...early, rows: { novelty: 0 } }, { ...late, rows: { novelty: 0 } })).toEqual([
    { of: 'novelty', what: 'nobody says what bounds this table' },
  ]);
});
