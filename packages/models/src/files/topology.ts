import type { Network } from '../engines/mlp-pass.ts';
import type { Tensor } from './tensors.ts';

export const layerName = (network: number, layer: number): string => `network${network}_layer${layer}`;

const INPUT = 'features';
const from = (name: string): readonly unknown[] => [name, 0, 0, {}];

/**
 * The networks as one layers model of TensorFlow.js: dense layers from one input, the mean of the networks as output. All must
 * have the same input.
 */
export function topologyOf(networks: readonly Network[]): unknown {
  const input = {
    class_name: 'InputLayer',
    name: INPUT,
    config: { name: INPUT, batch_input_shape: [null, networks[0]![0]!.inputs], dtype: 'float32', sparse: false },
    inbound_nodes: [],
  };
  const dense = networks.flatMap((layers, network) =>
    layers.map(({ outputs }, layer) => {
      const name = layerName(network, layer);
      const activation = layer === layers.length - 1 ? 'sigmoid' : 'relu';
      return {
        class_name: 'Dense',
        name,
        config: { name, units: outputs, activation, use_bias: true, trainable: true },
        inbound_nodes: [[from(layer === 0 ? INPUT : layerName(network, layer - 1))]],
      };
    }),
  );
  const outputs = networks.map((layers, network) => layerName(network, layers.length - 1));
  // the mean of one network is itself, and TensorFlow.js refuses to take it
  const mean = {
    class_name: 'Average',
    name: 'mean',
    config: { name: 'mean', trainable: true },
    inbound_nodes: [outputs.map(from)],
  };
  return {
    class_name: 'Model',
    config: {
      name: 'mlp',
      layers: outputs.length > 1 ? [input, ...dense, mean] : [input, ...dense],
      input_layers: [[INPUT, 0, 0]],
      output_layers: [[outputs.length > 1 ? 'mean' : outputs[0], 0, 0]],
    },
    keras_version: 'tfjs-layers 4.22.0',
    backend: 'tensor_flow.js',
  };
}

/** Their weights under the names that TensorFlow.js gives them. */
export function tensorsOfNetworks(networks: readonly Network[]): Tensor[] {
  return networks.flatMap((layers, network) =>
    layers.flatMap(({ inputs, outputs, kernel, bias }, layer) => [
      { name: `${layerName(network, layer)}/kernel`, shape: [inputs, outputs], values: kernel },
      { name: `${layerName(network, layer)}/bias`, shape: [outputs], values: bias },
    ]),
  );
}
