import { type CandleColumns, TIMEFRAME_MS, type Timeframe } from '@mexc-bot/core';
import { createRandom } from '@mexc-bot/models';
import { prepareData } from './data.ts';
import type { BacktestGate, BacktestSettings } from './options.ts';
import { featuresOf, type MarketCandles, type MarketFeatures } from './prepare.ts';
import type { BacktestDecision, BacktestResult } from './result.ts';
import { runBacktest } from './run.ts';
import { sliceColumns } from './slice-columns.ts';

/** A decision or trade that is another one when the future is cut off. */
interface ChangedDecision {
  /** candles that close after this were cut off, ms UTC */
  readonly cut: number;
  readonly at: number;
  readonly market: string;
  readonly what: 'decision' | 'trade';
  /** with the future; null: there was none */
  readonly before: string | null;
  /** without it */
  readonly after: string | null;
}

export interface LookaheadReport {
  readonly cuts: readonly number[];
  /** decisions and trades that were compared, over all cuts */
  readonly compared: number;
  readonly changed: readonly ChangedDecision[];
}

export interface LookaheadOptions {
  readonly cuts: number;
  readonly seed: number;
  readonly gate?: BacktestGate | null;
  /** what the decisions look at; the engine's own unless given */
  readonly features?: (candles: CandleColumns) => MarketFeatures;
  readonly onCut?: (done: number) => void;
}

/**
 * Runs again and again with the future cut off at random moments: whatever was decided before must stay the same. A rule that
 * looks ahead decides otherwise when there is nothing to look at.
 */
export function lookForLookahead(
  inputs: readonly MarketCandles[],
  timeframe: Timeframe,
  settings: BacktestSettings,
  { cuts, seed, gate = null, features = featuresOf, onCut = () => undefined }: LookaheadOptions,
): LookaheadReport {
  const asked = { ...settings, keepDecisions: true };
  const run = (markets: readonly MarketCandles[]) =>
    runBacktest(prepareData(markets, timeframe, null, features), asked, gate);
  const whole = run(inputs);
  const { from, until } = whole.span;
  const stepMs = TIMEFRAME_MS[timeframe];
  const random = createRandom(seed);
  const moments = Array.from({ length: cuts }, () => {
    const share = 0.1 + 0.9 * random();
    return from + Math.floor((share * (until - from)) / stepMs) * stepMs;
  });

  const changed: ChangedDecision[] = [];
  let compared = 0;
  for (const [done, cut] of moments.entries()) {
    const cutInputs = inputs.map((input) => ({ ...input, candles: closedBy(input.candles, cut, stepMs) }));
    const found = differences(recordsOf(whole, cut), recordsOf(run(cutInputs), cut), cut);
    compared += found.compared;
    changed.push(...found.changed);
    onCut(done + 1);
  }
  return { cuts: moments, compared, changed };
}

function closedBy(candles: CandleColumns, cut: number, stepMs: number): CandleColumns {
  let end = candles.openTime.length;
  while (end > 0 && candles.openTime[end - 1]! + stepMs > cut) end -= 1;
  return sliceColumns(candles, 0, end);
}

/** What was over before the cut: key → what it was. Orders of the last moment still wait for their candle. */
function recordsOf({ decisions, trades }: BacktestResult, cut: number): Map<string, string> {
  const records = new Map<string, string>();
  for (const decision of decisions ?? []) {
    if (decision.at < cut) records.set(`decision ${decision.at} ${decision.market}`, decisionText(decision));
  }
  for (const trade of trades) {
    if (trade.closedAt < cut)
      records.set(`trade ${trade.openedAt} ${trade.market}`, JSON.stringify({ ...trade, id: 0 }));
  }
  return records;
}

const decisionText = ({ strategy, regime, price, rank, confidence, reason }: BacktestDecision): string =>
  `${strategy} in ${regime} at ${price}, rank ${rank}, confidence ${confidence}: ${reason}`;

function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>, cut: number) {
  const keys = new Set([...before.keys(), ...after.keys()]);
  const changed: ChangedDecision[] = [];
  for (const key of keys) {
    const [then, now] = [before.get(key) ?? null, after.get(key) ?? null];
    if (then === now) continue;
    const [what, at, market] = key.split(' ') as ['decision' | 'trade', string, string];
    changed.push({ cut, at: Number(at), market, what, before: then, after: now });
  }
  return { compared: keys.size, changed };
}
