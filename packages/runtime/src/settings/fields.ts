import { z } from 'zod';

/**
 * A group of settings: keys it does not know are refused, and leaving it out means its defaults. Built so that the defaults of
 * nested keys are filled in too (`prefault` parses, `default` would not).
 */
export const section = <Shape extends z.core.$ZodLooseShape>(description: string, shape: Shape) =>
  z
    .strictObject(shape)
    .prefault({} as z.input<z.ZodObject<Shape, z.core.$strict>>)
    .describe(description);

/** A share of something: 0.02 is 2 %. */
export const fraction = (value: number, description: string, max = 1) =>
  z.number().min(0).max(max).default(value).describe(description);

export const amount = (value: number, range: { min: number; max?: number }, description: string) => {
  const number = z.number().min(range.min);
  return (range.max === undefined ? number : number.max(range.max)).default(value).describe(description);
};

export const whole = (value: number, range: { min: number; max: number }, description: string) =>
  z.int().min(range.min).max(range.max).default(value).describe(description);

export const choice = <const Values extends readonly [string, ...string[]]>(
  values: Values,
  value: NoInfer<Values[number]>,
  description: string,
) =>
  z
    .enum(values)
    .default(value as never)
    .describe(description);

export const text = (value: string, description: string) => z.string().min(1).default(value).describe(description);

export const flag = (value: boolean, description: string) => z.boolean().default(value).describe(description);

/** A number, or null for "no such limit". */
export const orNull = (number: z.ZodNumber, value: number | null, description: string) =>
  number.nullable().default(value).describe(description);
