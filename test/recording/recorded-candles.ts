import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const STEP_MS = 300_000;

/** One recorded candle, as its line says it. */
export interface RecordedCandle {
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/**
 * Reads the 5 m files of a folder, a market when it is first asked for. What a file leaves out traded nothing: a flat candle at the
 * close before, as the exchange has it.
 */
export function readRecording(folder: string): (market: string) => readonly RecordedCandle[] {
  const files = new Map<string, string>();
  for (const file of readdirSync(folder)) {
    const base = /^MEXC_(.+)-USDT_5m\.csv(\.gz)?$/.exec(file)?.[1];
    if (base !== undefined) files.set(`${base.toUpperCase()}USDT`, join(folder, file));
  }
  const read = new Map<string, readonly RecordedCandle[]>();
  return (market) => {
    const known = read.get(market);
    if (known !== undefined) return known;
    const path = files.get(market);
    const candles = path === undefined ? [] : parse(path);
    read.set(market, candles);
    return candles;
  };
}

function parse(path: string): RecordedCandle[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  const candles: RecordedCandle[] = [];
  for (const line of text.trimEnd().split('\n').slice(1)) {
    const [openTime = Number.NaN, open = 0, high = 0, low = 0, close = 0, volume = 0] = line.split(',').map(Number);
    for (let last = candles.at(-1); last !== undefined && last.openTime + STEP_MS < openTime; last = candles.at(-1)) {
      const flat = { open: last.close, high: last.close, low: last.close, close: last.close, volume: 0 };
      candles.push({ openTime: last.openTime + STEP_MS, ...flat });
    }
    candles.push({ openTime, open, high, low, close, volume });
  }
  return candles;
}
