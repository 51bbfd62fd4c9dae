/**
 * Candles in and out of the store: the import of a folder of recorded 5 m candles, the read of one market's last 500, and what a
 * candle takes on disk, also as the collector writes them (newest pages first, then a few candles of every market every 15 minutes).
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { emptyColumns, TIMEFRAME_MS } from '@mexc-bot/core';
import { openStore } from '@mexc-bot/store';
import { importCandles } from '../../apps/collector/dist/candle-files.js';
import { median } from '../indicators/measure.mjs';

const FOLDER = resolve(
  process.env.MARKET_DATA ?? new URL('../../../shared/market-data', import.meta.url).pathname,
  'mexc-spot-2026',
);
const READ = 500;
const M5 = TIMEFRAME_MS['5m'];
const MARKETS = 200;
const CANDLES = 4_000;

export async function run({ rounds, log }) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-collector-'));
  try {
    const imported = hasRecordings() ? await measureImport(join(folder, 'import.db'), Math.min(rounds, 3)) : null;
    const collected = measureCollected(join(folder, 'collected.db'));
    const read = measureReads(join(folder, imported === null ? 'collected.db' : 'import.db'), rounds);
    const result = { import: imported, collected, read };
    log(text(result));
    return result;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function hasRecordings() {
  return statSync(FOLDER, { throwIfNoEntry: false })?.isDirectory() === true;
}

async function measureImport(path, rounds) {
  const seconds = [];
  let result;
  for (let round = 0; round < rounds; round++) {
    rmFiles(path);
    const store = openStore(path);
    const started = performance.now();
    result = await importCandles(store, FOLDER, Date.now());
    seconds.push((performance.now() - started) / 1_000);
    store.close();
  }
  return {
    files: readdirSync(FOLDER).length,
    candles: result.candles,
    faults: result.faults.length,
    seconds: seconds.map((each) => round(each, 2)),
    bytesPerCandle: bytesPerCandle(path, result.candles),
  };
}

/** As a machine that collects writes them, in simulated order. */
function measureCollected(path) {
  const store = openStore(path);
  const put = (market, from, until) => {
    const candles = emptyColumns(until - from);
    for (let i = 0; i < until - from; i++) {
      const price = 1e-3 * (1 + Math.random());
      candles.openTime[i] = (from + i) * M5;
      candles.open[i] = price;
      candles.high[i] = price * 1.01;
      candles.low[i] = price * 0.99;
      candles.close[i] = price * 1.001;
      candles.volume[i] = 1e5 * Math.random();
    }
    store.candles.put(`COIN${market}USDT`, '5m', { range: { from: from * M5, until: until * M5 }, candles, looks: 1 });
  };
  const first = CANDLES - 900;
  const transactions = [];
  for (let until = first; until > 0; until -= READ) {
    for (let market = 0; market < MARKETS; market++) put(market, Math.max(0, until - READ), until);
  }
  for (let from = first; from < CANDLES; from += 3) {
    for (let market = 0; market < MARKETS; market++) {
      const started = performance.now();
      put(market, from, Math.min(from + 3, CANDLES));
      transactions.push(performance.now() - started);
    }
  }
  store.close();
  return {
    candles: MARKETS * CANDLES,
    bytesPerCandle: bytesPerCandle(path, MARKETS * CANDLES),
    tailMs: round(median(transactions), 3),
  };
}

function measureReads(path, rounds) {
  const store = openStore(path);
  const markets = store.candles.series().filter(({ timeframe }) => timeframe === '5m');
  const asOf = store.candles.newest();
  const times = [];
  for (let round = 0; round < rounds; round++) {
    for (const { market } of markets) {
      const started = performance.now();
      store.candles.last(market, '5m', READ, asOf);
      times.push(performance.now() - started);
    }
  }
  store.close();
  const sorted = times.toSorted((a, b) => a - b);
  return {
    candles: READ,
    reads: times.length,
    medianMs: round(median(times), 3),
    p99Ms: round(sorted[Math.floor(sorted.length * 0.99)], 3),
  };
}

function rmFiles(path) {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
}

const bytesPerCandle = (path, candles) => round(statSync(path).size / candles, 1);
const round = (value, digits) => Number(value.toFixed(digits));

function text({ import: imported, collected, read }) {
  return [
    imported === null
      ? `no recorded candles in ${FOLDER}: import not measured (MARKET_DATA)`
      : `import: ${imported.files} files, ${imported.candles} candles in ${imported.seconds.join(', ')} s; ${imported.bytesPerCandle} bytes a candle`,
    `collected, ${MARKETS} markets: ${collected.bytesPerCandle} bytes a candle; 3 new ones of a market stored in ${collected.tailMs} ms`,
    `read of ${read.candles} candles: median ${read.medianMs} ms, p99 ${read.p99Ms} ms (${read.reads} reads)`,
  ].join('\n');
}
