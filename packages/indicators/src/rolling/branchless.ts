/*
 * Arithmetic in place of branches: on a random walk every second guess of the processor is wrong, and a wrong guess costs
 * more than all of these together.
 */

/** 1 or 0. The integer form lets the compiler use the comparison's flag instead of a jump. */
export function bit(condition: boolean): number {
  return Number(condition) | 0;
}

/** Twice the value where it is above 0, else 0. */
export function twicePositive(value: number): number {
  return value + Math.abs(value);
}

/** The larger of two finite numbers. */
export function larger(a: number, b: number): number {
  const first = bit(a > b);
  return a * first + b * (1 - first);
}

/** The smaller of two finite numbers. */
export function smaller(a: number, b: number): number {
  const first = bit(a < b);
  return a * first + b * (1 - first);
}

/** One of two whole numbers. */
export function select(isFirst: boolean, first: number, second: number): number {
  const mask = -bit(isFirst);
  return (first & mask) | (second & ~mask);
}
