import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assumedMarket, boughtOnly, type MarketCandles } from '@mexc-bot/backtest';
import {
  type CandleColumns,
  type ExchangeSymbol,
  KEPT_TIMEFRAMES,
  type KeptTimeframe,
  type Market,
  TIMEFRAME_MS,
} from '@mexc-bot/core';
import { UserError } from '@mexc-bot/runtime';
import { type CsvCandles, openStoreToRead, parseFileName, readCandleCsv } from '@mexc-bot/store';

export interface LoadRequest {
  /** the markets that are bought; null: any. The others are loaded all the same: they make up mood, breadth and ranks */
  readonly buysOnly: readonly ExchangeSymbol[] | null;
  /** candles decisions are made on; null: 5 m where there are any, else what most markets have */
  readonly timeframe: KeptTimeframe | null;
  /** finer candles that resolve what happened inside one; null: none */
  readonly detail: KeptTimeframe | null;
  readonly quote: string;
  readonly takerFeeRate: number;
}

export interface LoadedMarkets {
  readonly timeframe: KeptTimeframe;
  readonly markets: readonly MarketCandles[];
}

/** Series by timeframe and market, before they are put together. */
interface Series {
  readonly market: ExchangeSymbol;
  readonly timeframe: KeptTimeframe;
  read(): CandleColumns;
}

/** @throws {UserError} no folder, no candles, a market twice, a broken file */
export function loadFolder(folder: string, request: LoadRequest, now: number): LoadedMarkets {
  const series = namesIn(folder).flatMap((file): Series[] => {
    const name = /\.csv(\.gz)?$/.test(file) ? parseFileName(file) : null;
    if (name === null) return [];
    const { market } = name;
    const path = join(folder, file);
    if (name.timeframe === null) {
      // `PEPEUSDT.csv`: only its rows tell how long they are
      const { timeframe, candles } = readFile(path, file, null, now);
      return [{ market, timeframe, read: () => candles }];
    }
    const timeframe = KEPT_TIMEFRAMES.find((each) => each === name.timeframe);
    if (timeframe === undefined) return [];
    return [{ market, timeframe, read: () => readFile(path, file, timeframe, now).candles }];
  });
  if (series.length === 0) {
    throw new UserError(
      `${folder} has no candle files`,
      'Their names tell market and timeframe: MEXC_PEPE-USDT_5m.csv.gz. `npm run collector export` writes such files.',
    );
  }
  return assemble(series, request, folder, (market, candles) =>
    assumedMarket(market, request.quote, candles, request.takerFeeRate),
  );
}

/** @throws {UserError} no candles are stored, or no database is there */
export function loadStore(path: string, request: LoadRequest): LoadedMarkets {
  const store = openStoreToRead(path);
  try {
    const newest = store.candles.newest();
    if (newest === null) throw new UserError('no candles are stored', 'Fetch some: npm run collector all.');
    const series = store.candles.series().map(
      ({ market, timeframe, checked }): Series => ({
        market,
        timeframe,
        read: () => store.candles.between(market, timeframe, checked, newest),
      }),
    );
    return assemble(series, request, path, (market, candles) => {
      const listed = store.markets.get(market);
      return listed === undefined
        ? assumedMarket(market, request.quote, candles, request.takerFeeRate)
        : asItWas(listed);
    });
  } finally {
    store.close();
  }
}

/**
 * Candles are kept of markets that may be bought: while they go on, this one could be. That the exchange has flagged, closed or
 * delisted it since is hindsight.
 */
const asItWas = (market: Market): Market => ({
  ...market,
  status: 'online',
  apiTradable: true,
  sides: 'both',
  riskFlagged: false,
});

function assemble(
  all: readonly Series[],
  { buysOnly, timeframe: asked, detail }: LoadRequest,
  place: string,
  marketOf: (market: ExchangeSymbol, candles: CandleColumns) => Market,
): LoadedMarkets {
  const isBought = boughtOnly(buysOnly);
  const missing = (buysOnly ?? []).filter((symbol) => !all.some(({ market }) => market === symbol));
  if (missing.length > 0) throw new UserError(`${place} has no candles of ${missing.join(', ')}`);
  const timeframe = asked ?? usualTimeframe(all.filter(({ market }) => isBought(market)));
  if (detail !== null && TIMEFRAME_MS[detail] >= TIMEFRAME_MS[timeframe]) {
    throw new UserError(`--detail ${detail} is not finer than the ${timeframe} candles decisions are made on`);
  }
  const of = (each: KeptTimeframe) => {
    const found = all.filter((one) => one.timeframe === each).toSorted((a, b) => (a.market < b.market ? -1 : 1));
    const twice = found.find(({ market }, i) => market === found[i + 1]?.market);
    if (twice !== undefined) {
      throw new UserError(
        `${place} has the ${each} candles of ${twice.market} more than once`,
        'Overlapping series cannot be told apart: leave one file per market and timeframe.',
      );
    }
    return found;
  };
  const series = of(timeframe);
  const without = (buysOnly ?? []).filter((symbol) => !series.some(({ market }) => market === symbol));
  if (series.length === 0) throw new UserError(`${place} has no ${timeframe} candles`);
  if (without.length > 0) throw new UserError(`${place} has no ${timeframe} candles of ${without.join(', ')}`);
  // only what is bought is walked through: the finer candles of the others would be most of the memory
  const finer = new Map(
    (detail === null ? [] : of(detail).filter(({ market }) => isBought(market))).map((one) => [one.market, one]),
  );
  if (detail !== null && finer.size === 0) throw new UserError(`${place} has no ${detail} candles for --detail`);

  const markets = series.map(({ market, read }): MarketCandles => {
    const candles = read();
    return {
      market: marketOf(market, candles),
      candles,
      detail: finer.get(market)?.read() ?? null,
    };
  });
  if (markets.every(({ candles }) => candles.openTime.length === 0)) throw new UserError(`${place} has no candles`);
  return { timeframe, markets };
}

/** 5 m, which decisions are meant for; else what most markets have, the finer of two. */
function usualTimeframe(series: readonly Series[]): KeptTimeframe {
  const count = (timeframe: KeptTimeframe): number => series.filter((one) => one.timeframe === timeframe).length;
  if (count('5m') > 0) return '5m';
  return KEPT_TIMEFRAMES.reduce((best, each) => (count(each) > count(best) ? each : best));
}

/** @param timeframe null: told by the rows */
function readFile(path: string, file: string, timeframe: KeptTimeframe | null, now: number): CsvCandles {
  const read = readCandleCsv(readFileSync(path), file, timeframe, now);
  if (read.ok) return read.value;
  const { line, message } = read.error[0]!;
  throw new UserError(`${path}${line === null ? '' : `:${line}`} ${message}`);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (cause) {
    throw new UserError(`${folder} cannot be read: ${(cause as Error).message}`, undefined, { cause });
  }
}
