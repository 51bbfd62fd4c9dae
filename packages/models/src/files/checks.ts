import { type ModelFileCode, ModelFileError } from './model-file.ts';

/** A JSON object of unknown making. */
export type Json = Readonly<Record<string, unknown>>;

export function check(holds: boolean, code: ModelFileCode, message: string): asserts holds {
  if (!holds) throw new ModelFileError(code, message);
}

export function objectOf(value: unknown, what: string): Json {
  check(typeof value === 'object' && value !== null && !Array.isArray(value), 'DAMAGED', `${what} is no object`);
  return value as Json;
}

export function listOf(value: unknown, what: string): readonly unknown[] {
  check(Array.isArray(value), 'DAMAGED', `${what} is no list`);
  return value;
}

export function textOf(value: unknown, what: string): string {
  check(typeof value === 'string', 'DAMAGED', `${what} is no text`);
  return value;
}

/** JSON knows neither NaN nor infinity: it writes null for them, which is no number either. */
export function numberOf(value: unknown, what: string): number {
  check(typeof value === 'number' && Number.isFinite(value), 'BAD_WEIGHTS', `${what} is no finite number`);
  return value;
}

/** A count or an index: 0, 1, 2, … */
export function wholeOf(value: unknown, what: string): number {
  check(Number.isSafeInteger(value) && (value as number) >= 0, 'DAMAGED', `${what} is no whole number`);
  return value as number;
}

export function numbersOf(value: unknown, what: string): Float64Array {
  return Float64Array.from(listOf(value, what), (entry) => numberOf(entry, `a number of ${what}`));
}

export function allFinite(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) return false;
  return true;
}

export function parseJson(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ModelFileError('DAMAGED', `${file} is no JSON`, cause);
  }
}
