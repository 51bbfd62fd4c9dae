import type { Engine } from '../engine.ts';
import { baseLogit, checkTraining, hasBothClasses } from './labels.ts';
import { createPass, type Network } from './mlp-pass.ts';
import { predictorOf } from './predict-all.ts';
import { fitScaler, type Scaler, scaleRow, scaleRows } from './scaler.ts';
import type { LoadedTensorFlow } from './tensorflow/load.ts';
import type { MlpRules } from './tensorflow/train.ts';

export interface MlpParams {
  readonly scaler: Scaler;
  /** all of the same shape; the score is the mean of theirs */
  readonly networks: readonly Network[];
}

/** Few epochs: on hype tokens five times as many learn mostly chance. */
const SMALL: MlpRules = { hidden: [64, 32], networks: 3, epochs: 8, batch: 256, learningRate: 1e-3, weightDecay: 0.03 };

/** Nothing to learn from one class: networks that say its base rate. */
function constantNetwork(width: number, hidden: readonly number[], logit: number): Network {
  const sizes = [width, ...hidden, 1];
  return sizes.slice(1).map((outputs, layer) => ({
    inputs: sizes[layer]!,
    outputs,
    kernel: new Float32Array(sizes[layer]! * outputs),
    bias: new Float32Array(outputs).fill(layer === hidden.length ? logit : 0),
  }));
}

/**
 * Small neural networks, trained by TensorFlow.js, which is loaded when the first one is trained; predicting is plain arithmetic
 * and never loads it.
 *
 * @param load TensorFlow.js, with the backend it is to use
 */
export function createMlp(
  overrides: Partial<MlpRules> = {},
  load?: () => Promise<LoadedTensorFlow>,
): Engine<MlpParams> {
  const rules = { ...SMALL, ...overrides };
  let loaded: Promise<LoadedTensorFlow> | undefined;
  return {
    name: 'mlp',
    fit: async (rows, labels, { seed }) => {
      checkTraining(rows, labels);
      const scaler = fitScaler(rows);
      if (!hasBothClasses(labels)) {
        const network = constantNetwork(rows.width, rules.hidden, baseLogit(labels));
        return { scaler, networks: Array.from({ length: rules.networks }, () => network) };
      }
      loaded ??= load === undefined ? (await import('./tensorflow/load.ts')).loadTensorFlow() : load();
      const { tf } = await loaded;
      const { trainNetworks } = await import('./tensorflow/train.ts');
      return { scaler, networks: trainNetworks(tf, scaleRows(scaler, rows), rows.width, labels, rules, seed) };
    },
    predictor: ({ scaler, networks }) => {
      const width = scaler.mean.length;
      const scaled = new Float64Array(width);
      const pass = createPass(networks);
      return predictorOf(width, (values, from) => {
        scaleRow(scaler, values, from, scaled);
        return pass(scaled);
      });
    },
  };
}
