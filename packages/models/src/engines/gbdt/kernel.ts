import { LANES } from './bins.ts';

/**
 * Adds rows up for four features; all arguments are byte addresses.
 *
 * @param words the four bins of every row, one word a row
 * @param order row numbers, from here to `orderEnd`
 * @param pairs gradient and counted hessian of each of them, two doubles
 * @param out 4 × 256 sums of such pairs
 */
export type AddRows = (words: number, order: number, orderEnd: number, pairs: number, out: number) => void;

/** Memory that the kernel and typed arrays share. */
export interface SharedMemory {
  readonly buffer: ArrayBuffer;
}

// as much of it as is used here: neither the language's types nor Node's name it
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number }) => SharedMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: Record<string, Record<string, unknown>>,
  ) => { readonly exports: Record<string, unknown> };
};

const PAGE_BYTES = 65_536;

export function createMemory(bytes: number): SharedMemory {
  return new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) + 1 });
}

/** Bytes of one pair of doubles (as a power of two), and of one feature's 256. */
const PAIR_BITS = 4;
const FEATURE_BYTES = 256 << PAIR_BITS;
const BIN_BITS = 8;

// WebAssembly's codes, as far as the loop needs them
const I32 = 0x7f;
const V128 = 0x7b;
const NOTHING = 0x40;
const loop = [0x03, NOTHING];
const end = [0x0b];
const repeatIf = [0x0d, 0];
const add = [0x6a];
const and = [0x71];
const shiftLeft = [0x74];
const shiftRight = [0x76];
const isLess = [0x49];
const addPair = [0xfd, 0xf0, 0x01];
const loadWord = [0x28, 2, 0];

const unsigned = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
/** @param value ≥ 0; a signed number needs its top bit free */
const signed = (value: number): number[] => (value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signed(value >>> 7)]);
const constant = (value: number): number[] => [0x41, ...signed(value)];
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const tee = (local: number): number[] => [0x22, local];
const loadPair = (offset: number): number[] => [0xfd, 0, 3, ...unsigned(offset)];
const storePair = (offset: number): number[] => [0xfd, 11, 3, ...unsigned(offset)];
const sized = (bytes: number[]): number[] => [...unsigned(bytes.length), ...bytes];
const section = (id: number, bytes: number[]): number[] => [id, ...sized(bytes)];
const text = (name: string): number[] => sized([...name].map((letter) => letter.charCodeAt(0)));

const [WORDS, ORDER, ORDER_END, PAIRS, OUT, WORD, PAIR, AT] = [0, 1, 2, 3, 4, 5, 6, 7];

/** out[lane][bin of the lane] += pair */
function addLane(lane: number): number[] {
  const shift = lane * BIN_BITS - PAIR_BITS;
  const moved = shift < 0 ? [...constant(-shift), ...shiftLeft] : [...constant(shift), ...shiftRight];
  const offset = lane * FEATURE_BYTES;
  return [
    ...[...get(WORD), ...moved, ...constant(0xff << PAIR_BITS), ...and, ...get(OUT), ...add, ...tee(AT)],
    ...[...get(AT), ...loadPair(offset), ...get(PAIR), ...addPair, ...storePair(offset)],
  ];
}

function assemble(): Uint8Array<ArrayBuffer> {
  const body = [
    ...[3, 1, I32, 1, V128, 1, I32], // three groups of locals: WORD, PAIR, AT
    ...loop,
    ...[...get(ORDER), ...loadWord, ...constant(2), ...shiftLeft, ...get(WORDS), ...add, ...loadWord, ...set(WORD)],
    ...[...get(PAIRS), ...loadPair(0), ...set(PAIR)],
    ...Array.from({ length: LANES }, (_, lane) => addLane(lane)).flat(),
    ...[...get(PAIRS), ...constant(1 << PAIR_BITS), ...add, ...set(PAIRS)],
    ...[...get(ORDER), ...constant(4), ...add, ...tee(ORDER), ...get(ORDER_END), ...isLess, ...repeatIf],
    ...end,
    ...end,
  ];
  return Uint8Array.from([
    ...[0, ...[...'asm'].map((letter) => letter.charCodeAt(0)), 1, 0, 0, 0],
    ...section(1, [1, 0x60, 5, I32, I32, I32, I32, I32, 0]),
    ...section(2, [1, ...text('rows'), ...text('memory'), 2, 0, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text('add'), 0, 0]),
    ...section(10, [1, ...sized(body)]),
  ]);
}

let compiled: object | undefined;

/**
 * The innermost loop of training, in WebAssembly: gradient and hessian are added as one vector, without bounds checks, in less
 * than half the time the same loop takes in JavaScript. Written by hand, because a compiler for twenty instructions would be a
 * dependency.
 */
export function createKernel(memory: SharedMemory): AddRows {
  compiled ??= new WebAssembly.Module(assemble());
  const { add: addRows } = new WebAssembly.Instance(compiled, { rows: { memory } }).exports;
  return (words, order, orderEnd, pairs, out) => {
    if (order < orderEnd) (addRows as AddRows)(words, order, orderEnd, pairs, out);
  };
}
