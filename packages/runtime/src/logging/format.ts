import { inspect } from 'node:util';
import type { LogFields } from './logger.ts';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

export interface LogLine {
  readonly at: Date;
  readonly level: LogLevel;
  readonly process: string;
  readonly message: string;
  readonly fields: LogFields;
}

// an error may be its own cause by way of others
const DEEPEST_CAUSE = 6;

interface ErrorRecord {
  readonly name: string;
  readonly message: string;
  readonly code?: unknown;
  readonly stack?: string | undefined;
  readonly cause?: unknown;
}

function errorRecord(error: Error, depth = 0): ErrorRecord {
  const cause =
    error.cause instanceof Error ? (depth < DEEPEST_CAUSE ? errorRecord(error.cause, depth + 1) : '...') : error.cause;
  return {
    name: error.name,
    message: error.message,
    ...('code' in error ? { code: error.code } : {}),
    stack: error.stack,
    ...(cause === undefined ? {} : { cause }),
  };
}

const plain = (_key: string, value: unknown): unknown => {
  if (value instanceof Error) return errorRecord(value);
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Set) return [...value];
  return value;
};

/** One line of JSON. Never throws: a field that JSON cannot hold is written as Node would print it. */
export function jsonLine({ at, level, process, message, fields }: LogLine): string {
  const head = { at: at.toISOString(), level, process, message };
  try {
    return JSON.stringify({ ...head, ...fields, ...head }, plain); // no field takes the place of the head's
  } catch {
    return JSON.stringify({ ...head, fields: inspect(fields, { depth: 3 }) });
  }
}

const COLOURS: Readonly<Record<LogLevel, string>> = {
  error: '\x1b[31m',
  warn: '\x1b[33m',
  info: '\x1b[36m',
  debug: '\x1b[90m',
};
const PLAIN = '\x1b[0m';

const two = (value: number): string => String(value).padStart(2, '0');

/** `QueryFailed: no answer <- FetchError: ECONNREFUSED` */
export function errorChain(error: Error): string {
  const chain: string[] = [];
  let link: unknown = error;
  while (link instanceof Error && chain.length < DEEPEST_CAUSE) {
    chain.push(link.name === 'Error' ? link.message : `${link.name}: ${link.message}`);
    link = link.cause;
  }
  return chain.join(' <- ');
}

function fieldText(value: unknown): string {
  if (value instanceof Error) return errorChain(value);
  if (typeof value === 'string') return /^[\w./:@%+-]+$/.test(value) ? value : JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  try {
    return JSON.stringify(value, plain);
  } catch {
    return inspect(value, { depth: 2, breakLength: Number.POSITIVE_INFINITY });
  }
}

/** One line for a person, in this machine's time zone; the stacks of errors are in the file. */
export function readableLine({ at, level, process, message, fields }: LogLine, colour: boolean): string {
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  const label = level.toUpperCase().padEnd(5);
  const text = Object.entries(fields).map(([key, value]) => ` ${key}=${fieldText(value)}`);
  return `${time} ${colour ? `${COLOURS[level]}${label}${PLAIN}` : label} ${process}: ${message}${text.join('')}`;
}
