/** Longer columns are not kept: 512 kB a slot. */
const KEEP = 65_536;

const kept: Float64Array[] = [];

/**
 * A column for values on the way to a result, holding anything: for short series the same one again and again, as a new one
 * costs as much as the arithmetic.
 *
 * @param slot which one; two used at the same time differ. It is free again when the indicator returns
 */
export function scratchColumn(length: number, slot = 0): Float64Array {
  if (length > KEEP) return new Float64Array(length);
  const column = kept[slot];
  if (column !== undefined && column.length >= length) return column.subarray(0, length);
  const grown = new Float64Array(Math.min(2 * length, KEEP));
  kept[slot] = grown;
  return grown.subarray(0, length);
}
