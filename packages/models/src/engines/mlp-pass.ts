/** One layer: outputs = inputs · kernel + bias; kernel row-major, one row an input. */
export interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
}

/** Hidden layers with max(0, ·), the last one with one logistic output. */
export type Network = readonly Layer[];

/** Outputs computed side by side: the processor waits less for each sum. */
const SIDE_BY_SIDE = 4;

interface ReadyLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** columns of the kernel, four outputs together: [block of outputs][input][output of the block], zeros where there are less */
  readonly blocks: Float64Array;
  readonly bias: Float64Array;
  readonly out: Float64Array;
}

function readyLayer({ inputs, outputs, kernel, bias }: Layer): ReadyLayer {
  const padded = Math.ceil(outputs / SIDE_BY_SIDE) * SIDE_BY_SIDE;
  const blocks = new Float64Array(inputs * padded);
  for (let input = 0; input < inputs; input++) {
    for (let output = 0; output < outputs; output++) {
      const block = Math.floor(output / SIDE_BY_SIDE);
      blocks[(block * inputs + input) * SIDE_BY_SIDE + (output % SIDE_BY_SIDE)] = kernel[input * outputs + output]!;
    }
  }
  const paddedBias = new Float64Array(padded);
  paddedBias.set(bias);
  return { inputs, outputs, blocks, bias: paddedBias, out: new Float64Array(padded) };
}

function runLayer({ inputs, blocks, bias, out }: ReadyLayer, values: Float64Array): void {
  let at = 0;
  for (let output = 0; output < out.length; output += SIDE_BY_SIDE) {
    let a = bias[output]!;
    let b = bias[output + 1]!;
    let c = bias[output + 2]!;
    let d = bias[output + 3]!;
    for (let input = 0; input < inputs; input++, at += SIDE_BY_SIDE) {
      const value = values[input]!;
      a += value * blocks[at]!;
      b += value * blocks[at + 1]!;
      c += value * blocks[at + 2]!;
      d += value * blocks[at + 3]!;
    }
    out[output] = a;
    out[output + 1] = b;
    out[output + 2] = c;
    out[output + 3] = d;
  }
}

/** @returns the mean of the networks' outputs, 0..1, for scaled inputs: what TensorFlow.js computes from the same weights */
export function createPass(networks: readonly Network[]): (inputs: Float64Array) => number {
  const ready = networks.map((network) => network.map(readyLayer));
  return (inputs) => {
    let sum = 0;
    for (const layers of ready) {
      let values = inputs;
      for (let depth = 0; depth < layers.length; depth++) {
        const layer = layers[depth]!;
        runLayer(layer, values);
        values = layer.out;
        if (depth === layers.length - 1) break;
        for (let i = 0; i < values.length; i++) if (values[i]! < 0) values[i] = 0;
      }
      sum += 1 / (1 + Math.exp(-values[0]!));
    }
    return sum / ready.length;
  };
}
