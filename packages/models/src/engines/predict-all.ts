import type { Predictor, Rows } from '../engine.ts';
import { checkWidth } from './labels.ts';

/**
 * A predictor from a function of one row.
 *
 * @param width features of a row; another width is a bug in the caller and throws
 * @param scoreAt score of the row that begins at `from`
 */
export function predictorOf(width: number, scoreAt: (values: ArrayLike<number>, from: number) => number): Predictor {
  return {
    predict: (row) => {
      checkWidth(row.length, width);
      return scoreAt(row, 0);
    },
    predictAll: ({ x, width: given, count }: Rows) => {
      checkWidth(given, width);
      const scores = new Float64Array(count);
      for (let row = 0; row < count; row++) scores[row] = scoreAt(x, row * width);
      return scores;
    },
  };
}
