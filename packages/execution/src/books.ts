import {
  applyExitFill,
  assumedFill,
  closeIfDone,
  type EntryPlan,
  type Fill,
  type Market,
  type MarketRules,
  type OpenPosition,
  type OrderReport,
  openPosition,
  type Position,
  realisedPnl,
  type TradeOrder,
  type TradeReport,
} from '@mexc-bot/core';
import type { Store } from '@mexc-bot/store';
import { tradeNews } from './trade-alerts.ts';

/** How a bought position is opened: core's table and stop settings, as `openPosition` takes them. */
export type EntryRules = Pick<Parameters<typeof openPosition>[0], 'table' | 'stop'>;

/** What the books say after a settlement. */
export interface Settled {
  readonly order: TradeOrder;
  readonly position: Position | null;
  /** trades that were not known before */
  readonly newFills: readonly Fill[];
}

/** When something is booked, market and wall ms UTC, and by which process. */
export interface BookedAt {
  readonly market: number;
  readonly wall: number;
  readonly source: string;
}

/**
 * Books what the exchange reports of one order: each trade once, the order's state, the position it opens or reduces, the
 * activity row and what the owner is told, all in one transaction. Calling it again with the same report changes nothing.
 *
 * An order whose trades do not yet add up to what it filled stays unsettled: the list of trades lags behind.
 *
 * @param trust take the order's own word for what it filled where no trade is listed; it is assumed until they are
 */
export function bookReport(
  store: Store,
  clientOrderId: string,
  report: OrderReport,
  trades: readonly TradeReport[],
  market: Market,
  entryRules: EntryRules,
  at: BookedAt,
  trust = false,
): Settled {
  const { rules } = market;
  return store.write(() => {
    let order = existing(store, clientOrderId);
    if (order.state === 'filled' || order.state === 'canceled') return { order, position: null, newFills: [] };
    if (order.state !== 'accepted') {
      store.orders.advance(clientOrderId, 'accepted', { exchangeOrderId: report.exchangeOrderId, at: at.market });
    }

    const earlier = store.orders.fills(clientOrderId);
    const newFills = trades.map((trade) => toFill(order, trade)).filter((fill) => store.orders.addFill(fill));
    order = existing(store, clientOrderId);
    if (trust && report.state !== 'open' && order.filled.lt(report.filled)) {
      const assumed = assumedFill(order, report, store.orders.fills(clientOrderId), market, at.market);
      store.orders.addFill(assumed);
      newFills.push(assumed);
      order = existing(store, clientOrderId);
      tellAssumed(store, order, assumed, at);
    }
    const held = order.side === 'sell' ? bookExitFills(store, order, newFills, earlier, rules) : null;
    let position: Position | null = held;

    const complete = report.state !== 'open' && order.filled.gte(report.filled);
    if (complete) {
      store.orders.advance(clientOrderId, report.state === 'filled' ? 'filled' : 'canceled', { at: at.market });
      if (order.side === 'buy') position = openFrom(store, order, rules, entryRules, at.market);
      else if (held !== null) position = closeIfDone(held, rules, at.market);
    }
    if (position !== null) store.positions.save(position);
    // whoever learns it: the scan that sent the order, or, after a crash or a late answer, whoever looked it up
    if (position !== null && order.side === 'buy') store.candidates.markBought(position.id);

    order = existing(store, clientOrderId);
    recordActivity(store, order, position, newFills, complete, at);
    if (complete) tell(store, order, position, at);
    return { order, position, newFills };
  });
}

/** Of what is told of an order: when, where and by whom. */
export const stamp = ({ mode, market, positionId }: TradeOrder, at: BookedAt) => ({
  mode,
  at: at.market,
  wallAt: at.wall,
  source: at.source,
  market,
  positionId,
});

function tellAssumed(store: Store, order: TradeOrder, assumed: Fill, at: BookedAt): void {
  const { clientOrderId, side } = order;
  const detail = { order: clientOrderId, side, quantity: assumed.quantity, price: assumed.price };
  store.alerts.addNews({ ...stamp(order, at), rank: 'alarm', kind: 'trades_missing', detail });
}

function existing(store: Store, clientOrderId: string): TradeOrder {
  const order = store.orders.get(clientOrderId);
  if (!order) throw new RangeError(`order ${clientOrderId} is not in the journal`);
  return order;
}

export function toFill(order: TradeOrder, trade: TradeReport): Fill {
  return {
    tradeId: trade.tradeId,
    clientOrderId: order.clientOrderId,
    mode: order.mode,
    market: order.market,
    side: order.side,
    price: trade.price,
    quantity: trade.quantity,
    fee: trade.fee,
    feeAsset: trade.feeAsset,
    at: trade.at,
  };
}

function bookExitFills(
  store: Store,
  order: TradeOrder,
  fills: readonly Fill[],
  earlier: readonly Fill[],
  rules: MarketRules,
): OpenPosition {
  const position = store.positions.get(order.positionId);
  if (position?.state !== 'open')
    throw new RangeError(`order ${order.clientOrderId} sells position ${order.positionId}, which is not open`);
  return fills.reduce(
    (held, fill, index) => applyExitFill(held, fill, rules, [...earlier, ...fills.slice(0, index)]),
    position,
  );
}

function openFrom(
  store: Store,
  order: TradeOrder,
  rules: MarketRules,
  entryRules: EntryRules,
  at: number,
): Position | null {
  const fills = store.orders.fills(order.clientOrderId);
  if (fills.length === 0) return null;
  const plan: EntryPlan | null = order.entry;
  if (plan === null) throw new RangeError(`buy ${order.clientOrderId} has no entry plan`);
  const position = openPosition({
    id: order.positionId,
    mode: order.mode,
    market: order.market,
    ...plan,
    fills,
    openedAt: fills[0]!.at,
    ...entryRules,
    rules,
  });
  // a fee taken in the coin may leave less than can ever be sold
  return closeIfDone(position, rules, at);
}

/** In the transaction of the books: what was traded is told, whatever happens next. */
function tell(store: Store, order: TradeOrder, position: Position | null, at: BookedAt): void {
  const news = tradeNews(order, store.orders.fills(order.clientOrderId), position);
  if (news === null) return;
  store.alerts.add({ ...news, ...stamp(order, at) });
}

function recordActivity(
  store: Store,
  order: TradeOrder,
  position: Position | null,
  newFills: readonly Fill[],
  complete: boolean,
  at: BookedAt,
): void {
  const say = (kind: string, detail: Record<string, unknown>) =>
    store.activity.add({
      ...stamp(order, at),
      kind,
      detail: { order: order.clientOrderId, reason: order.reason, ...detail },
    });

  if (order.side === 'buy') {
    if (!complete) return;
    if (position === null) say('buy_unfilled', { price: order.price });
    else
      say('bought', {
        price: position.entryPrice,
        quantity: position.bought,
        cost: position.cost,
        stop: position.hardStop,
      });
    return;
  }
  for (const fill of newFills)
    say('sold', { price: fill.price, quantity: fill.quantity, fee: fill.fee, feeAsset: fill.feeAsset });
  if (position?.state === 'closed')
    say('closed', { reason: position.closeReason, pnl: realisedPnl(position), dust: position.dust });
}
