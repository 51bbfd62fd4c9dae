import type { Tensor3D } from '@tensorflow/tfjs';
import { createRandom } from '../../random.ts';
import type { Network } from '../mlp-pass.ts';
import type { TensorFlow } from './load.ts';
import { stackedProduct, transposed } from './stacked.ts';

export interface MlpRules {
  /** units of the hidden layers */
  readonly hidden: readonly number[];
  readonly networks: number;
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  /** strength of the L2 penalty on kernels, a batch: scikit-learn's alpha */
  readonly weightDecay: number;
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/**
 * Trains several networks that differ in their first weights: Adam (Kingma and Ba 2015) on the log loss. They are stacked along
 * a first axis and the derivatives are written out, because on WebAssembly the number of calls costs more than the arithmetic.
 *
 * @param x scaled rows, row-major
 * @param seed decides first weights and the order of rows
 */
export function trainNetworks(
  tf: TensorFlow,
  x: Float32Array,
  width: number,
  labels: Uint8Array,
  rules: MlpRules,
  seed: number,
): Network[] {
  const sizes = [width, ...rules.hidden, 1];
  const depth = sizes.length - 1;
  let weights = firstWeights(tf, sizes, rules.networks, seed);
  let means = weights.map((one) => tf.zerosLike(one));
  let squares = weights.map((one) => tf.zerosLike(one));
  let steps = 0;

  const gradients = (input: Tensor3D, target: Tensor3D, rows: number): Tensor3D[] => {
    const activations: Tensor3D[] = [input];
    for (let layer = 0; layer < depth; layer++) {
      const sum: Tensor3D = tf.add(
        stackedProduct(tf, activations[layer]!, weights[2 * layer]!),
        weights[2 * layer + 1]!,
      );
      activations.push(layer === depth - 1 ? tf.sigmoid(sum) : tf.relu(sum));
    }
    const found: Tensor3D[] = [];
    let error: Tensor3D = tf.div(tf.sub(activations[depth]!, target), rows);
    for (let layer = depth - 1; layer >= 0; layer--) {
      const kernel = weights[2 * layer]!;
      const slope = stackedProduct(tf, transposed(tf, activations[layer]!), error);
      const decay = tf.mul(kernel, rules.weightDecay / rows);
      found.unshift(tf.add(slope, decay), tf.sum(error, 1, true));
      if (layer > 0) error = tf.mul(stackedProduct(tf, error, transposed(tf, kernel)), tf.step(activations[layer]!));
    }
    return found;
  };

  const step = (batchX: Float32Array, batchY: Float32Array): void => {
    steps++;
    const rate = (rules.learningRate * Math.sqrt(1 - BETA2 ** steps)) / (1 - BETA1 ** steps);
    const { networks } = rules;
    const rows = batchY.length / networks;
    const next = tf.tidy(() => {
      const input = tf.tensor3d(batchX, [networks, rows, width]);
      const found = gradients(input, tf.tensor3d(batchY, [networks, rows, 1]), rows);
      const newMeans = means.map((mean, i) => tf.add(tf.mul(mean, BETA1), tf.mul(found[i]!, 1 - BETA1)));
      const newSquares = squares.map((square, i) =>
        tf.add(tf.mul(square, BETA2), tf.mul(tf.square(found[i]!), 1 - BETA2)),
      );
      const newWeights = weights.map((one, i) =>
        tf.sub(one, tf.mul(tf.div(newMeans[i]!, tf.add(tf.sqrt(newSquares[i]!), EPSILON)), rate)),
      );
      return [newWeights, newMeans, newSquares];
    }) as [Tensor3D[], Tensor3D[], Tensor3D[]];
    tf.dispose([weights, means, squares]);
    [weights, means, squares] = next;
  };

  // each network meets the rows in an order of its own: what one order teaches by chance, the mean of three does not repeat
  const orders = Array.from({ length: rules.networks }, (_, network) => ({
    random: createRandom(-(seed * rules.networks + network + 1)),
    rows: Uint32Array.from(labels, (_, row) => row),
  }));
  for (let epoch = 0; epoch < rules.epochs; epoch++) {
    for (const { rows, random } of orders) shuffle(rows, random);
    for (let start = 0; start < labels.length; start += rules.batch) {
      const size = Math.min(rules.batch, labels.length - start);
      const batchX = new Float32Array(rules.networks * size * width);
      const batchY = new Float32Array(rules.networks * size);
      for (const [network, { rows }] of orders.entries()) {
        for (let i = 0; i < size; i++) {
          const [row, to] = [rows[start + i]!, network * size + i];
          batchX.set(x.subarray(row * width, (row + 1) * width), to * width);
          batchY[to] = labels[row]!;
        }
      }
      step(batchX, batchY);
    }
  }

  const values = weights.map((one) => one.dataSync<'float32'>().slice());
  tf.dispose([weights, means, squares]);
  return Array.from({ length: rules.networks }, (_, network) =>
    Array.from({ length: depth }, (_, layer) => {
      const part = (i: number): Float32Array => {
        const size = values[i]!.length / rules.networks;
        return values[i]!.slice(network * size, (network + 1) * size);
      };
      return { inputs: sizes[layer]!, outputs: sizes[layer + 1]!, kernel: part(2 * layer), bias: part(2 * layer + 1) };
    }),
  );
}

/** Kernel, bias, kernel, bias, …; each [network, inputs or 1, outputs] */
function firstWeights(tf: TensorFlow, sizes: readonly number[], networks: number, seed: number): Tensor3D[] {
  const randoms = Array.from({ length: networks }, (_, network) => createRandom(seed * networks + network + 1));
  return Array.from({ length: 2 * (sizes.length - 1) }, (_, i) => {
    const [inputs, outputs] = [sizes[i >> 1]!, sizes[(i >> 1) + 1]!];
    const bound = Math.sqrt(6 / (inputs + outputs)); // Glorot and Bengio 2010
    const rows = i % 2 === 0 ? inputs : 1;
    const draws = randoms.flatMap((random) => Array.from({ length: rows * outputs }, () => bound * (2 * random() - 1)));
    return tf.tensor3d(draws, [networks, rows, outputs]);
  });
}

function shuffle(order: Uint32Array, random: () => number): void {
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
}
