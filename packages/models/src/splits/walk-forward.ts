/** Rows [from, to) of a set in time order. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

export interface Fold {
  readonly train: RowRange;
  readonly test: RowRange;
}

export interface WalkForwardOptions {
  /** blocks of equal row count; the first is only trained on */
  readonly blocks: number;
  /** how far ahead a label looks: rows whose label reaches into the test are not trained on (purging) */
  readonly horizonMs: number;
  /** and so much more is left out, for what lingers (embargo) */
  readonly embargoMs: number;
}

/**
 * Walk-forward splits: each block after the first is tested by what was known before it, with purging and embargo (López de
 * Prado 2018). A fold may have nothing to train on.
 *
 * @param times one a row, ms UTC, rising
 * @throws {RangeError} times that fall, or fewer than two blocks
 */
export function walkForward(times: Float64Array, { blocks, horizonMs, embargoMs }: WalkForwardOptions): Fold[] {
  if (!Number.isInteger(blocks) || blocks < 2) throw new RangeError(`${blocks} blocks cannot walk forward`);
  requireRising(times);
  const edges = Array.from({ length: blocks + 1 }, (_, block) => Math.round((block * times.length) / blocks));
  const folds: Fold[] = [];
  for (let block = 1; block < blocks; block++) {
    const test = { from: edges[block]!, to: edges[block + 1]! };
    if (test.from === test.to) continue;
    const latest = times[test.from]! - horizonMs - embargoMs;
    let to = test.from;
    while (to > 0 && times[to - 1]! > latest) to--;
    folds.push({ train: { from: 0, to }, test });
  }
  return folds;
}

function requireRising(times: Float64Array): void {
  for (let row = 1; row < times.length; row++) {
    if (times[row]! >= times[row - 1]!) continue;
    throw new RangeError(`row ${row} is earlier than the one before it: rows are to be in time order`);
  }
}
