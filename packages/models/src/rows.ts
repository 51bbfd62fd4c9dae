import type { Rows } from './engine.ts';
import type { RowRange } from './splits/walk-forward.ts';

/** A part of the rows; shares their memory. */
export function sliceRows({ x, width }: Rows, { from, to }: RowRange): Rows {
  return { x: x.subarray(from * width, to * width), width, count: to - from };
}

/** Some columns of the rows, in the order asked for. */
export function selectColumns({ x, width, count }: Rows, columns: readonly number[]): Rows {
  const selected = new Float32Array(count * columns.length);
  for (let row = 0; row < count; row++) {
    for (let i = 0; i < columns.length; i++) selected[row * columns.length + i] = x[row * width + columns[i]!]!;
  }
  return { x: selected, width: columns.length, count };
}

/** One column of the rows, as doubles. */
export function columnOfRows({ x, width, count }: Rows, column: number): Float64Array {
  return Float64Array.from({ length: count }, (_, row) => x[row * width + column]!);
}
