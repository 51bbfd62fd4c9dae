import type { Rows } from '../../engine.ts';
import { createRandom } from '../../random.ts';

export interface MadeRows {
  readonly rows: Rows;
  readonly labels: Uint8Array;
}

/** Normal features whose first two decide most of the label: a known edge. `missing`: share of NaN. */
export function madeRows({
  count,
  width,
  seed,
  missing = 0,
}: {
  count: number;
  width: number;
  seed: number;
  missing?: number;
}): MadeRows {
  const random = createRandom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const x = Float32Array.from({ length: count * width }, normal);
  const labels = Uint8Array.from({ length: count }, (_, row) => {
    const logit = 1.5 * x[row * width]! - (width > 1 ? x[row * width + 1]! : 0) - 1;
    return random() < 1 / (1 + Math.exp(-logit)) ? 1 : 0;
  });
  for (let i = 0; i < x.length; i++) if (random() < missing) x[i] = Number.NaN;
  return { rows: { x, width, count }, labels };
}

/** Share of pairs of a positive and a negative row where the positive scores higher; a tie counts half. */
export function auc(scores: ArrayLike<number>, labels: Uint8Array): number {
  const order = [...labels.keys()].toSorted((a, b) => scores[a]! - scores[b]!);
  let [wins, zeros, ones] = [0, 0, 0];
  for (let start = 0; start < order.length; ) {
    let [tiedZeros, tiedOnes, end] = [0, 0, start];
    for (; end < order.length && scores[order[end]!] === scores[order[start]!]; end++) {
      if (labels[order[end]!] === 1) tiedOnes++;
      else tiedZeros++;
    }
    wins += tiedOnes * (zeros + tiedZeros / 2);
    zeros += tiedZeros;
    ones += tiedOnes;
    start = end;
  }
  return wins / (zeros * ones);
}
