import type { Engine } from '../engine.ts';
import { baseLogit, checkTraining, hasBothClasses } from './labels.ts';
import { predictorOf } from './predict-all.ts';
import { fitRidgeLogistic, type Line, sigmoid } from './ridge-logistic.ts';
import { fitScaler, type Scaler, scaleRow, scaleRows } from './scaler.ts';

export interface LogisticParams extends Line {
  readonly scaler: Scaler;
}

/** 1 / C: strong, because on hype tokens whatever is learnt beyond volatility is mostly chance. */
const LAMBDA = 1000;

/** Logistic regression on scaled features, strongly regularised. Exact, so the seed does not matter. */
export function createLogistic({ lambda = LAMBDA }: { lambda?: number } = {}): Engine<LogisticParams> {
  return {
    name: 'logistic',
    fit: async (rows, labels) => {
      checkTraining(rows, labels);
      const scaler = fitScaler(rows);
      if (!hasBothClasses(labels)) {
        return { scaler, weights: new Float64Array(rows.width), intercept: baseLogit(labels) };
      }
      return { scaler, ...fitRidgeLogistic(scaleRows(scaler, rows), rows.width, labels, lambda) };
    },
    predictor: ({ scaler, weights, intercept }) => {
      const width = weights.length;
      const scaled = new Float64Array(width);
      return predictorOf(width, (values, from) => {
        scaleRow(scaler, values, from, scaled);
        let logit = intercept;
        for (let i = 0; i < width; i++) logit += weights[i]! * scaled[i]!;
        return sigmoid(logit);
      });
    },
  };
}
