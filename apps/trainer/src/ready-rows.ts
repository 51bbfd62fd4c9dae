import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { FEATURE_SET, FEEDBACK_MOVE, type LabelledRows, type TrainingSet } from '@mexc-bot/models';
import { UserError } from '@mexc-bot/runtime';

/**
 * Feature rows that are ready to learn from: `PREFIX.X.f32.gz` (32-bit floats, little endian, row by row), `PREFIX.rows.csv.gz`
 * (symbol, timestamp, label, ret6h, …) and beside them `features.json`, the names of the columns.
 */
const COLUMNS = ['symbol', 'timestamp', 'label', 'ret6h'] as const;

/** What columns mean that others named. */
const ATR_NAMES = ['atr_24h', 'atr_pct'];
const CHANGE_NAMES = ['change_24h', 'ch24'];
const SPREAD_NAMES = ['spread'];

export interface ReadyRows {
  readonly set: TrainingSet;
  /** of the features, one a column */
  readonly names: readonly string[];
  /** one a row */
  readonly symbols: readonly string[];
}

/** @throws {UserError} a file is missing, or does not fit the others */
export function readRows(prefix: string): ReadyRows {
  const folder = dirname(prefix);
  const names = namesIn(join(folder, 'features.json'));
  const text = unpacked(`${prefix}.rows.csv.gz`).toString('utf8').trimEnd();
  const [header = '', ...lines] = text.split('\n');
  const columns = header.replace('\r', '').split(',');
  const missing = COLUMNS.filter((column) => !columns.includes(column));
  if (missing.length > 0) throw new UserError(`${prefix}.rows.csv.gz lacks the column ${missing.join(', ')}`);
  const table = lines.map((line) => line.replace('\r', '').split(','));

  const bytes = unpacked(`${prefix}.X.f32.gz`);
  const wanted = table.length * names.length * Float32Array.BYTES_PER_ELEMENT;
  if (bytes.length !== wanted) {
    const shape = `${table.length} rows of ${names.length} features`;
    throw new UserError(`${prefix}.X.f32.gz has ${bytes.length} bytes, and ${shape} are ${wanted}`);
  }
  const x = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));

  const at = (column: (typeof COLUMNS)[number]): number => columns.indexOf(column);
  const numbers = (column: (typeof COLUMNS)[number]): Float64Array =>
    Float64Array.from(table, (cells, row) => {
      const value = Number(cells[at(column)] || Number.NaN);
      if (Number.isFinite(value)) return value;
      throw new UserError(`${prefix}.rows.csv.gz, line ${row + 2}: ${column} is "${cells[at(column)]}", not a number`);
    });
  const [times, labels, returns] = [numbers('timestamp'), numbers('label'), numbers('ret6h')];
  const odd = labels.findIndex((label) => label !== 0 && label !== 1);
  if (odd >= 0) throw new UserError(`${prefix}.rows.csv.gz, line ${odd + 2}: label is ${labels[odd]}, not 0 or 1`);

  const symbols = table.map((cells) => cells[at('symbol')]!);
  const known = new Map([...new Set(symbols)].map((symbol, index) => [symbol, index]));
  const order = Array.from(times.keys()).sort((a, b) => times[a]! - times[b]! || a - b);
  const { length: width } = names;
  const sorted = new Float32Array(x.length);
  for (const [to, from] of order.entries()) sorted.set(x.subarray(from * width, (from + 1) * width), to * width);
  const columnOf = (wantedNames: readonly string[]): Float64Array | null => {
    const column = names.findIndex((name) => wantedNames.includes(name));
    return column < 0 ? null : Float64Array.from(order, (_, row) => sorted[row * width + column]!);
  };
  const feature = (wantedNames: readonly string[]): Float64Array => {
    const column = columnOf(wantedNames);
    if (column !== null) return column;
    throw new UserError(`${join(folder, 'features.json')} names none of ${wantedNames.join(', ')}`);
  };
  return {
    names,
    symbols: order.map((row) => symbols[row]!),
    set: {
      rows: { x: sorted, width, count: table.length },
      labels: Uint8Array.from(order, (row) => labels[row]!),
      moves: Int8Array.from(order, (row) => moveOf(returns[row]!)),
      returns: Float64Array.from(order, (row) => returns[row]!),
      times: Float64Array.from(order, (row) => times[row]!),
      markets: Int32Array.from(order, (row) => known.get(symbols[row]!)!),
      atr: feature(ATR_NAMES),
      change24h: feature(CHANGE_NAMES),
      spread: columnOf(SPREAD_NAMES) ?? new Float64Array(table.length).fill(Number.NaN),
    },
  };
}

const moveOf = (value: number): number => (value >= FEEDBACK_MOVE ? 1 : value <= -FEEDBACK_MOVE ? -1 : 0);

/** Writes rows in the same format. @throws {UserError} the folder has a `features.json` with other names */
export function writeRows(prefix: string, { stored, outcomes }: LabelledRows, symbols: readonly string[]): void {
  const folder = dirname(prefix);
  const names = join(folder, 'features.json');
  mkdirSync(folder, { recursive: true });
  const ours = JSON.stringify(FEATURE_SET.names);
  if (existsSync(names) && JSON.stringify(namesIn(names)) !== ours) {
    throw new UserError(`${names} names other features`, `Write ${basename(prefix)} to a folder of its own.`);
  }
  writeFileSync(names, ours);
  const { x } = stored;
  writeFileSync(`${prefix}.X.f32.gz`, gzipSync(Buffer.from(x.buffer, x.byteOffset, x.byteLength)));
  const rows = Array.from(
    outcomes.times,
    (time, row) => `${symbols[outcomes.markets[row]!]},${time},${outcomes.labels[row]},${outcomes.returns[row]}`,
  );
  writeFileSync(`${prefix}.rows.csv.gz`, gzipSync(`${[COLUMNS.join(','), ...rows].join('\n')}\n`));
}

function namesIn(path: string): readonly string[] {
  let names: unknown;
  try {
    names = JSON.parse(read(path).toString('utf8'));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path} is no JSON: ${(error as Error).message}`);
  }
  if (Array.isArray(names) && names.length > 0 && names.every((name) => typeof name === 'string')) return names;
  throw new UserError(`${path} is no list of names`);
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new UserError(`${path} cannot be read: ${(cause as Error).message}`, undefined, { cause });
  }
}

function unpacked(path: string): Buffer {
  const packed = read(path);
  try {
    return gunzipSync(packed);
  } catch (cause) {
    throw new UserError(`${path} cannot be unpacked: ${(cause as Error).message}`, undefined, { cause });
  }
}
