import type { RecordedTrade, TradingRecord } from '../record/trading-record.ts';
import { exposureOf, maxDrawdown } from './account.ts';
import { DEFAULT_RESAMPLE, daysOf, expectancyOf, type ResampleOptions } from './episodes.ts';
import { groupsOf, sumOf, type TradeGroups } from './groups.ts';
import type { Benchmark, Summary } from './summary.ts';
import { evidenceWarnings, type Verdict, verdictOf } from './verdict.ts';

export interface Statistics extends TradeGroups {
  readonly span: { readonly from: number; readonly until: number };
  readonly summary: Summary;
  readonly benchmarks: readonly Benchmark[];
  readonly verdict: Verdict;
  /** the record's own, and where there is too little evidence */
  readonly warnings: readonly string[];
}

/** Every figure of a report. The same record, seed and replicates give the same figures to the last digit. */
export function statisticsOf(record: TradingRecord, options: ResampleOptions = DEFAULT_RESAMPLE): Statistics {
  const { span, trades } = record;
  const summary = summaryOf(record, options);
  const benchmarks = benchmarksOf(record);
  return {
    span,
    summary,
    benchmarks,
    verdict: verdictOf(summary, benchmarks),
    ...groupsOf(trades, options),
    warnings: [...record.warnings, ...evidenceWarnings(summary)],
  };
}

function summaryOf(record: TradingRecord, options: ResampleOptions): Summary {
  const { trades, startEquity, endEquity, held = [] } = record;
  const results = trades.map(({ pnl }) => pnl);
  const wins = results.filter((pnl) => pnl > 0);
  const lost = -results.filter((pnl) => pnl <= 0).reduce((sum, pnl) => sum + pnl, 0);
  const traded = sumOf(trades, ({ cost, proceeds }) => cost + proceeds);
  const expectancy = expectancyOf(trades, ({ pnl }) => pnl, options);
  return {
    trades: trades.length,
    wins: wins.length,
    losses: trades.length - wins.length,
    winRate: trades.length === 0 ? null : wins.length / trades.length,
    pnl: sumOf(trades, ({ pnl }) => pnl),
    heldPnl: held.reduce((sum, { value, cost, realised }) => sum + value - cost + realised, 0),
    held: held.length,
    startEquity,
    endEquity,
    returnFraction: endEquity / startEquity - 1,
    maxDrawdown: maxDrawdown(record.equity),
    profitFactor: lost === 0 ? null : wins.reduce((sum, pnl) => sum + pnl, 0) / lost,
    expectancy,
    expectancyFraction: expectancyOf(trades, ({ returnFraction }) => returnFraction, options),
    best: results.length === 0 ? null : results.reduce((a, b) => Math.max(a, b)),
    worst: results.length === 0 ? null : results.reduce((a, b) => Math.min(a, b)),
    exposure: exposureOf(record.equity),
    turnover: traded / startEquity,
    traded,
    fees: sumOf(trades, ({ fees }) => fees),
    slippage: knownSum(trades, ({ slippage }) => slippage),
    spreadCost: knownSum(trades, ({ spreadCost }) => spreadCost),
    episodes: expectancy.episodes,
    days: daysOf(trades),
  };
}

function knownSum(trades: readonly RecordedTrade[], figure: (trade: RecordedTrade) => number | null): number | null {
  const known = trades.map(figure).filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

function benchmarksOf({ startEquity, endEquity, holdBtc, emaCross = null }: TradingRecord): Benchmark[] {
  const against = (name: Benchmark['name'], returnFraction: number): Benchmark => {
    const pnl = startEquity * returnFraction;
    return { name, returnFraction, pnl, ahead: endEquity - startEquity - pnl };
  };
  return [
    against('no trade', 0),
    ...(holdBtc === null ? [] : [against('hold BTC', holdBtc)]),
    ...(emaCross === null ? [] : [against('EMA cross, all in', emaCross)]),
  ];
}
