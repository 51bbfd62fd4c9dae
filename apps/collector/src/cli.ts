import { resolve } from 'node:path';
import { DAY_MS, HOUR_MS, KEPT_TIMEFRAMES, type KeptTimeframe, TIMEFRAME_MS } from '@mexc-bot/core';
import { type TradingProcess, wireTrading } from '@mexc-bot/execution';
import {
  createProgressLine,
  loadSettings,
  print,
  runCli,
  type Settings,
  UserError,
  withStore,
} from '@mexc-bot/runtime';
import { openStore } from '@mexc-bot/store';
import { Command, InvalidArgumentError, Option } from 'commander';
import { deleteExports, exportCandles, importCandles } from './candle-files.ts';
import { type CollectProgress, type CollectRequest, depthsOf } from './collect.ts';
import { marketNamed, storedMarket } from './collected-markets.ts';
import { pruneCandles } from './prune-candles.ts';
import { cleanupText, collectText, exportText, gapRows, gapText, importText } from './tables.ts';
import { wireCollect } from './wire-collect.ts';

const START_TIMEOUT_MS = 10_000;
const program = new Command('collector').description('Keeps the candles of every tradable market.');

const timeframeOption = (text: string) => new Option('--timeframe <timeframe>', text).choices(KEPT_TIMEFRAMES);
const positive = (text: string): number => {
  const value = Number(text);
  if (!(value > 0 && value <= 3_650)) throw new InvalidArgumentError('must be a number above 0 and at most 3650');
  return value;
};
const age = (text: string): number => {
  const [, amount, unit] = /^(\d+)([dh])$/.exec(text) ?? [];
  if (amount === undefined) throw new InvalidArgumentError('must be like 3d or 12h');
  return Number(amount) * (unit === 'd' ? DAY_MS : HOUR_MS);
};

interface CollectOptions {
  readonly timeframe?: KeptTimeframe;
  readonly days?: number;
  readonly json?: boolean;
}

const collecting = (command: Command) =>
  command
    .addOption(timeframeOption('only these candles'))
    .option('--days <n>', 'how far back; as in settings.json unless given', positive)
    .option('--json', 'one JSON document on standard output');

collecting(program.command('all'))
  .description('fetch what is missing of every tradable market; may be ended and started again at any time')
  .action((options: CollectOptions) => collect(options, ({ markets }) => markets()));

collecting(program.command('symbol <market>'))
  .description('fetch what is missing of one market, and put it down for training: PEPEUSDT')
  .action((name: string, options: CollectOptions) =>
    collect(
      options,
      async (_, { marketData, settings }) => [marketNamed(name, await marketData.markets(), settings.universe.quote)],
      ({ store, clock }, [market]) => {
        store.trainingRequests.add(market!, 'owner', clock.now());
        return { trainingAsked: true };
      },
    ),
  );

program
  .command('export')
  .description('write stored candles as CSV, a file a market')
  .option('--folder <folder>', 'where; collect.csvFolder of settings.json unless given')
  .option('--gzip', 'compressed')
  .option('--market <market>', 'only this one: PEPEUSDT')
  .addOption(timeframeOption('only these candles'))
  .option('--days <n>', 'only the last days', positive)
  .option('--json', 'one JSON document on standard output')
  .action(
    (
      options: Omit<CollectOptions, 'market'> & {
        readonly folder?: string;
        readonly gzip?: boolean;
        readonly market?: string;
      },
    ) =>
      withStore(openStore, async (store, settings) => {
        const newest = store.candles.newest();
        if (newest === null) throw new UserError('no candles are stored', 'Fetch some: npm run collector all.');
        const market = options.market && storedMarket(options.market, store.candles.series(), settings.universe.quote);
        const line = progressLine('files');
        const result = await exportCandles(
          store,
          {
            folder: options.folder === undefined ? settings.collect.csvFolder : resolve(options.folder),
            gzip: options.gzip === true,
            asOf: newest,
            quote: settings.universe.quote,
            ...(market !== undefined && { market }),
            ...(options.timeframe !== undefined && { timeframe: options.timeframe }),
            ...(options.days !== undefined && { since: newest - options.days * DAY_MS }),
          },
          line.show,
        );
        line.end();
        print(result, { json: options.json, text: exportText });
      }),
  );

