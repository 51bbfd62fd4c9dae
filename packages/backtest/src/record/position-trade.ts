import { type ClosedPosition, type Fill, realisedPnl, type TradeOrder } from '@mexc-bot/core';
import type { RecordedExit, RecordedTrade } from './trading-record.ts';

/** What was known when a position was decided. */
export interface EntryDecision {
  /** last price, quote per base */
  readonly price: number;
  /** (ask − bid) ÷ mid; null: not kept */
  readonly spread: number | null;
  /** null: not kept */
  readonly regime: string | null;
}

/** An order that executed something. */
export interface Execution {
  readonly order: TradeOrder;
  readonly fills: readonly Fill[];
}

/** A closed position of the books as a trade of a record. */
export function tradeOf(
  id: number,
  position: ClosedPosition,
  executions: readonly Execution[],
  decisionOf: (positionId: string) => EntryDecision | null,
): RecordedTrade {
  const buys = executions.filter(({ order }) => order.side === 'buy');
  const sales = executions.filter(({ order }) => order.side === 'sell');
  const decision = decisionOf(position.id);
  const exits = sales.map(exitOf);
  const sold = exits.reduce((sum, { quantity }) => sum + quantity, 0);
  const [cost, proceeds, pnl] = [position.cost, position.proceeds, realisedPnl(position)].map((sum) =>
    sum.toNumber(),
  ) as [number, number, number];
  const spreadCost = decision?.spread == null ? null : (decision.spread / 2) * (cost + proceeds);
  return {
    id,
    market: position.market,
    strategy: position.strategy,
    regime: decision?.regime ?? 'unknown',
    confidence: position.confidence,
    openedAt: position.openedAt,
    closedAt: position.closedAt,
    decisionPrice: decision?.price ?? null,
    entryPrice: position.entryPrice.toNumber(),
    exitPrice: sold === 0 ? 0 : proceeds / sold,
    quantity: position.bought.toNumber(),
    cost,
    proceeds,
    fees: position.fees.toNumber(),
    slippage: slippageOf(buys, sales, decision),
    spreadCost,
    pnl,
    returnFraction: cost === 0 ? 0 : pnl / cost,
    exitReason: position.closeReason,
    exits,
    takeProfits: position.takeProfits.map((multiple) => position.entryPrice.mul(multiple).toNumber()),
    stopPrice: position.hardStop.toNumber(),
    trailingStop: position.trailingStop?.toNumber() ?? null,
    peak: position.peak.toNumber(),
    levelsTaken: position.levelsTaken,
  };
}

function exitOf({ order, fills }: Execution): RecordedExit {
  const { quantity, notional } = summed(fills);
  return {
    at: Math.max(...fills.map(({ at }) => at)),
    reason: order.reason,
    price: notional / quantity,
    quantity,
    ...(order.trigger !== null && { triggerPrice: order.trigger.price.toNumber(), triggeredAt: order.trigger.at }),
  };
}

function summed(fills: readonly Fill[]) {
  return {
    quantity: fills.reduce((sum, fill) => sum + fill.quantity.toNumber(), 0),
    notional: fills.reduce((sum, fill) => sum + fill.price.mul(fill.quantity).toNumber(), 0),
  };
}

/**
 * Against the last price at each decision. A sale is decided on the bid, which is half a spread under that: the half belongs to the
 * slippage as well.
 */
function slippageOf(
  buys: readonly Execution[],
  sales: readonly Execution[],
  decision: EntryDecision | null,
): number | null {
  if (decision === null || buys.length === 0) return null;
  const bought = summed(buys.flatMap(({ fills }) => fills));
  let slippage = bought.notional - bought.quantity * decision.price;
  for (const { order, fills } of sales) {
    if (order.trigger === null) return null;
    const { quantity, notional } = summed(fills);
    slippage += quantity * order.trigger.price.toNumber() - notional + ((decision.spread ?? 0) / 2) * notional;
  }
  return slippage;
}
