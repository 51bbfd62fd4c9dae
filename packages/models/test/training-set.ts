import { DAY_MS, HOUR_MS } from '@mexc-bot/core';
import type { TrainingSet } from '../src/judge/training-set.ts';
import { createRandom } from '../src/random.ts';
import { normal } from './random.ts';

export interface Planted {
  readonly days?: number;
  readonly rowsADay?: number;
  readonly width?: number;
  readonly seed?: number;
  /** how much of the 6 h return the first feature tells, fraction per unit */
  readonly edge?: number;
  /** mean 6 h return without it */
  readonly drift?: number;
}

/** Rows of a market whose volatility the second feature tells, and whose direction only a planted edge does. */
export function plantedSet({
  days = 60,
  rowsADay = 40,
  width = 4,
  seed = 1,
  edge = 0,
  drift = 0,
}: Planted = {}): TrainingSet {
  const random = createRandom(seed);
  const count = days * rowsADay;
  const x = Float32Array.from({ length: count * width }, () => normal(random));
  const returns = new Float64Array(count);
  const times = new Float64Array(count);
  let ofDay = 0;
  for (let row = 0; row < count; row++) {
    if (row % rowsADay === 0) ofDay = 0.01 * normal(random);
    times[row] =
      Date.UTC(2026, 0, 1) + Math.floor(row / rowsADay) * DAY_MS + ((row % rowsADay) * 24 * HOUR_MS) / rowsADay;
    const volatility = 0.03 * Math.exp(0.3 * x[row * width + 1]!);
    returns[row] = drift + ofDay + edge * x[row * width]! + volatility * normal(random);
  }
  return {
    rows: { x, width, count },
    labels: Uint8Array.from(returns, (value) => Number(value >= 0.05)),
    moves: Int8Array.from(returns, (value) => (value >= 0.05 ? 1 : value <= -0.05 ? -1 : 0)),
    returns,
    times,
    markets: Int32Array.from({ length: count }, (_, row) => row % 5),
    atr: Float64Array.from({ length: count }, (_, row) => x[row * width + 1]!),
    change24h: Float64Array.from({ length: count }, (_, row) => x[row * width + 2]!),
    spread: new Float64Array(count).fill(Number.NaN),
  };
}

/** The set with its labels, moves and returns dealt out anew. */
export function shuffled(set: TrainingSet, seed: number): TrainingSet {
  const random = createRandom(seed);
  const order = Array.from({ length: set.rows.count }, (_, row) => row);
  for (let i = order.length - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    [order[i], order[other]] = [order[other]!, order[i]!];
  }
  return {
    ...set,
    labels: set.labels.map((_, row) => set.labels[order[row]!]!),
    moves: set.moves.map((_, row) => set.moves[order[row]!]!),
    returns: set.returns.map((_, row) => set.returns[order[row]!]!),
  };
}
