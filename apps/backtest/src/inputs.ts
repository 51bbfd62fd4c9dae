import { resolve } from 'node:path';
import type { BacktestSettings, MarketCandles } from '@mexc-bot/backtest';
import { KEPT_TIMEFRAMES, type KeptTimeframe, type Mode, TIMEFRAME_MS } from '@mexc-bot/core';
import { loadSettings, type Settings, UserError } from '@mexc-bot/runtime';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { loadFolder, loadStore } from './load.ts';
import { backtestSettings } from './settings.ts';

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
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new InvalidArgumentError('must be a day or a moment: 2026-05-25, 2026-05-25T12:00Z');
  return at;
};
const symbols = (text: string): string[] =>
  text
    .split(',')
    .map((symbol) => symbol.trim().toUpperCase().replace('/', ''))
    .filter((symbol) => symbol !== '');

export const withInputs = (command: Command): Command =>
  command
    .addOption(new Option('--data <folder>', 'candles from a folder of CSV files').conflicts('store'))
    .option('--store', 'the candles the collector keeps (this is so unless --data is given)')
    .addOption(
      new Option('--timeframe <timeframe>', 'candles decisions are made on; 5m unless given').choices(KEPT_TIMEFRAMES),
    )
    .option('--from <time>', 'decide from here on, UTC', day)
    .option('--to <time>', 'see no candle that closes later, UTC', day)
    .option('--symbols <list>', 'only these markets: PEPEUSDT,DOGEUSDT', symbols)
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
  readonly settings: BacktestSettings;
}

export const settingsOf = ({ settings }: Pick<InputOptions, 'settings'>): Settings =>
  loadSettings({ ...process.env, ...(settings !== undefined && { SETTINGS_FILE: resolve(settings) }) });

/** @throws {UserError} what is asked for cannot be run */
export function readInputs(options: InputOptions, owner: Settings, keepDecisions: boolean): Inputs {
  const { from = null, to: until = null } = options;
  if (from !== null && until !== null && from >= until) throw new UserError('--from must be before --to');
  const settings = backtestSettings(owner, { mode: options.mode, from, until, keepDecisions });
  const request = {
    symbols: options.symbols ?? null,
    timeframe: options.timeframe ?? null,
    detail: options.detail ?? null,
    quote: owner.universe.quote,
    takerFeeRate: settings.costs.takerFeeRate,
  };
  const loaded =
    options.data === undefined
      ? loadStore(owner.database, request)
      : loadFolder(resolve(options.data), request, Date.now());
  refuseEmptySpan(loaded.markets, from, until, TIMEFRAME_MS[loaded.timeframe]);
  return { ...loaded, settings };
}

function refuseEmptySpan(
  markets: readonly MarketCandles[],
  from: number | null,
  until: number | null,
  stepMs: number,
): void {
  const filled = markets.filter(({ candles }) => candles.openTime.length > 0);
  const first = Math.min(...filled.map(({ candles }) => candles.openTime[0]! + stepMs));
  const last = Math.max(...filled.map(({ candles }) => candles.openTime.at(-1)! + stepMs));
  if ((from !== null && from > last) || (until !== null && until < first)) {
    const iso = (at: number): string => new Date(at).toISOString().slice(0, 16);
    throw new UserError('the span has no candles', `They reach from ${iso(first)} to ${iso(last)} UTC.`);
  }
}
