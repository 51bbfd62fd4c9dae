/**
 * Standard normal distribution function, by Marsaglia's series (2004); absolute error below 1e-15.
 */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x > 8.3) return 1;
  if (x < -8.3) return 0;
  let [sum, term] = [x, x];
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum) && odd < 500; odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return Math.min(1, Math.max(0, 0.5 + sum * (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI))));
}

/**
 * Where the distribution function reaches `share`, by halving the range: a sweep asks twice, so speed does not matter.
 *
 * @param share in [0, 1]
 */
export function normalQuantile(share: number): number {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`${share} is no share`);
  if (share === 0) return Number.NEGATIVE_INFINITY;
  if (share === 1) return Number.POSITIVE_INFINITY;
  let [low, high] = [-8.3, 8.3];
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
