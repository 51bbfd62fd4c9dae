import type { Engine } from '../src/engine.ts';
import { sigmoid } from '../src/metrics/calibration.ts';

interface Line {
  /** one a feature: the difference of the classes' means, per deviation */
  readonly weights: number[];
  readonly middles: number[];
}

/** The simplest engine that can learn: features weighed by how far the two classes' means are apart. */
export const tinyEngine: Engine<Line> = {
  name: 'logistic',
  async fit({ x, width, count }, labels) {
    const line: Line = { weights: [], middles: [] };
    for (let column = 0; column < width; column++) {
      const sums = [0, 0];
      const counts = [0, 0];
      let squares = 0;
      for (let row = 0; row < count; row++) {
        const value = x[row * width + column]!;
        const label = labels[row]!;
        sums[label] = sums[label]! + value;
        counts[label] = counts[label]! + 1;
        squares += value * value;
      }
      const [negative, positive] = [sums[0]! / counts[0]!, sums[1]! / counts[1]!];
      line.weights.push((positive - negative) / (squares / count || 1));
      line.middles.push((positive + negative) / 2);
    }
    return line;
  },
  predictor({ weights, middles }) {
    const predict = (row: ArrayLike<number>) =>
      sigmoid(weights.reduce((sum, weight, i) => sum + weight * (row[i]! - middles[i]!), -1.5));
    return {
      predict,
      predictAll: ({ x, width, count }) =>
        Float64Array.from({ length: count }, (_, row) => predict(x.subarray(row * width, (row + 1) * width))),
    };
  },
};
