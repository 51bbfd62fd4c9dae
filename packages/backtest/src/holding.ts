import {
  type ApprovedOrder,
  type ClosedPosition,
  type Decimal,
  type EntryPlan,
  type Execution,
  type ExecutionTotals,
  type Fill,
  floorToStep,
  type OpenPosition,
  openPosition,
  type PositionRules,
  type QuietBand,
  quietBand,
  type Regime,
} from '@mexc-bot/core';
import { type PreparedMarket, stopAtr } from './data.ts';
import type { BacktestSettings } from './options.ts';
import type { BacktestExit, BacktestExitReason, BacktestTrade } from './result.ts';

/** An approved buy that waits for the next candle. */
export interface PendingEntry {
  readonly market: PreparedMarket;
  readonly order: ApprovedOrder;
  readonly plan: EntryPlan;
  readonly regime: Regime;
  readonly decidedAt: number;
  /** last price then */
  readonly decisionPrice: number;
  /** its place among the kept decisions; −1: they are not kept */
  readonly decision: number;
}

/** An open position of a run, and what its trade will say. */
export interface Holding {
  position: OpenPosition;
  /** its quantity, for estimates */
  quantity: number;
  /** bids that change nothing; null: none are known to; undefined: not asked since the position changed */
  band: QuietBand | null | undefined;
  /** Highest bid at which what is pending could not be sold, since the position changed: the exchange's minimum; 0: none was. */
  refusedUpTo: number;
  /** grid row the position saw last */
  row: number;
  /** base its own orders took out of the candle of `row` */
  takenOfCandle: number;
  slippage: number;
  spreadCost: number;
  /** how long its market was blocked by what could not be sold, market ms */
  blockedMs: number;
  readonly id: number;
  readonly market: PreparedMarket;
  /** ATR ÷ close that its stop goes by, at each row */
  readonly stopAtr: Float64Array;
  /** price step, for quick comparisons */
  readonly tick: number;
  /** the exchange's, quote, for the same */
  readonly minNotional: number;
  readonly entry: PendingEntry;
  readonly exits: BacktestExit[];
  readonly stopPrice: number;
  readonly filledShare: number;
}

/** Executions as the fills the books take. */
export function fillsOf(
  order: Pick<ApprovedOrder, 'mode' | 'market' | 'side'>,
  executions: readonly Execution[],
  market: PreparedMarket,
  at: number,
  sequence: number,
): Fill[] {
  return executions.map(({ price, quantity, fee }, index) => ({
    price,
    quantity,
    fee,
    tradeId: `${sequence}-${index}`,
    clientOrderId: `${sequence}`,
    mode: order.mode,
    market: order.market,
    side: order.side,
    feeAsset: market.market.quote,
    at,
  }));
}

/** Books what a sale did to the trade's own account of itself. @param last the last price its trigger was seen at */
export function recordExit(
  holding: Holding,
  { quantity, notional, fee }: ExecutionTotals,
  exit: { readonly at: number; readonly reason: BacktestExitReason; readonly trigger: Decimal },
  last: number,
  halfSpread: number,
): void {
  const sold = quantity.toNumber();
  holding.slippage += last * sold - notional.toNumber();
  holding.spreadCost += halfSpread * last * sold;
  holding.exits.push({
    at: exit.at,
    reason: exit.reason,
    price: notional.div(quantity).toNumber(),
    quantity: sold,
    fee: fee.toNumber(),
    triggerPrice: exit.trigger.toNumber(),
  });
}

/** The trade of a position that is sold, or of which nothing more can be sold. */
export function tradeOf(
  holding: Holding,
  closed: ClosedPosition | OpenPosition,
  at: number,
  pnl: Decimal,
): BacktestTrade {
  const { entry, exits } = holding;
  const { bought, quantity, cost, proceeds, fees, entryPrice } = closed;
  const sold = bought.minus(quantity);
  const entryNumber = entryPrice.toNumber();
  return {
    id: holding.id,
    market: holding.market.market.id,
    strategy: closed.strategy,
    regime: entry.regime,
    confidence: closed.confidence,
    decidedAt: entry.decidedAt,
    openedAt: closed.openedAt,
    closedAt: at,
    decisionPrice: entry.decisionPrice,
    entryPrice: entryNumber,
    exitPrice: sold.gt(0) ? proceeds.div(sold).toNumber() : 0,
    quantity: bought.toNumber(),
    cost: cost.toNumber(),
    proceeds: proceeds.toNumber(),
    fees: fees.toNumber(),
    slippage: holding.slippage,
    spreadCost: holding.spreadCost,
    pnl: pnl.toNumber(),
    returnFraction: pnl.div(cost).toNumber(),
    exitReason: endingReason(exits) ?? (closed.state === 'closed' ? closed.closeReason : 'end_of_data'),
    exits,
    takeProfits: closed.takeProfits.map((multiple) => entryNumber * multiple),
    stopPrice: holding.stopPrice,
    peak: closed.peak.toNumber(),
    levelsTaken: closed.levelsTaken,
    filledShare: holding.filledShare,
  };
}

