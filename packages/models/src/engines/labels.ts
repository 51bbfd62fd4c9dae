import type { Rows } from '../engine.ts';

/** @throws {RangeError} rows and labels do not fit together: a bug in the caller */
export function checkTraining(rows: Rows, labels: Uint8Array): void {
  if (rows.x.length !== rows.width * rows.count) {
    throw new RangeError(`${rows.count} rows of ${rows.width} features, but ${rows.x.length} numbers`);
  }
  if (labels.length !== rows.count) throw new RangeError(`${rows.count} rows, but ${labels.length} labels`);
  if (labels.some((label) => label > 1)) throw new RangeError('a label is neither 0 nor 1');
}

/** @throws {RangeError} a row of another width: a bug in the caller */
export function checkWidth(width: number, expected: number): void {
  if (width !== expected) throw new RangeError(`the model knows ${expected} features, the row has ${width}`);
}

/** Log odds of the label; of one class only, or of no row at all, as if half a row more were of each class. */
export function baseLogit(labels: Uint8Array): number {
  const ones = labels.reduce((sum, label) => sum + label, 0);
  const zeros = labels.length - ones;
  return ones > 0 && zeros > 0 ? Math.log(ones / zeros) : Math.log((ones + 0.5) / (zeros + 0.5));
}

/** Is there anything to learn: rows of both classes? */
export function hasBothClasses(labels: Uint8Array): boolean {
  return labels.includes(0) && labels.includes(1);
}
