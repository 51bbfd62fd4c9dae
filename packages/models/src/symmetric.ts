import type { Rows } from './engine.ts';

/** Added to a pivot, as a share of its own diagonal, where rounding left nothing of it. */
const LEAST_PIVOT = 1e-12;

/** Adds XᵀX of the rows from..to − 1, each with a 1 behind its features, to the lower triangle of a square matrix. */
export function addGram(gram: Float64Array, { x, width }: Rows, from: number, to: number): void {
  const size = width + 1;
  for (let row = from; row < to; row++) {
    const start = row * width;
    for (let i = 0; i < width; i++) {
      const value = x[start + i]!;
      const line = i * size;
      for (let j = 0; j <= i; j++) gram[line + j] = gram[line + j]! + value * x[start + j]!;
    }
    const last = width * size;
    for (let j = 0; j < width; j++) gram[last + j] = gram[last + j]! + x[start + j]!;
    gram[last + width] = gram[last + width]! + 1;
  }
}

/**
 * Cholesky factor of a positive definite matrix.
 *
 * @param matrix lower triangle, row-major; overwritten by the factor
 */
export function factorise(matrix: Float64Array, size: number): Float64Array {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const own = matrix[i * size + j]!;
      let sum = own;
      for (let k = 0; k < j; k++) sum -= matrix[i * size + k]! * matrix[j * size + k]!;
      matrix[i * size + j] =
        i === j ? Math.sqrt(Math.max(sum, LEAST_PIVOT * own, Number.MIN_VALUE)) : sum / matrix[j * size + j]!;
    }
  }
  return matrix;
}

/** Solves A x = b with the factor of A; `b` becomes x. */
export function solveFactored(factor: Float64Array, b: Float64Array): void {
  const size = b.length;
  for (let i = 0; i < size; i++) {
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= factor[i * size + k]! * b[k]!;
    b[i] = sum / factor[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = b[i]!;
    for (let k = i + 1; k < size; k++) sum -= factor[k * size + i]! * b[k]!;
    b[i] = sum / factor[i * size + i]!;
  }
}

/** Solves A x = b. @param a positive definite, row-major; only the lower half is read, and neither is changed */
export function solveSymmetric(a: Float64Array, b: Float64Array): Float64Array {
  const x = b.slice();
  solveFactored(factorise(a.slice(), b.length), x);
  return x;
}
