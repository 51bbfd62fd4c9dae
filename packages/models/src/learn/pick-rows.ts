import type { LabelledRows } from './labelled-rows.ts';

/** Some of the rows, in the order given. */
export function pickRows({ stored, outcomes }: LabelledRows, kept: readonly number[]): LabelledRows {
  const { width } = stored;
  const x = new Float32Array(kept.length * width);
  for (const [to, row] of kept.entries()) x.set(stored.x.subarray(row * width, (row + 1) * width), to * width);
  return {
    stored: { x, width, count: kept.length },
    outcomes: {
      labels: Uint8Array.from(kept, (row) => outcomes.labels[row]!),
      moves: Int8Array.from(kept, (row) => outcomes.moves[row]!),
      returns: Float64Array.from(kept, (row) => outcomes.returns[row]!),
      times: Float64Array.from(kept, (row) => outcomes.times[row]!),
      markets: Int32Array.from(kept, (row) => outcomes.markets[row]!),
    },
  };
}
