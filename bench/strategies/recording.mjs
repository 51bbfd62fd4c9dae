/** Recorded 5 m candles of a folder, on one time grid. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { suiteRoot } from '@mexc-bot/runtime';

export const STEP_MS = 300_000;
const FILE = /^MEXC_(.+)-USDT_5m\.csv(\.gz)?$/;
const HEADER = 'timestamp,open,high,low,close,volume';

/** `MARKET_DATA` names the folder that holds `mexc-spot-2026`, or that folder itself. */
export function recordedFolder() {
  const named = process.env.MARKET_DATA ?? resolve(suiteRoot(), '../shared/market-data');
  const inside = join(named, 'mexc-spot-2026');
  const folder = existsSync(inside) ? inside : named;
  if (!existsSync(folder) || !readdirSync(folder).some((file) => FILE.test(file))) {
    throw new Error(`${folder} has no 5 m candle files (MEXC_PEPE-USDT_5m.csv.gz): name their folder in MARKET_DATA`);
  }
  return folder;
}

/**
 * Every token's candles; `first` is the grid index of its first one, `candles[i]` has grid index `first + i`. An interval without a
 * row counts as one without a trade.
 */
export function readRecording(folder) {
  const series = readdirSync(folder)
    .filter((file) => FILE.test(file))
    .sort()
    .map((file) => ({ market: `${FILE.exec(file)[1]}USDT`, rows: readRows(join(folder, file)) }));
  const start = Math.min(...series.map(({ rows }) => rows[0].openTime));
  const tokens = series.map(({ market, rows }) => {
    const first = (rows[0].openTime - start) / STEP_MS;
    const candles = onGrid(rows);
    return { market, first, candles, quoteBefore: quoteSums(candles) };
  });
  return { start, length: Math.max(...tokens.map(({ first, candles }) => first + candles.length)), tokens };
}

function readRows(path) {
  const bytes = readFileSync(path);
  const [header, ...lines] = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').trim().split('\n');
  if (header !== HEADER) throw new Error(`${path}:1: the header must be ${HEADER}`);
  return lines.map((line, i) => {
    const [openTime, open, high, low, close, volume] = line.split(',').map(Number);
    if (!(low > 0 && high >= low && volume >= 0 && openTime % STEP_MS === 0)) {
      throw new Error(`${path}:${i + 2}: not a 5 m candle: ${line}`);
    }
    return { openTime, open, high, low, close, volume };
  });
}

function onGrid(rows) {
  const candles = [];
  for (const row of rows) {
    for (let last = candles.at(-1); last && last.openTime + STEP_MS < row.openTime; last = candles.at(-1)) {
      const { close } = last;
      candles.push({ openTime: last.openTime + STEP_MS, open: close, high: close, low: close, close, volume: 0 });
    }
    candles.push(row);
  }
  return candles;
}

/** Quote traded before each candle: volume at the candle's mean price. */
function quoteSums(candles) {
  const sums = new Float64Array(candles.length + 1);
  candles.forEach(({ open, high, low, close, volume }, i) => {
    sums[i + 1] = sums[i] + (volume * (open + high + low + close)) / 4;
  });
  return sums;
}
