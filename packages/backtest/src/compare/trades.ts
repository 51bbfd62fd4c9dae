import type { RecordedTrade } from '../record/trading-record.ts';
import type { BacktestTrade } from '../result.ts';
import type { DecisionPair, DifferenceCause } from './decisions.ts';

/**
 * Where the realised results of trading and backtest part, beside the causes of decisions:
 *
 * - `entry_timing`: other last price at the decision
 * - `entry_execution`: spread, depth and latency of the buy
 * - `exit`: other exit prices: ticks in place of a candle's path, real book, latency
 * - `fees`
 * - `size`: more or less was bought
 */
export type GapCause = DifferenceCause | 'entry_timing' | 'entry_execution' | 'exit' | 'fees' | 'size';

export interface TradeGap {
  readonly market: string;
  readonly openedAt: number;
  readonly recorded: RecordedTrade | null;
  readonly backtest: BacktestTrade | null;
  /** what trading brought more than the backtest, quote, by cause */
  readonly gap: Readonly<Partial<Record<GapCause, number>>>;
}

export interface PnlGap {
  /** quote */
  readonly recorded: number;
  readonly backtest: number;
  /** recorded − backtest; the causes add up to it */
  readonly gap: number;
  readonly byCause: Readonly<Partial<Record<GapCause, number>>>;
  readonly trades: readonly TradeGap[];
}

/** Trades of one market are the same one where they were decided within so many candles of each other. */
const SAME_WITHIN_CANDLES = 2;

/** The gap between two records of the same days, trade by trade. */
export function pnlGap(
  recorded: readonly RecordedTrade[],
  backtest: readonly BacktestTrade[],
  pairs: readonly DecisionPair[],
  stepMs: number,
): PnlGap {
  const causes = new Map(pairs.map((pair) => [`${pair.at} ${pair.market}`, pair.cause]));
  const causeAt = (market: string, at: number): DifferenceCause =>
    causes.get(`${Math.floor(at / stepMs) * stepMs} ${market}`) ?? 'unexplained';
  const left = new Set(backtest);
  const trades: TradeGap[] = recorded.map((trade) => {
    const match = [...left]
      .filter(
        ({ market, openedAt }) =>
          market === trade.market && Math.abs(openedAt - trade.openedAt) <= SAME_WITHIN_CANDLES * stepMs,
      )
      .toSorted((a, b) => Math.abs(a.openedAt - trade.openedAt) - Math.abs(b.openedAt - trade.openedAt))[0];
    const { market, openedAt } = trade;
    if (match === undefined) {
      return { market, openedAt, recorded: trade, backtest: null, gap: { [causeAt(market, openedAt)]: trade.pnl } };
    }
    left.delete(match);
    return { market, openedAt, recorded: trade, backtest: match, gap: gapOf(trade, match) };
  });
  for (const trade of left) {
    const { market, openedAt } = trade;
    trades.push({
      market,
      openedAt,
      recorded: null,
      backtest: trade,
      gap: { [causeAt(market, openedAt)]: -trade.pnl },
    });
  }
  const byCause: Partial<Record<GapCause, number>> = {};
  for (const { gap } of trades) {
    for (const [cause, value] of Object.entries(gap) as [GapCause, number][])
      byCause[cause] = (byCause[cause] ?? 0) + value;
  }
  const sum = (rows: readonly { readonly pnl: number }[]): number => rows.reduce((total, { pnl }) => total + pnl, 0);
  const [of, against] = [sum(recorded), sum(backtest)];
  return {
    recorded: of,
    backtest: against,
    gap: of - against,
    byCause,
    trades: trades.toSorted((a, b) => a.openedAt - b.openedAt),
  };
}

/** Prices are compared at the backtest's size; what a different size made of them is `size`. */
function gapOf(recorded: RecordedTrade, backtest: BacktestTrade): Partial<Record<GapCause, number>> {
  const { quantity } = backtest;
  const decided = recorded.decisionPrice ?? backtest.decisionPrice;
  const timing = (backtest.decisionPrice - decided) * quantity;
  const execution = (backtest.entryPrice - recorded.entryPrice) * quantity - timing;
  const exit = (recorded.exitPrice - backtest.exitPrice) * quantity;
  const scale = recorded.quantity === 0 ? 0 : quantity / recorded.quantity;
  const fees = backtest.fees - recorded.fees * scale;
  const size = recorded.pnl - backtest.pnl - timing - execution - exit - fees;
  return { entry_timing: timing, entry_execution: execution, exit, fees, size };
}
