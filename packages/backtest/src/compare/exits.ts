import type { TradePair } from '../record/gap-by-cause.ts';
import type { RecordedExit, RecordedTrade } from '../record/trading-record.ts';
import type { BacktestView } from './backtest-view.ts';

/** A position that both bought and sold, and how each of them ended it. */
export interface ExitPair {
  readonly market: string;
  readonly openedAt: number;
  readonly recorded: Pick<RecordedTrade, 'exitReason' | 'closedAt' | 'exitPrice'>;
  readonly backtest: Pick<RecordedTrade, 'exitReason' | 'closedAt' | 'exitPrice'>;
  /**
   * - null: the same reason, at most two candles apart
   * - `price_path`: trading saw the price move inside candles, the backtest only where they began, ended and turned
   * - `end_of_data`: the backtest had no more candles
   * - `unexplained`: trading sold at a price that the candles do not have
   */
  readonly cause: 'price_path' | 'end_of_data' | 'unexplained' | null;
}

/** A sale may cross the spread and as much again under the lowest price of its candles. */
const UNDER_THE_LOW = 0.03;

export function pairExits(pairs: readonly TradePair[], view: BacktestView): ExitPair[] {
  return pairs.map(({ live, backtest }) => ({
    market: live.market,
    openedAt: live.openedAt,
    recorded: endOf(live),
    backtest: endOf(backtest),
    cause: causeOf(live, backtest, view),
  }));
}

const endOf = ({ exitReason, closedAt, exitPrice }: RecordedTrade): ExitPair['recorded'] => ({
  exitReason,
  closedAt,
  exitPrice,
});

function causeOf(live: RecordedTrade, backtest: RecordedTrade, view: BacktestView): ExitPair['cause'] {
  const near = Math.abs(live.closedAt - backtest.closedAt) <= 2 * view.stepMs;
  if (near && live.exitReason === backtest.exitReason) return null;
  if (backtest.exitReason === 'end_of_data') return 'end_of_data';
  return live.exits.every((exit) => isOnCandles(live.market, exit, view)) ? 'price_path' : 'unexplained';
}

function isOnCandles(market: string, { at, price }: RecordedExit, view: BacktestView): boolean {
  const bounds = view.allowed(market, at);
  if (bounds === null) return false;
  const [low, high] = bounds.last;
  return price >= low * (1 - UNDER_THE_LOW) && price <= high;
}
