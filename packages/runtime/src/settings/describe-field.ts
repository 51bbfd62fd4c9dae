import { z } from 'zod';
import { settingsSchema } from './schema.ts';
import { TIME_OF_DAY } from './telegram-alert-sections.ts';

/** The part of JSON Schema that the settings use. */
export interface FieldSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: FieldSchema;
  readonly anyOf?: readonly FieldSchema[];
  readonly properties?: Readonly<Record<string, FieldSchema>>;
}

export type FieldPath = readonly PropertyKey[];

/** JSON Schema of `settings.json`, for editors and for everything below. */
export const settingsJsonSchema = (): FieldSchema =>
  z.toJSONSchema(settingsSchema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      // whole numbers are bounded by what a double can hold: true, and of no use to a reader
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.type === 'object') delete jsonSchema.default;
    },
  }) as FieldSchema;

/** @returns the schema at a path, or null where the settings have no such key */
export function fieldAt(path: FieldPath, root: FieldSchema = settingsJsonSchema()): FieldSchema | null {
  let field: FieldSchema | undefined = root;
  for (const key of path) {
    const properties: FieldSchema['properties'] = field.properties;
    field =
      typeof key === 'number'
        ? field.items
        : properties !== undefined && Object.hasOwn(properties, key)
          ? properties[String(key)]
          : undefined;
    if (field === undefined) return null;
  }
  return field;
}

/** `exits.simple[0].stopLoss` */
export const pathText = (path: FieldPath): string =>
  path.map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`)).join('');

/** Every key that takes a value, sections left out. */
export function leafPaths(field: FieldSchema = settingsJsonSchema(), path: FieldPath = []): FieldPath[] {
  if (field.properties === undefined) return [path];
  return Object.entries(field.properties).flatMap(([key, child]) => leafPaths(child, [...path, key]));
}

/** What a key accepts, in words: the text of a fault and of the documentation are the same. */
export function allowedValues(field: FieldSchema): string {
  if (field.anyOf !== undefined) return field.anyOf.map(allowedValues).join(', or ');
  if (field.enum !== undefined) return field.enum.map((value) => `"${String(value)}"`).join(' or ');
  switch (field.type) {
    case 'null':
      return 'null';
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `a whole number${range(field)}`;
    case 'number':
      return `a number${range(field)}`;
    case 'string':
      return textKind(field);
    case 'array':
      return `a list of ${count(field)}${field.items === undefined ? 'values' : plural(field.items)}`;
    default:
      return field.properties === undefined
        ? 'a value'
        : `a section { ${Object.keys(field.properties)
            .filter((key) => key !== '$schema')
            .join(', ')} }`;
  }
}

function range(field: FieldSchema): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = field;
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  const low =
    minimum !== undefined ? `from ${minimum} up` : exclusiveMinimum !== undefined ? `above ${exclusiveMinimum}` : '';
  const high =
    maximum !== undefined ? `up to ${maximum}` : exclusiveMaximum !== undefined ? `under ${exclusiveMaximum}` : '';
  const both = [low, high].filter((part) => part !== '').join(', ');
  return both === '' ? '' : ` ${both}`;
}

function textKind(field: FieldSchema): string {
  if (field.format === 'uri') return 'a URL';
  if (field.format === 'date') return 'a date like 2026-01-31';
  if (field.pattern === '^[A-Z0-9]+$') return 'capital letters and digits';
  if (field.pattern === '^[^\\sa-z]+$') return 'a symbol in capital letters';
  if (field.pattern === TIME_OF_DAY.source) return 'a time of day like 07:30';
  return 'text';
}

function count(field: FieldSchema): string {
  if (field.minItems === undefined) return '';
  return field.minItems === field.maxItems ? `${field.minItems} ` : `${field.minItems} to ${field.maxItems ?? 'more'} `;
}

function plural(items: FieldSchema): string {
  if (items.type === 'number') return `numbers${range(items)}`;
  if (items.type === 'integer') return 'whole numbers';
  if (items.type === 'string') return `texts${items.pattern === undefined ? '' : ` (${textKind(items)})`}`;
  return `rows { ${Object.entries(items.properties ?? {})
    .map(([key, child]) => `${key}: ${allowedValues(child)}`)
    .join('; ')} }`;
}
