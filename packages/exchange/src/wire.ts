import { Decimal } from '@mexc-bot/core';
import { z } from 'zod';
import { QueryFailed } from './port.ts';

/** What a JSON decimal may look like; bounded, so that no answer makes a number of a million digits. */
const DECIMAL_TEXT = /^-?\d{1,40}(\.\d{1,40})?(e[+-]?\d{1,2})?$/i;

/** Decimals come as strings, sometimes as JSON numbers. */
export const decimal = z
  .union([z.string().regex(DECIMAL_TEXT), z.number()])
  .transform((value): Decimal => new Decimal(value));
export const positive = decimal.refine((value) => value.gt(0), 'must be > 0');
export const nonNegative = decimal.refine((value) => value.gte(0), 'must be ≥ 0');

/** ms UTC */
export const millis = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d{1,16}$/)
      .transform(Number),
  ])
  .pipe(z.int().positive());

/** An id is text whatever it looks like: reading ids as numbers has broken other bots. */
export const id = z.string().min(1);

/** @throws {QueryFailed} `malformed`, naming the first faults */
export function parseWire<T>(what: string, schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  throw malformed(what, faults.join('; '), parsed.error);
}

export function malformed(what: string, why: string, cause?: unknown): QueryFailed {
  return new QueryFailed('malformed', `${what}: the answer makes no sense: ${why}`, { cause });
}
