import type { ExchangeSymbol } from './market.ts';
import { Decimal, ZERO } from './money.ts';
import type { Fill, TradeOrder } from './order.ts';

/** What one decided exit got against the price that triggered it. */
export interface ExitSlippage {
  readonly market: ExchangeSymbol;
  readonly positionId: string;
  readonly reason: string;
  /** when it was decided, market ms UTC */
  readonly triggeredAt: number;
  /** quote per base */
  readonly triggerPrice: Decimal;
  /** average over all that was sold for this decision, quote per base */
  readonly price: Decimal;
  /** how far that is under the trigger, as a fraction of it; below 0: it sold for more */
  readonly slippage: number;
  /** market ms until its last trade; the exchange may round to seconds, so ≥ 0 is all that is certain */
  readonly delayMs: number;
  /** the last step of the exit ladder that sold something, from 0 */
  readonly step: number;
}

/** Slippage of exits of one reason; fractions of the trigger price. */
export interface SlippageTally {
  readonly exits: number;
  readonly median: number;
  readonly worst: number;
  /** market ms */
  readonly medianDelayMs: number;
  readonly worstDelayMs: number;
  /** the furthest step of the exit ladder */
  readonly worstStep: number;
}

/**
 * Every exit that sold something, in the order they were decided. All orders of one decision count together: what the first step did
 * not sell, later ones sold for less.
 */
export function exitSlippages(orders: readonly TradeOrder[], fills: readonly Fill[]): readonly ExitSlippage[] {
  const fillsOf = Map.groupBy(fills, (fill) => fill.clientOrderId);
  const decisions = Map.groupBy(
    orders.filter((order) => order.trigger !== null && fillsOf.has(order.clientOrderId)),
    (order) => `${order.positionId} ${order.trigger!.at}`,
  );
  return [...decisions.values()]
    .map((sales) =>
      slippageOf(
        sales,
        sales.flatMap((order) => fillsOf.get(order.clientOrderId)!),
      ),
    )
    .sort((a, b) => a.triggeredAt - b.triggeredAt);
}

function slippageOf(sales: readonly TradeOrder[], fills: readonly Fill[]): ExitSlippage {
  const [{ market, positionId, reason, trigger }] = sales as [TradeOrder];
  const { price: triggerPrice, at: triggeredAt } = trigger!;
  const quantity = fills.reduce((sum, fill) => sum.plus(fill.quantity), ZERO);
  const price = fills.reduce((sum, fill) => sum.plus(fill.price.mul(fill.quantity)), ZERO).div(quantity);
  return {
    market,
    positionId,
    reason,
    triggeredAt,
    triggerPrice,
    price,
    slippage: new Decimal(1).minus(price.div(triggerPrice)).toNumber(),
    delayMs: Math.max(0, Math.max(...fills.map(({ at }) => at)) - triggeredAt),
    step: Math.max(...sales.map((order) => order.step)),
  };
}

export function slippageByReason(exits: readonly ExitSlippage[]): Readonly<Record<string, SlippageTally>> {
  const groups = [...Map.groupBy(exits, (exit) => exit.reason)].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    groups.map(([reason, rows]) => {
      const slippages = rows.map(({ slippage }) => slippage);
      const delays = rows.map(({ delayMs }) => delayMs);
      const tally: SlippageTally = {
        exits: rows.length,
        median: median(slippages),
        worst: Math.max(...slippages),
        medianDelayMs: median(delays),
        worstDelayMs: Math.max(...delays),
        worstStep: Math.max(...rows.map(({ step }) => step)),
      };
      return [reason, tally];
    }),
  );
}

/** @param values at least one */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
