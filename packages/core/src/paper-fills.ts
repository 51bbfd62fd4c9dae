import type { Depth, MarketRules } from './market.ts';
import { Decimal, floorToStep, ZERO } from './money.ts';
import type { ApprovedOrder } from './order.ts';

/** One level taken. */
export interface Execution {
  /** quote per base */
  readonly price: Decimal;
  /** base */
  readonly quantity: Decimal;
  /** quote: on top of a buy's notional, out of a sale's proceeds; price × quantity × taker fee rate, exact, not rounded */
  readonly fee: Decimal;
}

/** How far from the best price MEXC's market orders go before the rest is canceled. */
const MARKET_ORDER_CAP = 0.05;

/**
 * The worst price an order accepts: its limit, or ±5 % of the best price for a market order.
 *
 * @returns null for a market order on an empty side
 */
export function limitPrice(order: Pick<ApprovedOrder, 'side' | 'type' | 'price'>, depth: Depth): Decimal | null {
  if (order.type !== 'market') return order.price;
  const best = (order.side === 'buy' ? depth.asks : depth.bids)[0]?.price;
  if (best === undefined) return null;
  return best.mul(
    order.side === 'buy' ? new Decimal(1).plus(MARKET_ORDER_CAP) : new Decimal(1).minus(MARKET_ORDER_CAP),
  );
}

/**
 * What an immediate-or-cancel order takes from a book: level by level up to its limit, until its quantity or the book is used up.
 * Each level gives whole steps only.
 *
 * @returns best price first; empty where no level is within the limit
 */
export function walkDepth(
  order: Pick<ApprovedOrder, 'side' | 'type' | 'price' | 'quantity'>,
  depth: Depth,
  rules: Pick<MarketRules, 'stepSize' | 'takerFeeRate'>,
): readonly Execution[] {
  const limit = limitPrice(order, depth);
  if (limit === null) return [];
  const executions: Execution[] = [];
  let wanted = floorToStep(order.quantity, rules.stepSize);
  for (const level of order.side === 'buy' ? depth.asks : depth.bids) {
    const withinLimit = order.side === 'buy' ? level.price.lte(limit) : level.price.gte(limit);
    if (!withinLimit || wanted.lte(0)) break;
    const quantity = floorToStep(Decimal.min(wanted, level.quantity), rules.stepSize);
    if (quantity.lte(0)) continue;
    executions.push({ price: level.price, quantity, fee: level.price.mul(quantity).mul(rules.takerFeeRate) });
    wanted = wanted.minus(quantity);
  }
  return executions;
}

/** Base and quote that change hands; fee in quote. */
export interface ExecutionTotals {
  readonly quantity: Decimal;
  readonly notional: Decimal;
  readonly fee: Decimal;
}

export function totalsOf(executions: readonly Execution[]): ExecutionTotals {
  return executions.reduce(
    (sum, { price, quantity, fee }) => ({
      quantity: sum.quantity.plus(quantity),
      notional: sum.notional.plus(price.mul(quantity)),
      fee: sum.fee.plus(fee),
    }),
    { quantity: ZERO, notional: ZERO, fee: ZERO },
  );
}
