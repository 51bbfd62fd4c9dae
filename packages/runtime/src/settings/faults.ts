import type { z } from 'zod';
import { UserError } from '../user-error.ts';
import {
  allowedValues,
  type FieldPath,
  type FieldSchema,
  fieldAt,
  leafPaths,
  pathText,
  settingsJsonSchema,
} from './describe-field.ts';
import { didYouMean } from './did-you-mean.ts';

export interface SettingsFault {
  /** `scan.everySeconds`, or the name of an environment variable */
  readonly path: string;
  /** as JSON; left out where it is missing, or may be a secret */
  readonly value?: string;
  readonly problem: string;
}

/** All that is wrong with the settings, one line each. */
export class SettingsError extends UserError {
  override readonly name = 'SettingsError';
  readonly faults: readonly SettingsFault[];

  constructor(where: string, faults: readonly SettingsFault[]) {
    const lines = faults.map(
      ({ path, value, problem }) => `  ${path}${value === undefined ? '' : ` = ${value}`}: ${problem}`,
    );
    const title = faults.length === 1 ? 'a fault in the settings' : `${faults.length} faults in the settings`;
    super(`${title} (${where}):\n${lines.join('\n')}`, 'every setting is explained in docs/settings.md');
    this.faults = faults;
  }
}

/** A value as a fault shows it: short, and without any of the secrets. */
export function shownValue(value: unknown, secrets: readonly string[]): string {
  let text = JSON.stringify(value) ?? String(value);
  for (const secret of secrets) text = text.replaceAll(secret, '***');
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

export const valueAt = (content: unknown, path: FieldPath): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<PropertyKey, unknown>)[key]
        : undefined,
    content,
  );

interface PlacedFault {
  readonly path: FieldPath;
  readonly fault: SettingsFault;
}

/** The schema's complaints, in the words of the documentation. */
export function faultsOf(error: z.core.$ZodError, content: unknown, secrets: readonly string[]): PlacedFault[] {
  const schema = settingsJsonSchema();
  return error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => unknownKey(issue.path, key, schema))
      : [wrongValue(issue, content, schema, secrets)],
  );
}

function unknownKey(parent: FieldPath, key: string, schema: FieldSchema): PlacedFault {
  const path = [...parent, key];
  return { path, fault: { path: pathText(path), problem: `is unknown${suggestion(parent, key, schema)}` } };
}

function wrongValue(
  { path, message }: z.core.$ZodIssue,
  content: unknown,
  schema: FieldSchema,
  secrets: readonly string[],
): PlacedFault {
  const field = fieldAt(path, schema);
  const problem = field === null ? message : `must be ${allowedValues(field)}`;
  const name = pathText(path) || 'settings.json';
  const value = valueAt(content, path);
  return value === undefined
    ? { path, fault: { path: name, problem: `is missing; ${problem}` } }
    : { path, fault: { path: name, value: shownValue(value, secrets), problem } };
}

function suggestion(parent: FieldPath, key: string, schema: FieldSchema): string {
  const siblings = Object.keys(fieldAt(parent, schema)?.properties ?? {});
  const near = didYouMean(key, siblings);
  if (near !== null) return `; did you mean \`${near}\`?`;
  // right word, wrong section
  const elsewhere = leafPaths(schema).filter((path) => path.at(-1) === key);
  return elsewhere.length === 0
    ? ''
    : `; did you mean ${elsewhere.map((path) => `\`${pathText(path)}\``).join(' or ')}?`;
}
