import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rows } from '../engine.ts';
import { fitScaler, scaleRows } from './scaler.ts';
import { createColumnSorter } from './sort-column.ts';

const rowsOf = (columns: readonly (readonly number[])[]): Rows => {
  const count = columns[0]?.length ?? 0;
  const x = new Float32Array(count * columns.length);
  columns.forEach((column, feature) => {
    column.forEach((value, row) => {
      x[row * columns.length + feature] = value;
    });
  });
  return { x, width: columns.length, count };
};

const arbFloat = fc.oneof(
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 1, 1, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);

describe('sorting a column', () => {
  it('gives the finite values rising, each with its row, equal ones in the order of rows', () => {
    fc.assert(
      fc.property(fc.array(arbFloat, { maxLength: 60 }), (list) => {
        const column = Float32Array.from(list);
        const { values, order } = createColumnSorter(column.length)(column);
        const wanted = [...column.keys()]
          .filter((row) => Number.isFinite(column[row]))
          // the radix sort sees -0 under 0
          .toSorted(
            (a, b) =>
              column[a]! - column[b]! || Number(Object.is(column[b], -0)) - Number(Object.is(column[a], -0)) || a - b,
          );
        expect([...order]).toEqual(wanted);
        expect([...values]).toEqual(wanted.map((row) => column[row]));
      }),
    );
  });
});

describe('the scaler', () => {
  it('clips at the 1st and 99th percentile, fills with the median, and leaves mean 0 and deviation 1', () => {
    const column = [...Array.from({ length: 101 }, (_, i) => i), Number.NaN];
    const rows = rowsOf([column]);
    const scaler = fitScaler(rows);
    expect([scaler.low[0], scaler.high[0], scaler.fill[0]]).toEqual([1, 99, 50]);
    const scaled = scaleRows(scaler, rows);
    const mean = scaled.reduce((sum, value) => sum + value, 0) / scaled.length;
    expect(mean).toBeCloseTo(0, 6);
    expect(Math.sqrt(scaled.reduce((sum, value) => sum + (value - mean) ** 2, 0) / scaled.length)).toBeCloseTo(1, 6);
    expect(scaled[100]).toBe(scaled[99]);
    expect(scaled[101]).toBe(scaled[50]);
  });

  it('turns constant features and features without any value into 0, for later values too', () => {
    const scaler = fitScaler(
      rowsOf([
        [0.1, 0.1, 0.1],
        [Number.NaN, Number.NaN, Number.NaN],
        [3e38, 3e38, 3e38],
      ]),
    );
    expect([
      ...scaleRows(
        scaler,
        rowsOf([
          [0.1, 5],
          [7, Number.NaN],
          [-3e38, 1],
        ]),
      ),
    ]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('gives finite numbers whatever comes in', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(arbFloat, arbFloat), { maxLength: 30 }),
        fc.tuple(arbFloat, arbFloat),
        (list, later) => {
          const scaler = fitScaler(rowsOf([list.map(([a]) => a), list.map(([, b]) => b)]));
          for (const value of scaleRows(scaler, rowsOf([[later[0]], [later[1]]])))
            expect(value).toSatisfy(Number.isFinite);
        },
      ),
    );
  });
});
