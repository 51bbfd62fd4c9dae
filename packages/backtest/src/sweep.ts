import { DAY_MS } from '@mexc-bot/core';
import type { PreparedData } from './data.ts';
import type { BacktestSettings } from './options.ts';
import { runBacktest } from './run.ts';
import { dailyReturns } from './statistics/account.ts';
import { type DeflatedSharpe, deflatedSharpe, sharpeReading } from './statistics/deflated-sharpe.ts';
import { type Expectancy, expectancyOf } from './statistics/episodes.ts';

/** What one part of the time brought one try. */
export interface SweepPart {
  readonly trades: number;
  readonly returnFraction: number;
  readonly expectancy: Expectancy;
  /** of daily returns, not annualised */
  readonly sharpe: number;
  readonly dailyReturns: readonly number[];
}

/** One combination of parameters; settings path → value. */
export type SweepParameters = Readonly<Record<string, unknown>>;

export interface SweepTry {
  readonly parameters: SweepParameters;
  /** the earlier part: what settings are chosen on */
  readonly choice: SweepPart;
  /** the later part: what the choice is judged on */
  readonly judgement: SweepPart;
}

export interface SweepVerdict {
  readonly chosen: SweepTry;
  /** how much of the chosen one's result is luck in choosing among so many tries; null: it traded nothing to judge by */
  readonly deflated: DeflatedSharpe | null;
}

/** The time in two parts. */
export interface SweepSpan {
  /** moment between them, on the grid of the candles */
  readonly split: number;
  /** how long the earlier part is, what settings are chosen on, and how long the later one */
  readonly choiceMs: number;
  readonly judgementMs: number;
}

/** Splits the time that has candles, of what is asked for. @param share of it that is chosen on, in (0, 1) */
export function partsAt(data: PreparedData, { from, until }: BacktestSettings, share: number): SweepSpan {
  const { start, stepMs, length } = data;
  const end = start + length * stepMs;
  const first = start + Math.ceil((Math.max(from ?? start, start) - start) / stepMs) * stepMs;
  const last = start + Math.floor((Math.min(until ?? end, end) - start) / stepMs) * stepMs;
  const steps = Math.round(((last - first) * share) / stepMs);
  const split = Math.min(Math.max(first + steps * stepMs, start + 2 * stepMs), last - stepMs);
  return { split, choiceMs: split - first, judgementMs: last - split };
}

/** Runs one combination over both parts; the account of the later one begins anew. */
export function trySettings(
  data: PreparedData,
  settings: BacktestSettings,
  parameters: SweepParameters,
  split: number,
): SweepTry {
  const part = (span: Partial<BacktestSettings>): SweepPart => {
    const { trades, equity, startEquity, endEquity } = runBacktest(data, {
      ...settings,
      ...span,
      keepDecisions: false,
    });
    const returns = dailyReturns(equity);
    return {
      trades: trades.length,
      returnFraction: endEquity / startEquity - 1,
      expectancy: expectancyOf(trades, ({ pnl }) => pnl),
      sharpe: returns.length < 2 ? 0 : sharpeReading(returns).sharpe,
      dailyReturns: [...returns],
    };
  };
  return { parameters, choice: part({ until: split }), judgement: part({ from: split + data.stepMs }) };
}

/**
 * Picks the try with the best Sharpe ratio of the earlier part, and deflates it for the number of tries (Bailey and López de Prado
 * 2014, "The Deflated Sharpe Ratio"): the best of many worthless ones looks good too.
 *
 * @param tries at least one
 */
export function chooseTry(tries: readonly SweepTry[]): SweepVerdict {
  const chosen = tries.reduce((best, each) => (each.choice.sharpe > best.choice.sharpe ? each : best));
  if (chosen.choice.trades === 0) return { chosen, deflated: null };
  const deflated = deflatedSharpe(
    Float64Array.from(chosen.choice.dailyReturns),
    tries.map(({ choice }) => choice.sharpe),
  );
  return { chosen, deflated };
}

/** Settings of which several values were tried, and none changed anything in any try. */
export function idleParameters(tries: readonly SweepTry[]): string[] {
  const paths = Object.keys(tries[0]?.parameters ?? {});
  return paths.filter((path) => {
    const values = new Set(tries.map(({ parameters }) => JSON.stringify(parameters[path])));
    const alike = Map.groupBy(tries, ({ parameters }) => JSON.stringify({ ...parameters, [path]: null }));
    const results = ({ choice, judgement }: SweepTry): string => JSON.stringify([choice, judgement]);
    return values.size > 1 && [...alike.values()].every((group) => new Set(group.map(results)).size === 1);
  });
}

/** A part shorter than this has too few days for a Sharpe ratio to say anything. */
export const SHORTEST_PART_MS = 2 * DAY_MS;