program
  .command('import <folder>')
  .description('store candles from CSV files: MEXC_PEPE-USDT_5m.csv, .csv.gz')
  .option('--json', 'one JSON document on standard output')
  .action((folder: string, options: { readonly json?: boolean }) =>
    withStore(openStore, async (store) => {
      const line = progressLine('files');
      const result = await importCandles(store, resolve(folder), Date.now(), line.show);
      line.end();
      print(result, { json: options.json, text: importText });
      if (result.faults.length > 0) process.exitCode = 1;
    }),
  );

program
  .command('gaps')
  .description('which candles are missing')
  .option('--market <market>', 'only this one: PEPEUSDT')
  .addOption(timeframeOption('only these candles'))
  .option('--json', 'one JSON document on standard output')
  .action((options: { readonly market?: string; readonly timeframe?: KeptTimeframe; readonly json?: boolean }) =>
    withStore(openStore, (store, settings) => {
      const all = store.candles.series();
      const wanted = options.market && storedMarket(options.market, all, settings.universe.quote);
      const series = all
        .filter(({ market }) => (wanted ?? market) === market)
        .filter(({ timeframe }) => (options.timeframe ?? timeframe) === timeframe);
      const rows = gapRows(series, (timeframe) => TIMEFRAME_MS[timeframe as KeptTimeframe]);
      print(rows, { json: options.json, text: gapText });
    }),
  );

program
  .command('cleanup')
  .description('delete candles past their retention (settings.json: collect.keepDays) and old exports')
  .option('--older-than <age>', 'exports older than this', age, 3 * DAY_MS)
  .option('--json', 'one JSON document on standard output')
  .action((options: { readonly olderThan: number; readonly json?: boolean }) =>
    withStore(openStore, (store, { collect: { keepDays, csvFolder } }) => {
      // files first: on a full disk the database has no room to delete in
      const exports = { folder: csvFolder, ...deleteExports(csvFolder, Date.now() - options.olderThan) };
      // the newest candle tells the market's time, which may not be the wall's
      const pruned = pruneCandles(store, keepDays, store.candles.newest() ?? 0);
      print({ ...pruned, exports }, { json: options.json, text: cleanupText });
    }),
  );

function depthsFor({ timeframe, days }: CollectOptions, settings: Settings): CollectRequest['depthMs'] {
  const configured = depthsOf(settings.collect.days);
  const chosen = timeframe === undefined ? [...configured.keys()] : [timeframe];
  const depths = new Map<KeptTimeframe, number>();
  for (const each of chosen) {
    const depth = days === undefined ? configured.get(each) : days * DAY_MS;
    if (depth === undefined) {
      throw new UserError(
        `${each} candles are not fetched (collect.days in settings.json)`,
        'Say how far back: --days 3.',
      );
    }
    if (depth > settings.collect.keepDays[each] * DAY_MS) {
      throw new UserError(
        `${each} candles are kept for ${settings.collect.keepDays[each]} days only`,
        'Ask for fewer days, or raise collect.keepDays in settings.json.',
      );
    }
    depths.set(each, depth);
  }
  return depths;
}

function progressLine(unit: string) {
  const line = createProgressLine(process.stderr, Date.now);
  return { show: (progress: CollectProgress) => line.show(progress, unit), end: line.end };
}

/** @param afterwards what follows a run that was neither ended early nor failed; goes into its result */
async function collect(
  options: CollectOptions,
  choose: (wired: ReturnType<typeof wireCollect>, trading: TradingProcess) => Promise<string[]>,
  afterwards: (trading: TradingProcess, markets: readonly string[]) => object = () => ({}),
): Promise<void> {
  const depthMs = depthsFor(options, loadSettings(process.env));
  const trading = await wireTrading('collector', { destination: 'stderr', startTimeoutMs: START_TIMEOUT_MS });
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const line = progressLine('pages');
  try {
    const wired = wireCollect(trading);
    const markets = await choose(wired, trading);
    const result = await wired.collect({ markets, depthMs, signal: stop.signal, onProgress: line.show });
    line.end();
    const whole = result.failures.length === 0 && !stop.signal.aborted;
    print({ ...result, ...(whole && afterwards(trading, markets)) }, { json: options.json, text: collectText });
    if (!whole) process.exitCode = 1;
  } finally {
    line.end();
    trading.closeExchange();
    trading.clock.stop();
    trading.store.close();
  }
}

await runCli(program);
