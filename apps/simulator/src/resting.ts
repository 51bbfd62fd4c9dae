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
  /** undefined: the market is halted or gone, and its orders rest */
  readonly marketOf: (order: SimOrder) => QuotedMarket | undefined;
  /** books the execution; it happened at `at` */
  readonly fill: (order: SimOrder, market: QuotedMarket, execution: Execution, at: number) => void;
}

/**
 * Fills resting orders at their own price from what trades beyond it: a touch is not enough, and nothing fills where nothing
 * trades. Orders of one side of a market queue by price, then time, for a share of that volume; each unit fills one of them.
 *
 * @returns up to where the market is settled now, a multiple of {@link RESTING_STEP_MS}
 */
export function fillResting({ orders, from, to, marketOf, fill }: RestingInput): number {
  const start = Math.floor(from / RESTING_STEP_MS) * RESTING_STEP_MS;
  const end = Math.floor(to / RESTING_STEP_MS) * RESTING_STEP_MS;
  if (end <= start) return start;

  const met = orders
    .flatMap((order) => {
      const market = marketOf(order);
      return market && passes(order, market, start, end) ? [{ order, market }] : [];
    })
    .sort((a, b) => priority(a.order, b.order));
  if (met.length === 0) return end;
  for (let at = start; at < end; at += RESTING_STEP_MS) {
    const taken = new Map<string, number>();
    for (const { order, market } of met) {
      if (!isOpen(order)) continue;
      const queue = `${order.symbol}/${order.side}`;
      const before = taken.get(queue) ?? 0;
      taken.set(queue, before + step(order, market, at, at + RESTING_STEP_MS, before, fill));
    }
  }
  return end;
}

/** Better prices first; orders come in the order of their time, and a stable sort leaves equals in it. */
function priority(a: SimOrder, b: SimOrder): number {
  return a.side === b.side ? (a.side === 'BUY' ? b.price.cmp(a.price) : a.price.cmp(b.price)) : 0;
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

/**
 * @param taken base of this step that orders before it in the queue had
 * @returns base of this step that the order had
 */
function step(
  order: SimOrder,
  market: QuotedMarket,
  from: number,
  to: number,
  taken: number,
  fill: RestingInput['fill'],
): number {
  if (!passes(order, market, from, to)) return 0;
  const since = Math.max(from, order.time);
  const traded = tradedBefore(market.series, to).base - tradedBefore(market.series, since).base;
  const left = order.quantity.minus(order.executed);
  // a step more than is left: a float just below the quantity must not leave the last step unfilled for ever
  const wanted = Math.max(0, left.plus(market.stepSize).toNumber() - order.passed);
  const share = Math.min(wanted, Math.max(0, traded * QUEUE_SHARE - taken));
  order.passed += share;

  const quantity = Decimal.min(left, floorToStep(new Decimal(order.passed), market.stepSize));
  // no trades of a fraction of a cent: the share gathers until it is worth an order of its own
  const worthwhile = quantity.eq(left) || quantity.mul(order.price).gte(MIN_NOTIONAL);
  if (quantity.lte(0) || !worthwhile) return share;
  order.passed -= quantity.toNumber();
  fill(order, market, { price: order.price, quantity }, to);
  return share;
}
