import { Decimal, floorToStep } from '@mexc-bot/core';
import { candleOver, tradedBefore } from './candle-series.ts';
import type { Execution } from './matching.ts';
import { isOpen, type SimOrder } from './order.ts';
import { MIN_NOTIONAL } from './order-rules.ts';
import type { QuotedMarket } from './quotes.ts';

/** Resting orders meet the market on this grid of market time, however often the exchange is asked. */
const RESTING_STEP_MS = 5_000;
/** Share of what trades beyond its price that an order gets: the rest was queued before it. */
const QUEUE_SHARE = 0.5;

export interface RestingInput {
  readonly orders: readonly SimOrder[];
  /** market time, ms; the stretch before it is settled */
  readonly from: number;
  readonly to: number;
  readonly marketOf: (order: SimOrder) => QuotedMarket;
  /** books the execution; it happened at `at` */
  readonly fill: (order: SimOrder, market: QuotedMarket, execution: Execution, at: number) => void;
}

/**
 * Fills resting orders at their own price from what trades beyond it: a touch is not enough, and nothing fills where nothing
 * trades.
 *
 * @returns up to where the market is settled now, a multiple of {@link RESTING_STEP_MS}
 */
export function fillResting({ orders, from, to, marketOf, fill }: RestingInput): number {
  const start = Math.floor(from / RESTING_STEP_MS) * RESTING_STEP_MS;
  const end = Math.floor(to / RESTING_STEP_MS) * RESTING_STEP_MS;
  if (end <= start) return start;

  const met = orders
    .map((order) => ({ order, market: marketOf(order) }))
    .filter(({ order, market }) => passes(order, market, start, end));
  if (met.length === 0) return end;
  for (let at = start; at < end; at += RESTING_STEP_MS) {
    for (const { order, market } of met) {
      if (isOpen(order)) step(order, market, at, at + RESTING_STEP_MS, fill);
    }
  }
  return end;
}

/** Whether the price goes beyond the order's within the stretch, counted from the order's own beginning. */
function passes(order: SimOrder, { series, listing }: QuotedMarket, from: number, to: number): boolean {
  const since = Math.max(from, order.time);
  if (since >= to) return false;
  const scale = 10 ** listing.priceDecimals;
  const limit = Math.round(order.price.toNumber() * scale);
  const { low, high } = candleOver(series, since, to);
  return order.side === 'BUY' ? Math.round(low * scale) < limit : Math.round(high * scale) > limit;
}

function step(order: SimOrder, market: QuotedMarket, from: number, to: number, fill: RestingInput['fill']): void {
  if (!passes(order, market, from, to)) return;
  const since = Math.max(from, order.time);
  const traded = tradedBefore(market.series, to).base - tradedBefore(market.series, since).base;
  order.passed += traded * QUEUE_SHARE;

  const left = order.quantity.minus(order.executed);
  const share = floorToStep(new Decimal(order.passed), market.stepSize);
  const quantity = Decimal.min(left, share);
  // no trades of a fraction of a cent: the share gathers until it is worth an order of its own
  const worthwhile = quantity.eq(left) || quantity.mul(order.price).gte(MIN_NOTIONAL);
  if (quantity.lte(0) || !worthwhile) return;
  order.passed -= quantity.toNumber();
  fill(order, market, { price: order.price, quantity }, to);
}
