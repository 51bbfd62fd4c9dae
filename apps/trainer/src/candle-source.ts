import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  aggregateCandles,
  type CandleColumns,
  DAY_MS,
  type ExchangeSymbol,
  KEPT_TIMEFRAMES,
  type KeptTimeframe,
  TIMEFRAME_MS,
} from '@mexc-bot/core';
import { UserError } from '@mexc-bot/runtime';
import { parseFileName, readCandleCsv, type Store } from '@mexc-bot/store';

/** Candles of many markets, all of one length. */
export interface CandleSource {
  readonly exchange: string;
  readonly candleMs: number;
  readonly markets: readonly ExchangeSymbol[];
  /** @throws {UserError} its file cannot be used */
  read(market: ExchangeSymbol): CandleColumns;
}

export interface Traded {
  readonly quote: string;
  readonly excludedBases: readonly string[];
}

/** Only what the scanner might buy is learnt from. */
const isTraded = (market: ExchangeSymbol, { quote, excludedBases }: Traded): boolean =>
  market.endsWith(quote) && !excludedBases.includes(market.slice(0, -quote.length));

/** The stored 5 m candles, those the scanner looks at. */
export function storeSource(
  store: Pick<Store, 'candles'>,
  exchange: string,
  traded: Traded,
  now: number,
  days: number,
): CandleSource {
  const range = { from: now - days * DAY_MS, until: now };
  return {
    exchange,
    candleMs: TIMEFRAME_MS['5m'],
    markets: store.candles
      .series()
      .filter(({ market, timeframe }) => timeframe === '5m' && isTraded(market, traded))
      .map(({ market }) => market),
    read: (market) => store.candles.between(market, '5m', range, now),
  };
}

/** Candles of a folder that are kept in memory, 150 MB of them: each market is read several times. */
const MOST_KEPT = 3_000_000;

/**
 * A folder of candle files, `MEXC_PEPE-USDT_5m.csv.gz`. Of several timeframes the one with most files is taken, the shorter of two.
 *
 * @param timeframe takes this one
 * @throws {UserError} no folder, or no candle files in it
 */
export function folderSource(folder: string, traded: Traded, now: number, timeframe?: KeptTimeframe): CandleSource {
  const files = candleFiles(folder).filter(({ market }) => isTraded(market, traded));
  const counts = new Map<string, number>();
  for (const file of files) counts.set(file.timeframe, (counts.get(file.timeframe) ?? 0) + 1);
  const lengthOf = (name: string): number => TIMEFRAME_MS[name as KeptTimeframe];
  const byCount = [...counts].sort(([a, m], [b, n]) => n - m || lengthOf(a) - lengthOf(b));
  const chosen: string | undefined = timeframe ?? byCount[0]?.[0];
  const byMarket = new Map(files.filter((file) => file.timeframe === chosen).map((file) => [file.market, file]));
  if (chosen === undefined || byMarket.size === 0) {
    const lacking = timeframe === undefined ? 'no candle files' : `no ${timeframe} candle files`;
    throw new UserError(`${folder} has ${lacking}`, 'They are named like MEXC_PEPE-USDT_5m.csv.gz.');
  }
  const read = new Map<ExchangeSymbol, CandleColumns>();
  let kept = 0;
  const exchanges = [...new Set([...byMarket.values()].map((file) => file.exchange))];
  return {
    exchange: exchanges.join('+'),
    candleMs: lengthOf(chosen),
    markets: [...byMarket.keys()].sort(),
    read(market) {
      const before = read.get(market);
      if (before !== undefined) return before;
      const name = byMarket.get(market)!.name;
      const result = readCandleCsv(readFileSync(join(folder, name)), name, chosen, now);
      if (result.ok) {
        const { candles } = result.value;
        kept += candles.close.length;
        if (kept <= MOST_KEPT) read.set(market, candles);
        return candles;
      }
      const { file, line, message } = result.error[0]!;
      throw new UserError(`${join(folder, file)}${line === null ? '' : `, line ${line}`}: ${message}`);
    },
  };
}

/** The same markets with longer candles. @throws {UserError} those are not made of these */
export function aggregated(source: CandleSource, candleMs: number): CandleSource {
  if (source.candleMs === candleMs) return source;
  const named = (ms: number) => KEPT_TIMEFRAMES.find((name) => TIMEFRAME_MS[name] === ms);
  const [from, to] = [named(source.candleMs), named(candleMs)];
  if (from === undefined || to === undefined || candleMs % source.candleMs !== 0) {
    throw new UserError(
      `candles of ${candleMs / 60_000} minutes cannot be made of those of ${source.candleMs / 60_000}`,
    );
  }
  return { ...source, candleMs, read: (market) => aggregateCandles(source.read(market), from, to) };
}

function candleFiles(folder: string) {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (cause) {
    throw new UserError(`${folder} cannot be read: ${(cause as Error).message}`, 'Name a folder of candle files.', {
      cause,
    });
  }
  return names.sort().flatMap((name) => {
    const parsed = parseFileName(name);
    if (parsed === null || parsed.timeframe === null || !(parsed.timeframe in TIMEFRAME_MS)) return [];
    const exchange = /^([A-Za-z]+)_/.exec(name)?.[1]?.toUpperCase() ?? 'unknown';
    return [{ name, market: parsed.market, timeframe: parsed.timeframe, exchange }];
  });
}
