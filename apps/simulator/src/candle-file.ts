import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import Papa from 'papaparse';
import { type CandleChunk, emptyChunk, sumVolumes } from './candle-series.ts';

const MINUTE_MS = 60_000;
const COLUMNS = ['timestamp', 'open', 'high', 'low', 'close', 'volume'] as const;
/** A hole this long is a broken timestamp, not a pause of the exchange. */
const MAX_CANDLES = 2_000_000;

/** One thing wrong with a candle file; `line` counts from 1, null where it concerns the whole file. */
export interface CandleFault {
  readonly file: string;
  readonly line: number | null;
  readonly message: string;
}

export interface CandleFileName {
  readonly base: string;
  readonly quote: string;
  /** as written, `5m`; null where the name has none */
  readonly timeframe: string | null;
}

export interface RecordedCandles {
  readonly stepMs: number;
  readonly firstOpen: number;
  readonly chunk: CandleChunk;
  /** the finest decimals any price of the file is written with */
  readonly priceDecimals: number;
}

const FILE_NAME =
  /^(?:[A-Za-z]+_)?(?<base>[^-_]+?)[-_]?(?<quote>USDT|USDC|USD1|USD|EUR|BTC|ETH)(?:[-_](?<timeframe>\d+[smhdwM]))?\.csv(?:\.gz)?$/;

/** Reads `MEXC_PEPE-USDT_5m.csv.gz`, `PEPE_USDT_5m.csv`, `PEPEUSDT.csv`. @returns null for any other name */
export function parseCandleFileName(name: string): CandleFileName | null {
  const groups = FILE_NAME.exec(name)?.groups;
  if (!groups) return null;
  return { base: groups.base!.toUpperCase(), quote: groups.quote!, timeframe: groups.timeframe ?? null };
}

/** Decimals of a number as written: `0.0100` has 4, `3.1e-11` has 12. */
export function decimalsWritten(text: string): number {
  const written = text.trim();
  const exponentAt = written.search(/e/i);
  const digits = exponentAt < 0 ? written : written.slice(0, exponentAt);
  const point = digits.indexOf('.');
  const decimals = point < 0 ? 0 : digits.length - point - 1;
  return exponentAt < 0 ? decimals : Math.max(0, decimals - Number(written.slice(exponentAt + 1)));
}

/**
 * Reads one file of candles, header `timestamp,open,high,low,close,volume`, gzip if its name ends so. Missing candles become
 * candles without trades at the last close.
 *
 * @param timeframe from the file's name; null: told by the spacing of the rows
 * @param file the name faults are reported under
 */
