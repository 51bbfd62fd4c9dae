import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '@mexc-bot/runtime';
import {
  type CandleFault,
  type CandleFileName,
  parseCandleFileName,
  type RecordedCandles,
  readCandleFile,
} from './candle-file.ts';
import type { CandleSeries } from './candle-series.ts';
import { type Listing, type MarketSource, quantityDecimalsFor } from './market-source.ts';
import { hash, hashText } from './random.ts';

const HOUR_MS = 3_600_000;
const FAULTS_SHOWN = 20;
/** MEXC quotes at most this many decimals. */
const MAX_PRICE_DECIMALS = 18;

/** The data folder cannot be replayed; the message lists what is wrong. */
export class BadDataFolder extends UserError {
  override readonly name = 'BadDataFolder';
  readonly faults: readonly CandleFault[];

  constructor(folder: string, faults: readonly CandleFault[]) {
    const lines = faults
      .slice(0, FAULTS_SHOWN)
      .map(({ file, line, message }) => `  ${file}${line === null ? '' : `:${line}`}: ${message}`);
    const more = faults.length > FAULTS_SHOWN ? [`  … and ${faults.length - FAULTS_SHOWN} more`] : [];
    const head = `The candle folder ${folder} cannot be used (${faults.length} fault${faults.length === 1 ? '' : 's'}):`;
    super([head, ...lines, ...more].join('\n'), 'mend or remove these files, or choose another folder with SIM_DATA');
    this.faults = faults;
  }
}

interface CandleFile extends CandleFileName {
  readonly file: string;
}

/**
 * A market replayed from a folder of candle files, one token each. It starts 24 h after the median first candle, so that most
 * tokens have a day's statistics, and ends with the last candle; a token whose file starts later is listed then.
 *
 * @throws {BadDataFolder} with every fault of every file
 */
export function openRecordedMarket(folder: string, seed: number): MarketSource {
  const path = resolve(folder);
  const { files, skipped } = candleFilesIn(path);
  const faults: CandleFault[] = [];
  const loaded = new Map<string, { readonly listing: Listing; readonly series: CandleSeries }>();

  for (const candleFile of files) {
    const { file, base, timeframe } = candleFile;
    const symbol = `${base}USDT`;
    if (loaded.has(symbol)) {
      faults.push({ file, line: null, message: `is a second file for ${symbol}; keep one per market and timeframe` });
      continue;
    }
    const read = readCandleFile(join(path, file), file, timeframe);
    if ('faults' in read) faults.push(...read.faults);
    else if (read.candles.priceDecimals > MAX_PRICE_DECIMALS) {
      const message = `prices have ${read.candles.priceDecimals} decimals; at most ${MAX_PRICE_DECIMALS} can be quoted`;
      faults.push({ file, line: null, message });
    } else loaded.set(symbol, { listing: listingOf(base, read.candles), series: seriesOf(symbol, read.candles, seed) });
  }
  if (faults.length > 0) throw new BadDataFolder(path, faults);

  const listings = [...loaded.values()].map(({ listing }) => listing).sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  const ends = [...loaded.values()].map(({ series }) => series.firstOpen + series.count * series.stepMs);
  const endAt = Math.max(...ends);
  const opens = listings.map(({ listedAt }) => listedAt).sort((a, b) => a - b);
  const startAt = opens[Math.floor((opens.length - 1) / 2)]! + 24 * HOUR_MS;
  if (startAt >= endAt) {
    const message = 'the recording is shorter than the 24 hours of history the market starts with';
    throw new BadDataFolder(path, [{ file: '.', line: null, message }]);
  }

  return {
    identity: `recorded/${path}`,
    startAt,
    endAt,
    listings,
    skipped,
    series(symbol) {
      const found = loaded.get(symbol);
      if (!found) throw new RangeError(`${symbol} is not in the recording`);
      return found.series;
    },
    prepare: () => undefined,
  };
}

function candleFilesIn(folder: string): { files: CandleFile[]; skipped: string[] } {
  const unusable = (message: string): BadDataFolder => new BadDataFolder(folder, [{ file: '.', line: null, message }]);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw unusable('there is no such folder');

  const skipped: string[] = [];
  const candidates: CandleFile[] = [];
  for (const file of readdirSync(folder).sort()) {
    if (!/\.csv(\.gz)?$/.test(file)) continue;
    const name = parseCandleFileName(file);
    if (name?.quote === 'USDT') candidates.push({ file, ...name });
    else skipped.push(file);
  }
  // a token recorded both ways is replayed from its 5m file: all tokens then share one grid, and memory
  const has5m = new Set(candidates.filter(({ timeframe }) => timeframe === '5m').map(({ base }) => base));
  const files = candidates.filter(({ base, timeframe }) => !(timeframe === '1m' && has5m.has(base)));
  for (const candidate of candidates) if (!files.includes(candidate)) skipped.push(candidate.file);
  if (files.length === 0) {
    throw unusable('it has no candle files of USDT markets, such as MEXC_PEPE-USDT_5m.csv.gz or PEPEUSDT.csv');
  }
  return { files, skipped };
}

function listingOf(base: string, { chunk, firstOpen, priceDecimals }: RecordedCandles): Listing {
  return {
    symbol: `${base}USDT`,
    base,
    quote: 'USDT',
    fullName: base,
    priceDecimals,
    quantityDecimals: quantityDecimalsFor(chunk.close[chunk.length - 1]!),
    status: '1',
    apiTradable: true,
    tradeSideType: 1,
    riskFlagged: false,
    listedAt: firstOpen,
  };
}

function seriesOf(symbol: string, { chunk, firstOpen, stepMs }: RecordedCandles, seed: number): CandleSeries {
  return { seed: hash(seed, hashText(symbol), 1), stepMs, firstOpen, count: chunk.length, chunkAt: () => chunk };
}
