/** A feature's defined values, rising; `order[i]` is the row of `values[i]`. Rows without a finite value are in none of them. */
export interface SortedColumn {
  readonly values: Float32Array;
  readonly order: Uint32Array;
}

const DIGIT_BITS = 11;
const BUCKETS = 1 << DIGIT_BITS;
const PASSES = 3;
const SIGN = 0x80000000;

/**
 * Sorts columns of one length by radix: a comparison sort of every feature would cost as much as growing the trees.
 *
 * @param count rows
 * @returns sorts the column it is given; equal values keep the order of their rows; the result is good until the next call
 */
export function createColumnSorter(count: number): (column: Float32Array) => SortedColumn {
  const bits = new Uint32Array(count);
  const floats = new Float32Array(bits.buffer);
  let keys = new Uint32Array(count);
  let order = new Uint32Array(count);
  let spareKeys = new Uint32Array(count);
  let spareOrder = new Uint32Array(count);
  const starts = new Uint32Array(BUCKETS);

  const pass = (size: number, shift: number): void => {
    starts.fill(0);
    for (let i = 0; i < size; i++) starts[(keys[i]! >>> shift) & (BUCKETS - 1)]!++;
    let start = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const inBucket = starts[bucket]!;
      starts[bucket] = start;
      start += inBucket;
    }
    for (let i = 0; i < size; i++) {
      const key = keys[i]!;
      const to = starts[(key >>> shift) & (BUCKETS - 1)]!++;
      spareKeys[to] = key;
      spareOrder[to] = order[i]!;
    }
    [keys, spareKeys] = [spareKeys, keys];
    [order, spareOrder] = [spareOrder, order];
  };

  return (column) => {
    floats.set(column);
    let size = 0;
    for (let row = 0; row < count; row++) {
      if (!Number.isFinite(column[row]!)) continue;
      // positive floats rise with their bits, negative ones fall: so turned, all of them sort as unsigned integers
      const raw = bits[row]!;
      keys[size] = raw >= SIGN ? ~raw : raw | SIGN;
      order[size++] = row;
    }
    for (let digit = 0; digit < PASSES; digit++) pass(size, digit * DIGIT_BITS);
    const values = new Float32Array(size);
    for (let i = 0; i < size; i++) values[i] = column[order[i]!]!;
    return { values, order: order.subarray(0, size) };
  };
}

/** One feature of all rows. */
export function columnOf(rows: { x: Float32Array; width: number; count: number }, feature: number): Float32Array {
  const column = new Float32Array(rows.count);
  for (let row = 0, at = feature; row < rows.count; row++, at += rows.width) column[row] = rows.x[at]!;
  return column;
}
