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
   * - `unexplained`: trading sold at a price that the candles do not have, or for a reason that the position's own levels did not give
   *   it at any price they have
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
  const isPossible = (exit: RecordedExit): boolean =>
    isOnCandles(live.market, exit, view) && couldTrigger(live, exit, view);
  return live.exits.every(isPossible) ? 'price_path' : 'unexplained';
}

function isOnCandles(market: string, { at, price }: RecordedExit, view: BacktestView): boolean {
  const bounds = view.allowed(market, at);
  if (bounds === null) return false;
  const [low, high] = bounds.last;
  return price >= low * (1 - UNDER_THE_LOW) && price <= high;
}

/** Levels are kept as decimals, and here they are doubles. */
const MARGIN = 1e-9;

/** Whether a position had a level that some price of those candles reached: the bid that is on record, else the best for the reason. */
function couldTrigger(live: RecordedTrade, exit: RecordedExit, { allowed, position }: BacktestView): boolean {
  const at = exit.triggeredAt ?? exit.at;
  const bounds = allowed(live.market, at);
  if (bounds === null) return false;
  const [low, high] = bounds.last;
  const { triggerPrice: bid = null } = exit;
  if (bid !== null && (bid < low * (1 - UNDER_THE_LOW) || bid > high)) return false;
  const fellTo = (level: number | null): boolean => level !== null && (bid ?? low) <= level * (1 + MARGIN);
  const { takeProfits, levelsTaken, peak, entryPrice } = live;
  const first = takeProfits[0];
  // stops never fall: where one ended is no lower than where it was hit
  const hit: Readonly<Record<string, () => boolean>> = {
    stop_loss: () => fellTo(live.stopPrice),
    break_even: () => fellTo(live.stopPrice),
    trailing_stop: () =>
      live.trailingStop === undefined
        ? peak !== null && peak >= entryPrice * (1 + position.trailFrom) * (1 - MARGIN) && fellTo(peak)
        : fellTo(live.trailingStop),
    take_profit: () => first !== undefined && (bid ?? high) >= first * (1 - MARGIN),
    trailing_take_profit: () =>
      levelsTaken >= takeProfits.length && fellTo(peak === null ? null : peak * (1 - position.peakDrop)),
    time_stop: () => position.timeStopMs !== null && at - live.openedAt >= position.timeStopMs,
  };
  // what the owner ordered, or what left the account, no price explains
  return Object.hasOwn(hit, exit.reason) && hit[exit.reason]!();
}
