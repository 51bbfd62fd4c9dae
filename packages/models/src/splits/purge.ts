import type { WalkForwardOptions } from './walk-forward.ts';

/** What training and test share that a warning has to tell. */
export type Overlap =
  /** days of both: markets of one day rise and fall together */
  | 'same_days'
  /** the training begins after the test has ended */
  | 'later_days';

export interface Purge {
  /** so many of the training rows, the first ones, may be learnt from */
  readonly rows: number;
  /** null: all of it was known before the test */
  readonly overlap: Overlap | null;
}

/**
 * Leaves out training rows whose labels reach into a test of its own, and as many again (López de Prado 2018). Where that would be
 * more than half of them, the two are not one after the other: all stay, and the overlap is named.
 *
 * @param train times of the training rows, ms UTC, rising
 * @param test times of the test rows, ms UTC, rising
 */
export function purge(
  train: Float64Array,
  test: Float64Array,
  { horizonMs, embargoMs }: Omit<WalkForwardOptions, 'blocks'>,
): Purge {
  if (train.length === 0 || test.length === 0) return { rows: train.length, overlap: null };
  const latest = test[0]! - horizonMs - embargoMs;
  let rows = train.length;
  while (rows > 0 && train[rows - 1]! > latest) rows--;
  if (rows * 2 >= train.length) return { rows, overlap: null };
  const isLater = train[0]! > test[test.length - 1]! + horizonMs;
  return { rows: train.length, overlap: isLater ? 'later_days' : 'same_days' };
}
