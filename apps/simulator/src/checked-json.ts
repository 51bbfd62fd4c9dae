import { jsonFault } from '@mexc-bot/runtime';
import type { z } from 'zod';

/** What a text says, or everything that is wrong with it: each fault with its field, or the line where it stops being JSON. */
export type Checked<Content> = { readonly content: Content } | { readonly faults: readonly string[]; cause: unknown };

/** @param whole what the content is called where a fault is about all of it */
export function checkedJson<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
  whole: string,
): Checked<z.output<Schema>> {
  let content: unknown;
  try {
    content = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    const place = jsonFault(text);
    const line = place === null ? '' : ` at line ${place.line}, column ${place.column}`;
    return { faults: [`it is not valid JSON${line}`], cause };
  }
  return checked(content, schema, whole);
}

/** @see checkedJson */
export function checked<Schema extends z.ZodType>(
  content: unknown,
  schema: Schema,
  whole: string,
): Checked<z.output<Schema>> {
  const parsed = schema.safeParse(content);
  if (parsed.success) return { content: parsed.data };
  const faults = flatIssues(parsed.error.issues).map(({ path, message }) => `${fieldText(path) || whole}: ${message}`);
  return { faults, cause: parsed.error };
}

type Issue = { readonly path: readonly PropertyKey[]; readonly message: string };

/** Complaints of a union that belong to one of its branches are worth more than "invalid input". */
export function flatIssues(issues: readonly z.core.$ZodIssue[]): Issue[] {
  return issues.flatMap((issue): Issue[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: [...issue.path, key], message: 'is not a field here' }));
    }
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      // the branch that got furthest is the one that was meant
      const deepest = [...issue.errors].sort((a, b) => depthOf(b) - depthOf(a))[0]!;
      return flatIssues(deepest).map(({ path, message }) => ({ path: [...issue.path, ...path], message }));
    }
    return [{ path: issue.path, message: issue.message }];
  });
}

const depthOf = (issues: readonly z.core.$ZodIssue[]): number => Math.max(0, ...issues.map(({ path }) => path.length));

const fieldText = (path: readonly PropertyKey[]): string =>
  path.map((key, n) => (typeof key === 'number' ? `[${key}]` : `${n === 0 ? '' : '.'}${String(key)}`)).join('');
