import { check, type Json, listOf, objectOf, textOf, wholeOf } from './checks.ts';

type Values = Float32Array | Float64Array | Int32Array | Uint8Array;

/** A named block of numbers; TensorFlow.js's own weights are of type float32. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Values;
}

const KINDS = { float32: Float32Array, float64: Float64Array, int32: Int32Array, uint8: Uint8Array } as const;
type Dtype = keyof typeof KINDS;

const dtypeOf = (values: Values): Dtype =>
  (Object.keys(KINDS) as Dtype[]).find((dtype) => values instanceof KINDS[dtype])!;

/** Lays tensors out one after the other, little endian, and lists them as TensorFlow.js does. */
export function packTensors(tensors: readonly Tensor[]): { bytes: Uint8Array; manifest: readonly Json[] } {
  const bytes = new Uint8Array(tensors.reduce((sum, { values }) => sum + values.byteLength, 0));
  let at = 0;
  for (const { values } of tensors) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  const weights = tensors.map(({ name, shape, values }) => ({ name, shape, dtype: dtypeOf(values) }));
  return { bytes, manifest: [{ paths: ['weights.bin'], weights }] };
}

/** @throws {ModelFileError} the list and the bytes do not fit together */
export function unpackTensors(manifest: unknown, bytes: Uint8Array): ReadonlyMap<string, Tensor> {
  const groups = listOf(manifest, 'weightsManifest');
  check(groups.length === 1, 'DAMAGED', 'weightsManifest has not one group');
  const tensors = new Map<string, Tensor>();
  let at = 0;
  for (const entry of listOf(objectOf(groups[0], 'weightsManifest').weights, 'weights')) {
    const spec = objectOf(entry, 'a weight');
    const name = textOf(spec.name, 'the name of a weight');
    const shape = listOf(spec.shape, `the shape of ${name}`).map((size) => wholeOf(size, `the shape of ${name}`));
    const dtype = textOf(spec.dtype, `the type of ${name}`);
    check(Object.hasOwn(KINDS, dtype), 'DAMAGED', `${name} is of an unknown type`);
    const Kind = KINDS[dtype as Dtype];
    const size = shape.reduce((product, side) => product * side, 1);
    const until = at + size * Kind.BYTES_PER_ELEMENT;
    check(
      until <= bytes.length,
      'DAMAGED',
      `weights.bin is truncated: ${bytes.length} bytes, ${name} ends at ${until}`,
    );
    check(!tensors.has(name), 'DAMAGED', `there are two weights ${name}`);
    // a copy of its own begins where its type may; `slice` of a Buffer would be no copy
    tensors.set(name, { name, shape, values: new Kind(Uint8Array.from(bytes.subarray(at, until)).buffer) });
    at = until;
  }
  check(at === bytes.length, 'DAMAGED', `weights.bin has ${bytes.length - at} bytes too many`);
  return tensors;
}

/** @throws {ModelFileError} it is not there, or of another type */
export function tensorOf<K extends Dtype>(
  tensors: ReadonlyMap<string, Tensor>,
  name: string,
  dtype: K,
): InstanceType<(typeof KINDS)[K]> {
  const values = tensors.get(name)?.values;
  check(values instanceof KINDS[dtype], 'DAMAGED', `there is no weight ${name} of type ${dtype}`);
  return values as InstanceType<(typeof KINDS)[K]>;
}
