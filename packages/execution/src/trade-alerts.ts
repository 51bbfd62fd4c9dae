import {
  type ClosedPosition,
  Decimal,
  effectiveStop,
  type Fill,
  type OpenPosition,
  type Position,
  realisedPnl,
  type TradeOrder,
  ZERO,
} from '@mexc-bot/core';
import type { AlertRow } from '@mexc-bot/store';

/** What happened to a trade, as the owner is told: rank, kind and figures. */
type News = Pick<AlertRow, 'rank' | 'kind' | 'detail'>;

/**
 * What a finished order means to the owner: a purchase, a part of a position sold, its end. All of it is money.
 *
 * @param fills all of the order
 * @param position as the order left it
 * @returns null where nothing was traded
 */
export function tradeNews(order: TradeOrder, fills: readonly Fill[], position: Position | null): News | null {
  if (position === null || fills.length === 0) return null;
  if (position.state === 'closed') return closedNews(position, averagePrice(fills));
  return order.side === 'buy' ? boughtNews(position) : soldNews(order, fills, position);
}

/** @param price average of the last sale; null where the rest was too little for one */
export function closedNews(position: ClosedPosition, price: Decimal | null): News {
  const pnl = realisedPnl(position);
  return {
    rank: 'money',
    kind: 'closed',
    detail: {
      reason: position.closeReason,
      strategy: position.strategy,
      price,
      pnl,
      return: pnl.div(position.cost).toNumber(),
      heldMs: position.closedAt - position.openedAt,
    },
  };
}

function boughtNews(position: OpenPosition): News {
  const { entryPrice, takeProfits, bought, cost, strategy, confidence } = position;
  const stop = effectiveStop(position);
  return {
    rank: 'money',
    kind: 'bought',
    detail: {
      strategy,
      confidence,
      price: entryPrice,
      quantity: bought,
      cost,
      stop,
      levels: takeProfits.map((multiple) => entryPrice.mul(multiple)),
      risk: Decimal.max(ZERO, entryPrice.minus(stop).mul(bought)),
    },
  };
}

function soldNews(order: TradeOrder, fills: readonly Fill[], position: OpenPosition): News {
  return {
    rank: 'money',
    kind: order.reason === 'take_profit' ? 'level_hit' : 'sold',
    detail: {
      reason: order.reason,
      price: averagePrice(fills),
      quantity: sum(fills, (fill) => fill.quantity),
      left: position.quantity,
      levelsTaken: position.levelsTaken,
      levels: position.takeProfits.length,
      pnl: realisedPnl(position),
    },
  };
}

const sum = (fills: readonly Fill[], of: (fill: Fill) => Decimal): Decimal =>
  fills.reduce((total, fill) => total.plus(of(fill)), ZERO);

const averagePrice = (fills: readonly Fill[]): Decimal =>
  sum(fills, (fill) => fill.price.mul(fill.quantity)).div(sum(fills, (fill) => fill.quantity));
