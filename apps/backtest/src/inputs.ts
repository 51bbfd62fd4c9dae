import { resolve } from 'node:path';
import {
  type BacktestSettings,
  boughtOnly,
  type MarketCandles,
  type PreparedData,
  prepareData,
  tickerReach,
} from '@mexc-bot/backtest';
import {
  KEPT_TIMEFRAMES,
  type KeptTimeframe,
  type Mode,
  parseMoment,
  TIMEFRAME_MS,
  universeRejection,
} from '@mexc-bot/core';
import { loadSettings, type Settings, type SettingsEdit, UserError } from '@mexc-bot/runtime';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { loadFolder, loadStore } from './load.ts';
import { backtestSettings, refuseUnreachable } from './settings.ts';

/** The options every command that replays has. */
export interface InputOptions {
  readonly data?: string;
  readonly store?: boolean;
  readonly timeframe?: KeptTimeframe;
  readonly from?: number;
  readonly to?: number;
  readonly symbols?: readonly string[];
  readonly settings?: string;
  readonly mode: Mode;
  readonly detail?: KeptTimeframe;
  readonly json?: boolean;
}

const day = (text: string): number => {
  const at = parseMoment(text);
  if (at === null) throw new InvalidArgumentError('must be a day or a moment: 2026-05-25, 2026-05-25T12:00 (UTC)');
  return at;
};
const symbols = (text: string): string[] => {
  const names = text.split(',').map((symbol) => symbol.trim().toUpperCase().replace(/[/_-]/, ''));
  const found = [...new Set(names)].filter((symbol) => symbol !== '');
  if (found.length === 0) throw new InvalidArgumentError('must name a market: PEPEUSDT,DOGEUSDT');
  return found;
};

export const withInputs = (command: Command): Command =>
  command
    .addOption(new Option('--data <folder>', 'candles from a folder of CSV files').conflicts('store'))
    .option('--store', 'the candles the collector keeps (this is so unless --data is given)')
    .addOption(
      new Option(
        '--timeframe <timeframe>',
        'candles decisions are made on; 5m unless given, else what most markets have',
      ).choices(KEPT_TIMEFRAMES),
    )
    .option('--from <time>', 'decide from here on, UTC', day)
    .option('--to <time>', 'see no candle that closes later, UTC', day)
    .option(
      '--symbols <list>',
      'buy only these markets, whatever else there are candles of: PEPEUSDT,DOGEUSDT',
      symbols,
    )
    .option('--settings <file>', 'another file in place of settings.json')
    .addOption(new Option('--mode <mode>', 'whose limits and policies count').choices(['test', 'live']).default('test'))
    .addOption(
      new Option('--detail <timeframe>', 'finer candles that resolve what happened inside one').choices(
        KEPT_TIMEFRAMES,
      ),
    )
    .option('--json', 'one JSON document on standard output');

export interface Inputs {
  readonly timeframe: KeptTimeframe;
  readonly markets: readonly MarketCandles[];
  /** of these markets, with `--detail` */
  readonly data: PreparedData;
  readonly settings: BacktestSettings;
}

export const settingsOf = ({ settings }: Pick<InputOptions, 'settings'>, edit?: SettingsEdit): Settings =>
  loadSettings(
    { ...process.env, ...(settings !== undefined && { SETTINGS_FILE: resolve(settings) }) },
    edit === undefined ? {} : { edit },
  );

/** @throws {UserError} what is asked for cannot be run */
export function readInputs(options: InputOptions, owner: Settings, keepDecisions: boolean): Inputs {
  const { from = null, to: until = null } = options;
  if (from !== null && until !== null && from >= until) throw new UserError('--from must be before --to');
  const buysOnly = options.symbols ?? null;
  const settings = backtestSettings(owner, { mode: options.mode, from, until, buysOnly, keepDecisions });
  const request = {
    buysOnly,
    timeframe: options.timeframe ?? null,
    detail: options.detail ?? null,
    quote: owner.universe.quote,
    takerFeeRate: settings.costs.takerFeeRate,
  };
  const loaded =
    options.data === undefined
      ? loadStore(owner.database, request)
      : loadFolder(resolve(options.data), request, Date.now());
  const isBought = boughtOnly(buysOnly);
  const bought = loaded.markets.filter(({ market }) => isBought(market.id));
  refuseEmptySpan(bought, from, until, TIMEFRAME_MS[loaded.timeframe]);
  refuseUntradable(bought, settings);
  const data = prepareData(loaded.markets, loaded.timeframe, options.detail ?? null);
  refuseUnreachable(settings, tickerReach(data, settings));
  return { ...loaded, data, settings };
}

function refuseEmptySpan(
  markets: readonly MarketCandles[],
  from: number | null,
  until: number | null,
  stepMs: number,
): void {
  const closes = markets.flatMap(({ candles: { openTime } }) => {
    const inside = openTime.findIndex((time) => time + stepMs >= (from ?? Number.NEGATIVE_INFINITY));
    return inside < 0 ? [] : [openTime[inside]! + stepMs];
  });
  if (closes.some((at) => at <= (until ?? Number.POSITIVE_INFINITY))) return;
  const filled = markets.filter(({ candles }) => candles.openTime.length > 0);
  const first = filled.reduce((least, { candles }) => Math.min(least, candles.openTime[0]!), Number.POSITIVE_INFINITY);
  const last = filled.reduce((most, { candles }) => Math.max(most, candles.openTime.at(-1)!), 0);
  const iso = (at: number): string => new Date(at + stepMs).toISOString().slice(0, 16);
  throw new UserError(
    'the span has no candles',
    `None closes between --from and --to; they reach from ${iso(first)} to ${iso(last)} UTC.`,
  );
}

/** A market that is only too new may be bought later on. */
function refuseUntradable(markets: readonly MarketCandles[], { universe }: BacktestSettings): void {
  const verdicts = markets.map(({ market }) => universeRejection(market, null, universe, 0));
  if (verdicts.includes(null)) return;
  const counts = [...Map.groupBy(verdicts, (verdict) => verdict!)].map(([verdict, all]) => `${all.length} ${verdict}`);
  throw new UserError(
    `these settings forbid every trade: none of the markets may be bought (${counts.join(', ')})`,
    'universe.quote, universe.excludedBases and universe.blocklist in the settings file say which may.',
  );
}
