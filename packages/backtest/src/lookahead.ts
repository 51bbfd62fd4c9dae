import { type CandleColumns, firstAt, TIMEFRAME_MS, type Timeframe } from '@mexc-bot/core';
import { createRandom } from '@mexc-bot/models';
import { type PreparedData, type PreparedMarket, prepareData, stopAtr } from './data.ts';
import type { BacktestSettings } from './options.ts';
import { featuresOf, type MarketCandles, type MarketFeatures } from './prepare.ts';
import type { BacktestDecision, BacktestResult, BacktestTrade } from './result.ts';
import { runBacktest } from './run.ts';
import { sliceColumns } from './slice-columns.ts';
import type { WalkForward } from './walk-forward/walk-forward.ts';

/** Something that was known by a moment, and is another one when the future after it is cut off. */
interface LookaheadChange {
  /** candles that close after this were cut off, ms UTC */
  readonly cut: number;
  readonly at: number;
  /** the market, or the model that was trained; null: all markets */
  readonly of: string | null;
  /** `column`: what decisions look at, at its first candle that is another one */
  readonly what: 'decision' | 'trade' | 'mood' | 'training' | 'column';
  /** with the future; null: there was none */
  readonly before: string | null;
  /** without it */
  readonly after: string | null;
}

export interface LookaheadReport {
  readonly cuts: readonly number[];
  /** decisions, trades, moods and trainings that were compared, over all cuts */
  readonly compared: number;
  /** columns of markets that were compared up to the cut, over all cuts */
  readonly columns: number;
  readonly changed: readonly LookaheadChange[];
}

export interface LookaheadOptions {
  readonly cuts: number;
  readonly seed: number;
  /** makes the models of some candles, and of nothing else; there are none unless given */
  readonly models?: (data: PreparedData) => Promise<WalkForward>;
  /** what the decisions look at; the engine's own unless given */
  readonly features?: (candles: CandleColumns) => MarketFeatures;
  readonly onCut?: (done: number) => void;
}

/** What a run was made of and what it came to. */
interface Run {
  readonly data: PreparedData;
  readonly result: BacktestResult;
  readonly trainings: WalkForward['trainings'];
}

/**
 * Runs again and again with the future cut off: whatever was known before must stay the same. A rule that looks ahead comes to
 * something else when there is nothing to look at. One that looks a single candle ahead does so at the cut alone: every second cut
 * is made where something was decided, and the columns that decisions look at are compared up to their last row.
 */
export async function lookForLookahead(
  inputs: readonly MarketCandles[],
  timeframe: Timeframe,
  settings: BacktestSettings,
  { cuts, seed, models, features = featuresOf, onCut = () => undefined }: LookaheadOptions,
): Promise<LookaheadReport> {
  const run = async (markets: readonly MarketCandles[]): Promise<Run> => {
    const data = prepareData(markets, timeframe, null, features);
    const { gate, trainings } = (await models?.(data)) ?? { gate: null, trainings: [] };
    return { data, result: runBacktest(data, { ...settings, keepDecisions: true }, gate), trainings };
  };
  const whole = await run(inputs);
  const moments = momentsToCut(whole, cuts, createRandom(seed));

  const changed: LookaheadChange[] = [];
  let compared = 0;
  let columns = 0;
  for (const [done, cut] of moments.entries()) {
    const cutOff = await run(inputs.map((input) => closedBy(input, cut)));
    const records = differences(recordsOf(whole, cut), recordsOf(cutOff, cut), cut);
    const seen = differentColumns(whole.data, cutOff.data, settings.stopAtrPeriod, cut);
    compared += records.compared;
    columns += seen.compared;
    changed.push(...seen.changed, ...records.changed);
    onCut(done + 1);
  }
  return { cuts: moments, compared, columns, changed };
}

/** Closes of candles, none in the first tenth of the time: in turn any of them, and one at which something was decided. */
function momentsToCut({ data, result }: Run, count: number, random: () => number): number[] {
  const { start, stepMs, length, markets } = data;
  const { from, until } = result.span;
  const earliest = from + 0.1 * (until - from);
  const closes: number[] = [];
  for (let index = 0; index < length; index++) {
    const at = start + (index + 1) * stepMs;
    if (at >= earliest && at < until && markets.some(({ rowAt }) => rowAt[index]! >= 0)) closes.push(at);
  }
  const decided = new Set(result.decisions?.map(({ at }) => at));
  const busy = closes.filter((at) => decided.has(at));
  const pick = (moments: readonly number[]): number => moments[Math.floor(random() * moments.length)] ?? until;
  return Array.from({ length: count }, (_, i) => pick(i % 2 === 1 && busy.length > 0 ? busy : closes));
}

