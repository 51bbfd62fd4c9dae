/** Added to a pivot, as a share of its own diagonal, where rounding left nothing of it. */
const RIDGE = 1e-12;

/**
 * Solves A x = b by Cholesky's decomposition.
 *
 * @param a positive definite, row-major; only the lower half is read
 */
export function solveSymmetric(a: Float64Array, b: Float64Array): Float64Array {
  const size = b.length;
  const lower = a.slice();
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= lower[i * size + k]! * lower[j * size + k]!;
      if (i === j) lower[i * size + i] = Math.sqrt(Math.max(sum, RIDGE * a[i * size + i]!, Number.MIN_VALUE));
      else lower[i * size + j] = sum / lower[j * size + j]!;
    }
  }
  const x = b.slice();
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) x[i]! -= lower[i * size + k]! * x[k]!;
    x[i]! /= lower[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) x[i]! -= lower[k * size + i]! * x[k]!;
    x[i]! /= lower[i * size + i]!;
  }
  return x;
}
