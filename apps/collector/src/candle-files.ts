import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ExchangeSymbol, type KeptTimeframe, TIMEFRAME_MS } from '@mexc-bot/core';
import { UserError } from '@mexc-bot/runtime';
import {
  type CsvFault,
  csvName,
  EXPORT_NAME,
  parseFileName,
  readCandleCsv,
  type Store,
  writeCandleCsv,
} from '@mexc-bot/store';
import type { CollectProgress } from './collect.ts';

export interface ImportResult {
  readonly files: number;
  readonly rows: number;
  /** new ones: a candle that is stored already stays as it is */
  readonly candles: number;
  readonly faults: readonly CsvFault[];
}

/** Stores every candle file of a folder; one with a fault is named and left out whole. @throws {UserError} no such folder */
export async function importCandles(
  store: Pick<Store, 'candles'>,
  folder: string,
  now: number,
  onProgress: (progress: CollectProgress) => void = () => undefined,
): Promise<ImportResult> {
  const names = filesIn(folder).filter((name) => /\.csv(\.gz)?$/.test(name));
  if (names.length === 0) throw new UserError(`${folder} has no candle files`, 'They end in .csv or .csv.gz.');
  const faults: CsvFault[] = [];
  let [rows, candles] = [0, 0];
  for (const [i, file] of names.entries()) {
    const result = importFile(store, join(folder, file), file, now);
    if (Array.isArray(result)) faults.push(...result);
    else {
      rows += result.rows;
      candles += result.candles;
    }
    onProgress({ done: i + 1, total: names.length });
    await new Promise((resolve) => setImmediate(resolve)); // a signal is heard between two files
  }
  return { files: names.length, rows, candles, faults };
}

function importFile(
  store: Pick<Store, 'candles'>,
  path: string,
  file: string,
  now: number,
): { rows: number; candles: number } | CsvFault[] {
  const name = parseFileName(file);
  if (name === null) {
    return [{ file, line: null, message: 'the name must tell the market: MEXC_PEPE-USDT_5m.csv.gz' }];
  }
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    return [{ file, line: null, message: `cannot be read: ${(error as Error).message}` }];
  }
  const read = readCandleCsv(bytes, file, name.timeframe, now);
  if (!read.ok) return [...read.error];
  const { candles, timeframe } = read.value;
  const { openTime } = candles;
  const range = { from: openTime[0]!, until: openTime.at(-1)! + TIMEFRAME_MS[timeframe] };
  return { rows: openTime.length, candles: store.candles.put(name.market, timeframe, { range, candles, looks: 0 }) };
}

export interface ExportRequest {
  readonly folder: string;
  readonly gzip: boolean;
  /** one market; all unless given */
  readonly market?: ExchangeSymbol;
  /** one timeframe; all unless given */
  readonly timeframe?: KeptTimeframe;
  /** market ms UTC; from the first one stored unless given */
  readonly since?: number;
  /** market ms UTC */
  readonly asOf: number;
  readonly quote: string;
}

export interface ExportResult {
  readonly folder: string;
  readonly files: number;
  readonly candles: number;
  readonly bytes: number;
}

/** Writes stored candles, a file a market and timeframe; each appears whole or not at all. */
export async function exportCandles(
  store: Pick<Store, 'candles'>,
  request: ExportRequest,
  onProgress: (progress: CollectProgress) => void = () => undefined,
): Promise<ExportResult> {
  const { folder, gzip, market, timeframe, since = 0, asOf, quote } = request;
  const series = store.candles
    .series()
    .filter((each) => (market ?? each.market) === each.market && (timeframe ?? each.timeframe) === each.timeframe);
  let [files, candles, bytes] = [0, 0, 0];
  for (const [i, each] of series.entries()) {
    const range = { from: Math.max(each.checked.from, since), until: each.checked.until };
    const columns = store.candles.between(each.market, each.timeframe, range, asOf);
    if (columns.openTime.length > 0) {
      const content = writeCandleCsv(columns, gzip);
      writeWhole(folder, csvName(each.market, quote, each.timeframe, gzip), content);
      files += 1;
      candles += columns.openTime.length;
      bytes += content.length;
    }
    onProgress({ done: i + 1, total: series.length });
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { folder, files, candles, bytes };
}

function writeWhole(folder: string, name: string, content: Buffer): void {
  const path = join(folder, name);
  const part = `${path}.part`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(part, content);
    renameSync(part, path);
  } catch (cause) {
    if (existsSync(part)) rmSync(part);
    const hint = (cause as NodeJS.ErrnoException).code === 'ENOSPC' ? 'The disk is full: free some space.' : undefined;
    throw new UserError(`${path} cannot be written: ${(cause as Error).message}`, hint, { cause });
  }
}

/** Deletes exports last written before `before` (wall ms UTC), and nothing else that lies in the folder. */
export function deleteExports(folder: string, before: number): { readonly files: number; readonly bytes: number } {
  let [files, bytes] = [0, 0];
  const names = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder) : [];
  for (const name of names.filter((each) => EXPORT_NAME.test(each.replace(/\.part$/, '')))) {
    const path = join(folder, name);
    const { mtimeMs, size } = statSync(path);
    if (mtimeMs >= before) continue;
    rmSync(path);
    files += 1;
    bytes += size;
  }
  return { files, bytes };
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (cause) {
    throw new UserError(`${folder} cannot be read: ${(cause as Error).message}`, undefined, { cause });
  }
}
