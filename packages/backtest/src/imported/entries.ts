import { parseMoment } from '@mexc-bot/core';
import { jsonFault } from './json-fault.ts';
import { entryLines } from './json-places.ts';

/** A file that is not what it should be; nothing of it is used. */
export class ImportFault extends Error {
  override readonly name: string = 'ImportFault';
}

/** One entry of a file, and where it stands. */
export interface Entry {
  readonly key: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** `trade_history.json, line 12` */
  readonly place: string;
}

/** @throws {ImportFault} no JSON, not the shape asked for, or an entry that is no object; with its line */
export function readEntries(text: string, file: string, shape: 'array' | 'object'): Entry[] {
  const value = parsed(text, file);
  if (typeof value !== 'object' || value === null || Array.isArray(value) !== (shape === 'array')) {
    throw new ImportFault(`${file}: the file holds no JSON ${shape}`);
  }
  const entries = Array.isArray(value)
    ? value.map((fields, index) => [`entry ${index + 1}`, fields])
    : Object.entries(value);
  const lines = entryLines(text);
  return entries.map(([key, fields], index) => {
    const place = `${file}, line ${lines[index] ?? '?'}`;
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
      throw new ImportFault(`${place}: ${key} is no object`);
    }
    return { key: String(key), fields: fields as Record<string, unknown>, place };
  });
}

function parsed(text: string, file: string): unknown {
  // Python writes what is no number as NaN
  const json = text.replace(/^\uFEFF/, '').replaceAll(/(?<=[[,:\s])NaN(?=[\s,\]}])/g, 'null');
  try {
    return JSON.parse(json);
  } catch {
    const { line, column } = jsonFault(json);
    throw new ImportFault(`${file}, line ${line}, column ${column}: not valid JSON`);
  }
}

/** A number above 0, also where it was written as text; null where there is none. @throws {ImportFault} anything else */
export function positive({ fields, place }: Entry, name: string): number | null {
  const raw = fields[name];
  if (raw === undefined || raw === null || raw === '') return null;
  const value = typeof raw === 'string' ? Number(raw) : raw;
  if (typeof value !== 'number' || !(value > 0) || !Number.isFinite(value)) {
    throw new ImportFault(`${place}: ${name} is ${JSON.stringify(raw)}, must be a number above 0`);
  }
  return value;
}

/** Text; null where there is none. @throws {ImportFault} anything else */
export function words({ fields, place }: Entry, name: string): string | null {
  const raw = fields[name];
  if (raw === undefined || raw === null || raw === '') return null;
  if (typeof raw !== 'string') throw new ImportFault(`${place}: ${name} is ${JSON.stringify(raw)}, must be text`);
  return raw;
}

/** `PEPE/USDT`, `PEPE_USDT` and `PEPEUSDT` are one market. */
export function marketIn(entry: Entry, text: string): string {
  const market = text.toUpperCase().replaceAll(/[/_:-]/g, '');
  if (!/^[\p{L}\p{N}$]{2,40}$/u.test(market)) {
    throw new ImportFault(`${entry.place}: symbol is ${JSON.stringify(text)}, must be like PEPE/USDT or PEPEUSDT`);
  }
  return market;
}

/** From here on a number is milliseconds: in seconds it would be the year 5138. */
const MILLISECONDS_FROM = 1e11;

/** Seconds, milliseconds or an ISO text, as ms UTC; null where there is none. @throws {ImportFault} anything else */
export function moment(entry: Entry, name: string): number | null {
  const raw = entry.fields[name];
  if (raw === undefined || raw === null || raw === '') return null;
  const number = typeof raw === 'number' ? raw : /^[\d.]+$/.test(String(raw)) ? Number(raw) : null;
  const written = typeof raw === 'string' ? parseMoment(raw) : null;
  const at = number === null ? (written ?? Number.NaN) : number < MILLISECONDS_FROM ? number * 1_000 : number;
  if (!(at > 0 && at < 8.64e15)) {
    throw new ImportFault(
      `${entry.place}: ${name} is ${JSON.stringify(raw)}, must be seconds since 1970 or a time like 2026-11-22T10:00:00`,
    );
  }
  return Math.round(at);
}
