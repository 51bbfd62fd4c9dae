export interface BackOff {
  /** wait before the first new attempt, before jitter, ms */
  readonly firstMs: number;
  readonly longestMs: number;
}

/**
 * Doubles with each failure; half of it is random, so that what failed together does not come back together.
 *
 * @param failures in a row, ≥ 1
 * @param random in [0, 1)
 * @returns ms, in [half, whole) of the doubled wait
 */
export function backOffMs({ firstMs, longestMs }: BackOff, failures: number, random: number): number {
  const whole = Math.min(firstMs * 2 ** (failures - 1), longestMs);
  return whole / 2 + (whole / 2) * random;
}
