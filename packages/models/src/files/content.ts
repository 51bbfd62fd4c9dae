import { isWalkable, type Trees } from '../engines/gbdt/trees.ts';
import type { Layer, Network } from '../engines/mlp-pass.ts';
import type { Scaler } from '../engines/scaler.ts';
import { allFinite, check, type Json, numberOf, textOf, wholeOf } from './checks.ts';
import { type ModelContent, ModelFileError } from './model-file.ts';
import { type Tensor, tensorOf } from './tensors.ts';
import { layerName, tensorsOfNetworks } from './topology.ts';

/** What a model's numbers become in its files. */
export interface EncodedContent {
  /** the few single numbers */
  readonly settings: Json;
  readonly tensors: readonly Tensor[];
  readonly scaler: Scaler | null;
}

/** What is read from the files, its scaler checked already. */
export interface ContentSource {
  readonly kind: string;
  readonly settings: Json;
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly scaler: Scaler | null;
  /** features of a row */
  readonly width: number;
}

const flat = (name: string, values: Tensor['values']): Tensor => ({ name, shape: [values.length], values });

export function encodeContent({ kind, params }: ModelContent): EncodedContent {
  switch (kind) {
    case 'logistic':
      return {
        settings: { intercept: params.intercept },
        tensors: [flat('weights', params.weights)],
        scaler: params.scaler,
      };
    case 'gbdt':
      return {
        settings: { baseline: params.baseline },
        tensors: Object.entries(params.trees).map(([name, values]) => flat(name, values)),
        scaler: null,
      };
    case 'mlp':
      return { settings: {}, tensors: tensorsOfNetworks(params.networks), scaler: params.scaler };
    case 'correction': {
      const { prior, scaler, correction } = params;
      if (correction === null) return { settings: { prior, offset: null, rows: 0 }, tensors: [], scaler };
      const { weights, offset, rows } = correction;
      return { settings: { prior, offset, rows }, tensors: [flat('weights', weights)], scaler };
    }
  }
}

/** @throws {ModelFileError} the parts make no model */
export function decodeContent(source: ContentSource): ModelContent {
  const { kind, settings, tensors, width } = source;
  switch (kind) {
    case 'logistic':
      return {
        kind,
        params: {
          scaler: scalerOf(source),
          weights: weightsOf(source),
          intercept: numberOf(settings.intercept, 'the intercept'),
        },
      };
    case 'gbdt':
      return {
        kind,
        params: { width, baseline: numberOf(settings.baseline, 'the baseline'), trees: treesOf(tensors, width) },
      };
    case 'mlp':
      return { kind, params: { scaler: scalerOf(source), networks: networksOf(tensors, width) } };
    case 'correction': {
      const prior = textOf(settings.prior, 'the prior');
      const scaler = scalerOf(source);
      if (settings.offset === null) return { kind, params: { prior, scaler, correction: null } };
      const offset = numberOf(settings.offset, 'the offset');
      const rows = wholeOf(settings.rows, 'the number of rows');
      return { kind, params: { prior, scaler, correction: { weights: weightsOf(source), offset, rows } } };
    }
    default:
      throw new ModelFileError('FOREIGN', `a model of the unknown kind ${kind}`);
  }
}

function scalerOf({ kind, scaler }: ContentSource): Scaler {
  check(scaler !== null, 'DAMAGED', `scaler.json has no scale for the features of ${kind}`);
  return scaler;
}

function weightsOf({ tensors, width }: ContentSource): Float64Array {
  const weights = tensorOf(tensors, 'weights', 'float64');
  check(weights.length === width, 'BAD_WEIGHTS', `${weights.length} weights for ${width} features`);
  check(allFinite(weights), 'BAD_WEIGHTS', 'a weight is no finite number');
  return weights;
}

function treesOf(tensors: ReadonlyMap<string, Tensor>, width: number): Trees {
  const trees = {
    roots: tensorOf(tensors, 'roots', 'int32'),
    feature: tensorOf(tensors, 'feature', 'int32'),
    threshold: tensorOf(tensors, 'threshold', 'float64'),
    left: tensorOf(tensors, 'left', 'int32'),
    right: tensorOf(tensors, 'right', 'int32'),
    missingLeft: tensorOf(tensors, 'missingLeft', 'uint8'),
    value: tensorOf(tensors, 'value', 'float64'),
  };
  check(isWalkable(trees, width), 'BAD_WEIGHTS', 'the trees cannot be walked');
  return trees;
}

function networksOf(tensors: ReadonlyMap<string, Tensor>, width: number): Network[] {
  const networks: Network[] = [];
  while (tensors.has(`${layerName(networks.length, 0)}/kernel`))
    networks.push(layersOf(tensors, networks.length, width));
  check(networks.length > 0, 'BAD_WEIGHTS', 'there is no network');
  const read = networks.reduce((sum, { length }) => sum + 2 * length, 0);
  check(read === tensors.size, 'BAD_WEIGHTS', `${tensors.size - read} weights belong to no network`);
  return networks;
}

function layersOf(tensors: ReadonlyMap<string, Tensor>, network: number, width: number): Network {
  const layers: Layer[] = [];
  let inputs = width;
  for (let name = layerName(network, 0); tensors.has(`${name}/kernel`); name = layerName(network, layers.length)) {
    const kernel = tensorOf(tensors, `${name}/kernel`, 'float32');
    const bias = tensorOf(tensors, `${name}/bias`, 'float32');
    const outputs = bias.length;
    const [rows, columns, ...more] = tensors.get(`${name}/kernel`)!.shape;
    const fits = rows === inputs && columns === outputs && more.length === 0;
    check(fits, 'BAD_WEIGHTS', `${name} is not ${inputs} × ${outputs}`);
    check(allFinite(kernel) && allFinite(bias), 'BAD_WEIGHTS', `${name} has a weight that is no finite number`);
    layers.push({ inputs, outputs, kernel, bias });
    inputs = outputs;
  }
  check(inputs === 1, 'BAD_WEIGHTS', `network ${network} has ${inputs} outputs, not 1`);
  return layers;
}