/** Of the last sale; where the end of the candles sold less than the exit before it did, of that one. */
function endingReason(exits: readonly BacktestExit[]): BacktestExitReason | undefined {
  const [before, last] = [exits.at(-2), exits.at(-1)];
  const isLeftOver = last?.reason === 'end_of_data' || last?.reason === 'delisted';
  return isLeftOver && before !== undefined && before.quantity > last.quantity ? before.reason : last?.reason;
}

/** What is left of a sale is worth less than the exchange's minimum at the close of a candle: no order can sell it. */
export function isRemnant({ position, market, quantity, minNotional }: Holding, row: number, keep: number): boolean {
  return position.pendingExit !== null && market.candles.close[row]! * keep * quantity < minNotional;
}

/** Whether a bid changes nothing, rounded down to the tick or not. */
export function isQuiet(holding: Holding, bid: number, at: number, rules: PositionRules): boolean {
  if (holding.band === undefined) holding.band = quietBand(holding.position, rules, holding.market.market.rules);
  const { band, tick } = holding;
  return band !== null && bid - tick > band.low && bid < band.high && at < band.until;
}

/**
 * Everything is being sold and the candle cannot take it: nothing was traded, or it is worth less than the exchange's minimum, as it
 * was at a higher bid than the candle's best.
 */
export function isStuck(holding: Holding, row: number, keep: number): boolean {
  const { position, market, quantity, minNotional, refusedUpTo } = holding;
  const { pendingExit } = position;
  if (pendingExit === null) return false;
  const best = market.candles.high[row]! * keep;
  if (!(best <= refusedUpTo || best * quantity < minNotional || market.candles.volume[row] === 0)) return false;
  return pendingExit.quantity.gte(floorToStep(position.quantity, market.market.rules.stepSize));
}

/** What was bought, as a position with its stop armed. The candle it was bought on is still to be walked through. */
export function openHolding(
  bought: {
    readonly entry: PendingEntry;
    readonly executions: readonly Execution[];
    readonly totals: ExecutionTotals;
    /** of the candle it was bought on */
    readonly row: number;
    /** half the spread then, fraction */
    readonly half: number;
    readonly id: number;
    readonly sequence: number;
  },
  { rules, stop, stopAtrPeriod }: BacktestSettings,
): Holding {
  const { entry, executions, totals, row, half, id, sequence } = bought;
  const { market, order, plan } = entry;
  const { candles } = market;
  const marketRules = market.market.rules;
  const { quantity, notional } = totals;
  const openedAt = candles.openTime[row]!;
  const position = openPosition({
    ...plan,
    id: String(id),
    mode: order.mode,
    market: order.market,
    fills: fillsOf(order, executions, market, openedAt, sequence),
    openedAt,
    table: rules.exits,
    stop,
    rules: marketRules,
  });
  const base = quantity.toNumber();
  return {
    position,
    quantity: position.quantity.toNumber(),
    band: undefined,
    refusedUpTo: 0,
    row: row - 1,
    takenOfCandle: 0,
    slippage: notional.toNumber() - entry.decisionPrice * base,
    spreadCost: half * candles.open[row]! * base,
    blockedMs: 0,
    id,
    market,
    stopAtr: stopAtr(market, stopAtrPeriod),
    tick: marketRules.tickSize.toNumber(),
    minNotional: marketRules.minNotional.toNumber(),
    entry,
    exits: [],
    stopPrice: position.hardStop.toNumber(),
    filledShare: quantity.div(order.quantity).toNumber(),
  };
}
