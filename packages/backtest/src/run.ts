import { HOUR_MS, universeRejection } from '@mexc-bot/core';
import { createAccount, type SimulatedAccount } from './account.ts';
import { indicesOf, type PreparedData, type PreparedMarket } from './data.ts';
import type { BacktestGate, BacktestSettings } from './options.ts';
import type { BacktestResult, EquitySample, MarketCoverage } from './result.ts';
import { createScanner } from './scan.ts';

/**
 * Replays candles in time order through the decisions of live trading. What is decided at the close of a candle is bought at the open
 * of the next one, which is the same moment: no time passes in between. Nothing is looked at before it closed.
 *
 * @param gate the models' say; null: there are none. It must use only what existed at the request's `asOf`
 * @throws {RangeError} no candle closes between `from` and `until`
 */
export function runBacktest(
  data: PreparedData,
  settings: BacktestSettings,
  gate: BacktestGate | null = null,
): BacktestResult {
  const { start, stepMs } = data;
  const closeOf = (index: number): number => start + (index + 1) * stepMs;
  const { first, last } = indicesOf(data, settings);
  if (first > last) throw new RangeError('no candle closes in the span');

  const account = createAccount(data, settings);
  const scanner = createScanner(data, settings, account, gate);
  const equity: EquitySample[] = [];
  const sample = (at: number): void => {
    equity.push({ at, ...account.equity(), openPositions: account.openPositions });
  };
  for (let index = first; index <= last; index++) {
    account.advance(index, scanner.told);
    sample(closeOf(index));
    scanner.scan(index);
  }
  const until = closeOf(last);
  for (const entry of account.finish(until)) scanner.told(entry, 'end_of_data');
  sample(until);

  const trades = account.trades.toSorted((a, b) => a.id - b.id);
  const markets = data.markets.map((market) => coverageOf(market, data, settings, until));
  return {
    mode: settings.mode,
    timeframe: data.timeframe,
    detail: data.detail,
    span: { from: closeOf(first), until },
    candles: data.candles,
    markets,
    buysOnly: settings.buysOnly,
    startEquity: settings.balance,
    endEquity: account.equity().equity,
    costs: settings.costs,
    takerFeeRates: takerFeeRatesOf(data),
    trades,
    equity: equity.filter(({ at }, i) => at !== equity[i + 1]?.at),
    holdBtc: holdBtc(data, settings, first, last),
    funnel: scanner.funnel(),
    decisions: settings.keepDecisions ? scanner.decisions : null,
    ...(settings.keepDecisions && { moods: scanner.moods }),
    warnings: [...warningsOf(data, settings), ...remnantWarnings(account)],
  };
}

function takerFeeRatesOf({ markets }: PreparedData): BacktestResult['takerFeeRates'] {
  const rates = markets.map(({ market }) => market.rules.takerFeeRate.toNumber());
  return { least: Math.min(...rates), most: Math.max(...rates) };
}

function coverageOf(
  { market, candles: { openTime }, firstSeenAt }: PreparedMarket,
  { stepMs }: PreparedData,
  { universe }: BacktestSettings,
  asOf: number,
): MarketCoverage {
  const from = openTime[0]!;
  const until = openTime.at(-1)! + stepMs;
  const candles = openTime.length;
  const missing = (until - from) / stepMs - candles;
  return {
    market: market.id,
    candles,
    from,
    until,
    missing,
    rejected: universeRejection(market, firstSeenAt, universe, asOf),
  };
}

function holdBtc(data: PreparedData, { universe }: BacktestSettings, first: number, last: number): number | null {
  const btc = data.markets.find(({ market: { id } }) => id === `BTC${universe.quote}`);
  if (btc === undefined) return null;
  const rows = Array.from(btc.rowAt.subarray(first, last + 1)).filter((row) => row >= 0);
  if (rows.length < 2) return null;
  return btc.candles.close[rows.at(-1)!]! / btc.candles.close[rows[0]!]! - 1;
}

function warningsOf(
  { timeframe, markets, detail, length, stepMs }: PreparedData,
  { universe }: BacktestSettings,
): string[] {
  const btc = `BTC${universe.quote}`;
  const listed = markets.filter(({ firstSeenAt }) => firstSeenAt !== null).length;
  return [
    ...(markets.some(({ market }) => market.id === btc)
      ? []
      : [`No candles of ${btc}: the market's mood is read from breadth alone.`]),
    ...(timeframe === '5m'
      ? []
      : [
          `Decisions are made on ${timeframe} candles: live trading makes them on 5m candles, so patterns and stops are not the same.`,
        ]),
    ...(universe.minAgeMs > length * stepMs
      ? [
          `universe.minAgeHours is longer than the candles: it bars the ${listed} of ${markets.length} markets that were listed in ` +
            'their time, and none of the others, for their age is not known.',
        ]
      : []),
    ...(detail === null ? ['No finer candles: one that spans stop and target counts as the stop.'] : []),
  ];
}

/** Live trading is blocked by them as well, so they stay: but a slot that is taken for days changes all that follows. */
function remnantWarnings({ remnants: { positions, blockedMs } }: SimulatedAccount): string[] {
  if (positions === 0) return [];
  return [
    `${positions} ${positions === 1 ? 'position' : 'positions'} could not be sold to the end: the rest was worth less than the exchange's minimum, and blocked its market and a slot for ${(blockedMs / HOUR_MS).toFixed(1)} hours in all.`,
  ];
}
