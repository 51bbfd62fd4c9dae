import { gunzipSync, gzipSync } from 'node:zlib';
import {
  type CandleColumns,
  type ExchangeSymbol,
  emptyColumns,
  err,
  KEPT_TIMEFRAMES,
  type KeptTimeframe,
  ok,
  type Result,
  TIMEFRAME_MS,
} from '@mexc-bot/core';
import Papa from 'papaparse';

const COLUMNS = ['timestamp', 'open', 'high', 'low', 'close', 'volume'] as const;

/** What is wrong with a candle file; `line` counts from 1, null where it concerns the whole file. */
export interface CsvFault {
  readonly file: string;
  readonly line: number | null;
  readonly message: string;
}

export interface CsvCandles {
  readonly timeframe: KeptTimeframe;
  readonly candles: CandleColumns;
}

const FILE_NAME =
  /^(?:[A-Za-z]+_)?(?<base>[^-_]+?)[-_]?(?<quote>USDT|USDC|USD1|USD|EUR|BTC|ETH)(?:[-_](?<timeframe>\d+[smhdwM]))?\.csv(?:\.gz)?$/;

/** Reads `MEXC_PEPE-USDT_5m.csv.gz`, `PEPE_USDT_5m.csv`, `PEPEUSDT.csv`. @returns null for any other name */
export function parseFileName(name: string): { market: ExchangeSymbol; timeframe: string | null } | null {
  const groups = FILE_NAME.exec(name)?.groups;
  if (!groups) return null;
  return { market: `${decoded(groups.base!.toUpperCase())}${groups.quote}`, timeframe: groups.timeframe ?? null };
}

/** `MEXC_PEPE-USDT_5m.csv`; what a file name cannot hold, or would be read otherwise, is written as in a web address: `%2F` */
export function csvName(market: ExchangeSymbol, quote: string, timeframe: KeptTimeframe, gzip: boolean): string {
  const pair = market.endsWith(quote) ? `${encoded(market.slice(0, -quote.length))}-${quote}` : encoded(market);
  return `MEXC_${pair}_${timeframe}.csv${gzip ? '.gz' : ''}`;
}

/** The exchange names tokens as it likes: no slash of it may lead out of the folder. */
const UNFIT = /[^\p{Lu}\p{Lo}\p{N}()]/gu;

const encoded = (text: string): string =>
  text.replace(UNFIT, (character) => Buffer.from(character).toString('hex').toUpperCase().replace(/../g, '%$&'));

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not a name of ours
  }
}

/** Names that {@link csvName} gives. */
export const EXPORT_NAME = /^MEXC_[\p{Lu}\p{Lo}\p{N}()%]+(?:-[A-Z0-9]+)?_(?:1m|5m|15m|1h|4h)\.csv(?:\.gz)?$/u;

export function writeCandleCsv(candles: CandleColumns, gzip: boolean): Buffer {
  const rows = Array.from(candles.openTime, (openTime, i) => [
    openTime,
    candles.open[i],
    candles.high[i],
    candles.low[i],
    candles.close[i],
    candles.volume[i],
  ]);
  const text = `${Papa.unparse({ fields: [...COLUMNS], data: rows }, { newline: '\n' })}\n`;
  return gzip ? gzipSync(text) : Buffer.from(text);
}

/**
 * Reads one file of candles: header `timestamp,open,high,low,close,volume`, times in ms UTC, rising; gzip by its first bytes.
 *
 * @param file the name faults are reported under
 * @param timeframe from the file's name; null: told by the spacing of the rows
 * @param now ms UTC; a candle that closes later is a fault
 */
export function readCandleCsv(
  bytes: Buffer,
  file: string,
  timeframe: string | null,
  now: number,
): Result<CsvCandles, readonly CsvFault[]> {
  const fail = (line: number | null, message: string) => err([{ file, line, message }]);
  let text: string;
  try {
    text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8').trimEnd();
  } catch (error) {
    return fail(null, `cannot be unpacked: ${(error as Error).message}`);
  }
  const { data } = Papa.parse<string[]>(text, { delimiter: ',', fastMode: true });
  const header = (data[0] ?? []).map((name) => name.replace('\uFEFF', '').trim().toLowerCase());
  if (text === '') return fail(null, 'is empty');
  const missing = COLUMNS.filter((column) => !header.includes(column));
  if (missing.length > 0) return fail(1, `the header lacks ${missing.join(', ')}; it must name ${COLUMNS.join(',')}`);
  if (data.length === 1) return fail(null, 'has no candles, only a header');

  const positions = COLUMNS.map((column) => header.indexOf(column));
  const candles = emptyColumns(data.length - 1);
  const columns = [candles.openTime, candles.open, candles.high, candles.low, candles.close, candles.volume];
  for (let row = 1; row < data.length; row++) {
    const cells = data[row]!;
    for (let column = 0; column < 6; column++) {
      const cell = cells[positions[column]!];
      const value = cell === undefined || cell === '' ? Number.NaN : Number(cell);
      if (!Number.isFinite(value)) {
        return fail(
          row + 1,
          `${COLUMNS[column]} is ${cell === undefined || cell === '' ? 'missing' : `"${cell}", not a number`}`,
        );
      }
      columns[column]![row - 1] = value;
    }
    const fault = rowFault(candles, row - 1);
    if (fault !== null) return fail(row + 1, fault);
  }

  const kept = timeframe === null ? spacingOf(candles.openTime) : KEPT_TIMEFRAMES.find((name) => name === timeframe);
  if (kept === undefined) {
    return fail(
      null,
      `holds ${timeframe ?? 'candles of no known length'}: only ${KEPT_TIMEFRAMES.join(', ')} are kept`,
    );
  }
  const off = candles.openTime.findIndex((time) => time % TIMEFRAME_MS[kept] !== 0);
  if (off >= 0)
    return fail(
      off + 2,
      `timestamp ${candles.openTime[off]} does not open a ${kept} candle (milliseconds UTC expected)`,
    );
  if (candles.openTime.at(-1)! + TIMEFRAME_MS[kept] > now) {
    return fail(data.length, `timestamp ${candles.openTime.at(-1)} opens a candle that is not closed yet`);
  }
  return ok({ timeframe: kept, candles });
}

function rowFault({ openTime, open, high, low, close, volume }: CandleColumns, i: number): string | null {
  if (i > 0 && openTime[i]! <= openTime[i - 1]!) {
    return `timestamp ${openTime[i]} does not come after ${openTime[i - 1]}`;
  }
  if (openTime[i]! < 0) return `timestamp ${openTime[i]} is below 0`;
  if (high[i]! < low[i]!) return `high ${high[i]} is below low ${low[i]}`;
  if (Math.max(open[i]!, close[i]!) > high[i]!) return `open ${open[i]} or close ${close[i]} is above high ${high[i]}`;
  if (Math.min(open[i]!, close[i]!) < low[i]!) return `open ${open[i]} or close ${close[i]} is below low ${low[i]}`;
  if (low[i]! <= 0) return `low ${low[i]} is not above 0`;
  if (volume[i]! < 0) return `volume ${volume[i]} is below 0`;
  return null;
}

function spacingOf(times: Float64Array): KeptTimeframe | undefined {
  let spacing = Number.POSITIVE_INFINITY;
  for (let i = 1; i < times.length; i++) spacing = Math.min(spacing, times[i]! - times[i - 1]!);
  return KEPT_TIMEFRAMES.find((name) => TIMEFRAME_MS[name] === spacing);
}