/** What of a market had closed. @param cut on the grid of its candles, so that one that opened before it has closed */
function closedBy(input: MarketCandles, cut: number): MarketCandles {
  const closed = (candles: CandleColumns): CandleColumns => sliceColumns(candles, 0, firstAt(candles.openTime, cut));
  return { ...input, candles: closed(input.candles), detail: input.detail && closed(input.detail) };
}

/** What was known at the cut: key → what it was. */
function recordsOf({ result, trainings }: Run, cut: number): Map<string, string> {
  const records = new Map<string, string>();
  for (const decision of result.decisions ?? []) {
    const { at, market } = decision;
    if (at <= cut) records.set(keyOf('decision', at, market), decisionText(decision, at < cut));
  }
  for (const trade of result.trades) {
    if (trade.closedAt > cut || endsWithTheCandles(trade, cut)) continue;
    records.set(keyOf('trade', trade.openedAt, trade.market), JSON.stringify({ ...trade, id: 0 }));
  }
  for (const { at, regime } of result.moods ?? []) if (at <= cut) records.set(keyOf('mood', at, null), regime);
  for (const training of trainings) {
    if (training.at <= cut) records.set(keyOf('training', training.at, training.scope), JSON.stringify(training));
  }
  return records;
}

/** What is left when the candles end is sold for that reason alone; whether its coin is gone then nobody knows yet. */
function endsWithTheCandles({ exits, exitReason, closedAt }: BacktestTrade, cut: number): boolean {
  const last = exits.at(-1)?.reason ?? exitReason;
  return last === 'end_of_data' || (last === 'delisted' && closedAt === cut);
}

const keyOf = (what: LookaheadChange['what'], at: number, of: string | null): string => JSON.stringify([what, at, of]);

/** @param isDone its candle after that is there too: an order of the last moment still waits for it */
function decisionText(decision: BacktestDecision, isDone: boolean): string {
  const { strategy, regime, price, rank, confidence, reason, order, account } = decision;
  const bought = order === null ? '' : `, buys ${order.quantity} up to ${order.price}, ATR ${order.atrFraction}`;
  return (
    `${strategy} in ${regime} at ${price}, rank ${rank}, confidence ${confidence}${bought}: ` +
    `${order === null || isDone ? reason : decision.decision}${account === null ? '' : `; account ${JSON.stringify(account)}`}`
  );
}

function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>, cut: number) {
  const keys = new Set([...before.keys(), ...after.keys()]);
  const changed: LookaheadChange[] = [];
  for (const key of keys) {
    const [then, now] = [before.get(key) ?? null, after.get(key) ?? null];
    if (then === now) continue;
    const [what, at, of] = JSON.parse(key) as [LookaheadChange['what'], number, string | null];
    changed.push({ cut, at, of, what, before: then, after: now });
  }
  return { compared: keys.size, changed };
}

/** Everything that decisions and stops look at, by name. */
const columnsOf = (market: PreparedMarket, stopAtrPeriod: number): [string, Float64Array][] => [
  ['24 h change', market.change24h],
  ['24 h volume', market.quoteVolume24h],
  ['ATR', market.atrFraction],
  ['ADX', market.adx],
  ['ATR of stops', stopAtr(market, stopAtrPeriod)],
];

function differentColumns(whole: PreparedData, cutOff: PreparedData, stopAtrPeriod: number, cut: number) {
  const changed: LookaheadChange[] = [];
  let compared = 0;
  const markets = new Map(whole.markets.map((market) => [market.market.id, market]));
  for (const market of cutOff.markets) {
    const of = market.market.id;
    const before = columnsOf(markets.get(of)!, stopAtrPeriod);
    for (const [i, [name, after]] of columnsOf(market, stopAtrPeriod).entries()) {
      const [, then] = before[i]!;
      compared += 1;
      const row = after.findIndex((value, at) => !Object.is(value, then[at]));
      if (row < 0) continue;
      const at = market.candles.openTime[row]! + TIMEFRAME_MS[whole.timeframe];
      changed.push({ cut, at, of, what: 'column', before: `${name} ${then[row]}`, after: `${name} ${after[row]}` });
    }
  }
  return { compared, changed };
}
