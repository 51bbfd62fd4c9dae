/** From `at` on (ms UTC) the price is `ratio` times what it would have been. */
export interface PriceStep {
  readonly at: number;
  readonly ratio: number;
}

/** Steps laid over a series, oldest first, with their product so far. */
export interface PriceSteps {
  readonly at: readonly number[];
  /** of the price from step n on */
  readonly factor: readonly number[];
}

export const NO_STEPS: PriceSteps = { at: [], factor: [] };
/** A move that takes time is cut into at most so many steps. */
const MAX_STEPS = 60;

/** Several shocks at once multiply. */
export function withSteps(steps: PriceSteps, added: readonly PriceStep[]): PriceSteps {
  const before = steps.at.map((at, n): PriceStep => ({ at, ratio: steps.factor[n]! / (steps.factor[n - 1] ?? 1) }));
  const all = [...before, ...added].sort((a, b) => a.at - b.at);
  let product = 1;
  return {
    at: all.map(({ at }) => at),
    factor: all.map(({ ratio }) => {
      product *= ratio;
      return product;
    }),
  };
}

/** How many steps lie at or before `time`. */
export function stepsBefore({ at }: PriceSteps, time: number): number {
  let [low, high] = [0, at.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at[middle]! <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

export const factorAt = (steps: PriceSteps, time: number): number => steps.factor[stepsBefore(steps, time) - 1] ?? 1;

export interface Shock {
  readonly at: number;
  /** 0.6: the price falls by 40 % */
  readonly factor: number;
  readonly overMs: number;
  /** null: it stays there */
  readonly holdMs: number | null;
  readonly recoverOverMs: number;
}

/** A fall (or jump), a while at the bottom, and the way back; each leg in equal ratios, at most one step a second. */
export function stepsOfShock({ at, factor, overMs, holdMs, recoverOverMs }: Shock): readonly PriceStep[] {
  const down = leg(at, factor, overMs);
  return holdMs === null ? down : [...down, ...leg(at + overMs + holdMs, 1 / factor, recoverOverMs)];
}

function leg(at: number, factor: number, overMs: number): PriceStep[] {
  const count = Math.max(1, Math.min(MAX_STEPS, Math.ceil(overMs / 1_000)));
  return Array.from({ length: count }, (_, n) => ({
    at: at + Math.round((overMs * n) / count),
    ratio: factor ** (1 / count),
  }));
}
