import { Decimal, floorToStep, ZERO } from '@mexc-bot/core';
import type { Book } from './book.ts';
import type { ValidOrder } from './order-rules.ts';
import type { QuotedMarket } from './quotes.ts';

/** One execution, before fees. */
export interface Execution {
  readonly price: Decimal;
  readonly quantity: Decimal;
}

export interface TakerResult {
  readonly executions: readonly Execution[];
  /** base */
  readonly executed: Decimal;
  /** whether what is left stays in the book */
  readonly rests: boolean;
}

const NOTHING: TakerResult = { executions: [], executed: ZERO, rests: false };

/**
 * Lets an order meet the book: best level first, each at the level's own price, never beyond the order's limit.
 *
 * LIMIT rests with what is left; MARKET and IMMEDIATE_OR_CANCEL drop it; FILL_OR_KILL takes all or nothing; LIMIT_MAKER is
 * cancelled where it would take.
 */
export function matchOrder(
  order: Pick<ValidOrder, 'side' | 'type' | 'price' | 'quantity'>,
  market: QuotedMarket,
  book: Book,
): TakerResult {
  const buys = order.side === 'BUY';
  const executions: Execution[] = [];
  let left = order.quantity;
  for (const level of buys ? book.asks : book.bids) {
    const price = market.tickSize.mul(level.ticks);
    if (left.lte(0) || (buys ? price.gt(order.price) : price.lt(order.price))) break;
    const quantity = Decimal.min(left, market.stepSize.mul(level.steps));
    executions.push({ price, quantity });
    left = left.minus(quantity);
  }

  if (order.type === 'LIMIT_MAKER') return { ...NOTHING, rests: executions.length === 0 };
  if (order.type === 'FILL_OR_KILL' && left.gt(0)) return NOTHING;
  return { executions, executed: order.quantity.minus(left), rests: order.type === 'LIMIT' && left.gt(0) };
}

/** A fill that broke off: only a share of it happened. What is left is cancelled, or rests where it was a LIMIT order. */
export function takePart(
  result: TakerResult,
  { type }: Pick<ValidOrder, 'type'>,
  { stepSize }: QuotedMarket,
  { share, restCancelled }: { readonly share: number; readonly restCancelled: boolean },
): TakerResult {
  if (result.executed.isZero()) return result;
  if (type === 'FILL_OR_KILL') return NOTHING;
  let left = Decimal.max(stepSize, floorToStep(result.executed.mul(share), stepSize));
  const executions: Execution[] = [];
  for (const { price, quantity } of result.executions) {
    if (left.lte(0)) break;
    executions.push({ price, quantity: Decimal.min(left, quantity) });
    left = left.minus(quantity);
  }
  const executed = executions.reduce((sum, { quantity }) => sum.plus(quantity), ZERO);
  return { executions, executed, rests: type === 'LIMIT' && !restCancelled };
}