export function readCandleFile(
  path: string,
  file: string,
  timeframe: string | null,
): { readonly candles: RecordedCandles } | { readonly faults: readonly CandleFault[] } {
  let text: string;
  try {
    const bytes = readFileSync(path);
    text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (error) {
    return { faults: [{ file, line: null, message: `cannot be read: ${(error as Error).message}` }] };
  }
  return parseCandles(text, file, timeframe);
}

/** @see readCandleFile */
export function parseCandles(text: string, file: string, timeframe: string | null): ReturnType<typeof readCandleFile> {
  const { data } = Papa.parse<string[]>(text.trimEnd(), { delimiter: ',', fastMode: true });
  const header = (data[0] ?? []).map((name) =>
    name
      .trim()
      .toLowerCase()
      .replace(/^\uFEFF/, ''),
  );
  if (text.trim() === '') return { faults: [{ file, line: null, message: 'is empty' }] };
  const missing = COLUMNS.filter((column) => !header.includes(column));
  if (missing.length > 0) {
    const message = `the header lacks ${missing.join(', ')}; it must name ${COLUMNS.join(',')}`;
    return { faults: [{ file, line: 1, message }] };
  }
  if (data.length === 1) return { faults: [{ file, line: null, message: 'has no candles, only a header' }] };

  const rows = readRows(data, header, file);
  if ('faults' in rows) return rows;
  const stepMs = stepOf(rows.times, timeframe);
  if (stepMs === null) {
    const seen = timeframe ?? `rows ${((rows.times[1] ?? rows.times[0]!) - rows.times[0]!) / MINUTE_MS} minutes apart`;
    return { faults: [{ file, line: null, message: `${seen}: only candles of 1m and 5m can be replayed` }] };
  }
  const offGrid = gridFaults(rows.times, stepMs, file);
  if (offGrid.length > 0) return { faults: offGrid };
  return { candles: toGrid(rows, stepMs) };
}

interface Rows {
  readonly times: Float64Array;
  /** open, high, low, close, volume of each row, one after the other */
  readonly values: Float64Array;
  readonly priceDecimals: number;
}

function readRows(
  data: readonly string[][],
  header: readonly string[],
  file: string,
): Rows | { faults: CandleFault[] } {
  const positions = COLUMNS.map((column) => header.indexOf(column));
  const count = data.length - 1;
  const times = new Float64Array(count);
  const values = new Float64Array(count * 5);
  const faults: CandleFault[] = [];
  let priceDecimals = 0;

  for (let row = 0; row < count; row++) {
    const cells = data[row + 1]!;
    for (let column = 0; column < 6; column++) {
      const cell = cells[positions[column]!] ?? '';
      const value = cell.trim() === '' ? Number.NaN : Number(cell);
      if (!Number.isFinite(value)) {
        const found = cell === '' ? 'missing' : `"${cell}", not a number`;
        faults.push({ file, line: row + 2, message: `${COLUMNS[column]} is ${found}` });
      }
      if (column === 0) times[row] = value;
      else values[row * 5 + column - 1] = value;
      if (column >= 1 && column <= 4) priceDecimals = Math.max(priceDecimals, decimalsWritten(cell));
    }
    for (const message of candleFaults(values, row * 5)) faults.push({ file, line: row + 2, message });
    if (row > 0 && times[row]! <= times[row - 1]!) {
      faults.push({ file, line: row + 2, message: `timestamp ${times[row]} does not come after ${times[row - 1]}` });
    }
  }
  return faults.length > 0 ? { faults } : { times, values, priceDecimals };
}

const NO_FAULTS: readonly string[] = [];

/** What is impossible about the candle whose five values start at `at`; comparisons with NaN, told already, are false. */
function candleFaults(values: Float64Array, at: number): readonly string[] {
  const open = values[at]!;
  const high = values[at + 1]!;
  const low = values[at + 2]!;
  const close = values[at + 3]!;
  const volume = values[at + 4]!;
  const sound = open <= high && close <= high && open >= low && close >= low && low > 0 && volume >= 0;
  if (sound) return NO_FAULTS;

  const faults: string[] = [];
  if (high < low) faults.push(`high ${high} is below low ${low}`);
  else if (Math.max(open, close) > high) faults.push(`open ${open} or close ${close} is above high ${high}`);
  else if (Math.min(open, close) < low) faults.push(`open ${open} or close ${close} is below low ${low}`);
  if (low <= 0) faults.push(`low ${low} is not above 0`);
  if (volume < 0) faults.push(`volume ${volume} is below 0`);
  return faults;
}

function stepOf(times: Float64Array, timeframe: string | null): number | null {
  if (timeframe !== null) return timeframe === '1m' ? MINUTE_MS : timeframe === '5m' ? 5 * MINUTE_MS : null;
  let spacing = Number.POSITIVE_INFINITY;
  for (let i = 1; i < times.length; i++) spacing = Math.min(spacing, times[i]! - times[i - 1]!);
  return spacing === MINUTE_MS || spacing === 5 * MINUTE_MS ? spacing : null;
}

function gridFaults(times: Float64Array, stepMs: number, file: string): CandleFault[] {
  const faults: CandleFault[] = [];
  for (let row = 0; row < times.length; row++) {
    if (times[row]! % stepMs === 0) continue;
    const message = `timestamp ${times[row]} does not open a candle of ${stepMs / MINUTE_MS}m (milliseconds UTC expected)`;
    faults.push({ file, line: row + 2, message });
  }
  const span = (times[times.length - 1]! - times[0]!) / stepMs;
  if (faults.length === 0 && span > MAX_CANDLES) {
    faults.push({ file, line: null, message: `its timestamps span ${span} candles: one of them must be wrong` });
  }
  return faults;
}

function toGrid({ times, values, priceDecimals }: Rows, stepMs: number): RecordedCandles {
  const firstOpen = times[0]!;
  const length = (times[times.length - 1]! - firstOpen) / stepMs + 1;
  const chunk = emptyChunk(0, length);
  let row = 0;
  for (let i = 0; i < length; i++) {
    if (times[row] === firstOpen + i * stepMs) {
      chunk.open[i] = values[row * 5]!;
      chunk.high[i] = values[row * 5 + 1]!;
      chunk.low[i] = values[row * 5 + 2]!;
      chunk.close[i] = values[row * 5 + 3]!;
      chunk.volume[i] = values[row * 5 + 4]!;
      row += 1;
    } else {
      const close = chunk.close[i - 1]!;
      for (const column of [chunk.open, chunk.high, chunk.low, chunk.close]) column[i] = close;
    }
  }
  return { stepMs, firstOpen, chunk: sumVolumes(chunk, 0, 0), priceDecimals };
}
