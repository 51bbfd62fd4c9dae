import {
  ASSUMED_TRADE,
  Decimal,
  type EntryPlan,
  type ExchangeSymbol,
  type Fill,
  isFinal,
  type Mode,
  mayBecome,
  type OrderState,
  type OrderType,
  type Side,
  type TradeOrder,
  ZERO,
} from '@mexc-bot/core';
import type { Database } from 'better-sqlite3';
import { type TradeColumns, tradeFromColumns, tradeToColumns } from './trade-columns.ts';

/** The order journal and the fills that belong to it. */
export interface OrderRepository {
  get(clientOrderId: string): TradeOrder | undefined;
  /** Orders without a final answer, oldest first. */
  unsettled(): readonly TradeOrder[];
  ofMode(mode: Mode): readonly TradeOrder[];
  ofMarket(mode: Mode, market: ExchangeSymbol): readonly TradeOrder[];
  /** Oldest first. */
  ofPosition(positionId: string): readonly TradeOrder[];
  /** Commits the intent, before anything is sent. Throws where the position or market has an unsettled order already. */
  intend(order: TradeOrder): void;
  /** Moves an order on; an illegal transition throws and changes nothing. */
  advance(
    clientOrderId: string,
    to: OrderState,
    change: { exchangeOrderId?: string; detail?: string; at: number },
  ): void;
  /**
   * Deletes the refusals of a position's orders that say the same, in the same words, as one before and one after them: a market that
   * is shut for weeks refuses every minute.
   *
   * @returns how many
   */
  thinRefusals(positionId: string, detail: string): number;
  /** @returns false when this trade was applied before */
  addFill(fill: Fill): boolean;
  /** Puts what the exchange lists in the place of an assumed fill; throws unless it is of the same quantity. */
  settleFill(assumed: Fill, listed: readonly Fill[]): void;
  /** Orders with a fill that is only assumed, oldest first. */
  assumed(): readonly TradeOrder[];
  fills(clientOrderId: string): readonly Fill[];
  fillsOfMode(mode: Mode): readonly Fill[];
}

interface OrderRow {
  client_order_id: string;
  mode: string;
  market: string;
  side: string;
  type: string;
  price: string;
  quantity: string;
  reason: string;
  position_id: string;
  state: string;
  exchange_order_id: string | null;
  filled: string;
  created_at: number;
  updated_at: number;
  created_wall_at: number;
  detail: string | null;
  entry: string | null;
  step: number;
  trigger_price: string | null;
  triggered_at: number | null;
}

interface FillRow extends TradeColumns {
  mode: string;
  client_order_id: string;
}

export function createOrders(db: Database): OrderRepository {
  const byId = db.prepare<[string], OrderRow>('SELECT * FROM trade_order WHERE client_order_id = ?');
  const unsettled = db.prepare<[], OrderRow>(
    "SELECT * FROM trade_order WHERE state IN ('intended', 'unknown', 'accepted') ORDER BY created_at, client_order_id",
  );
  const ofMode = db.prepare<[string], OrderRow>(
    'SELECT * FROM trade_order WHERE mode = ? ORDER BY created_at, client_order_id',
  );
  const ofMarket = db.prepare<[string, string], OrderRow>(
    'SELECT * FROM trade_order WHERE mode = ? AND market = ? ORDER BY created_at, client_order_id',
  );
  const ofPosition = db.prepare<[string], OrderRow>(
    'SELECT * FROM trade_order WHERE position_id = ? ORDER BY created_at, client_order_id',
  );
  const insert = db.prepare(`
    INSERT INTO trade_order (client_order_id, mode, market, side, type, price, quantity, reason, position_id, state,
      exchange_order_id, filled, created_at, updated_at, created_wall_at, detail, entry, step, trigger_price, triggered_at)
    VALUES (@client_order_id, @mode, @market, @side, @type, @price, @quantity, @reason, @position_id, @state,
      @exchange_order_id, @filled, @created_at, @updated_at, @created_wall_at, @detail, @entry, @step, @trigger_price, @triggered_at)`);
  const update = db.prepare<[string, string | null, string | null, number, string]>(`
    UPDATE trade_order SET state = ?, exchange_order_id = coalesce(?, exchange_order_id), detail = coalesce(?, detail),
      updated_at = ? WHERE client_order_id = ?`);
  const sameRefusals = db
    .prepare<[string, string], string>(`
      SELECT client_order_id FROM trade_order WHERE position_id = ? AND state = 'rejected' AND detail = ?
      ORDER BY created_at, client_order_id`)
    .pluck();
  const deleteOrder = db.prepare<[string]>('DELETE FROM trade_order WHERE client_order_id = ?');
  const insertFill = db.prepare(`
    INSERT INTO fill (mode, market, trade_id, client_order_id, side, price, quantity, fee, fee_asset, at)
    VALUES (@mode, @market, @trade_id, @client_order_id, @side, @price, @quantity, @fee, @fee_asset, @at)
    ON CONFLICT (mode, market, trade_id) DO NOTHING`);
  const setFilled = db.prepare<[string, string]>('UPDATE trade_order SET filled = ? WHERE client_order_id = ?');
  const fillsOf = db.prepare<[string], FillRow>('SELECT * FROM fill WHERE client_order_id = ? ORDER BY at, trade_id');
  const deleteFill = db.prepare<[string, string, string]>(
    'DELETE FROM fill WHERE mode = ? AND market = ? AND trade_id = ?',
  );
  const assumed = db.prepare<[string], OrderRow>(`
    SELECT * FROM trade_order WHERE client_order_id IN (SELECT client_order_id FROM fill WHERE trade_id GLOB ?)
    ORDER BY created_at, client_order_id`);
  const fillsOfMode = db.prepare<[string], FillRow>('SELECT * FROM fill WHERE mode = ? ORDER BY at, trade_id');

  const existing = (clientOrderId: string): TradeOrder => {
    const row = byId.get(clientOrderId);
    if (!row) throw new RangeError(`order ${clientOrderId} is not in the journal`);
    return toOrder(row);
  };

  const advance = db.transaction(
    (id: string, to: OrderState, change: { exchangeOrderId?: string; detail?: string; at: number }) => {
      const { state } = existing(id);
      if (state !== to && !mayBecome(state, to)) throw new RangeError(`order ${id} cannot go from ${state} to ${to}`);
      update.run(to, change.exchangeOrderId ?? null, change.detail ?? null, change.at, id);
    },
  );

  const thinRefusals = db.transaction((positionId: string, detail: string): number => {
    const between = (sameRefusals.all(positionId, detail) as string[]).slice(1, -1);
    for (const id of between) deleteOrder.run(id);
    return between.length;
  });

  const addFill = db.transaction((fill: Fill): boolean => {
    if (insertFill.run(fillToRow(fill)).changes === 0) return false;
    const order = existing(fill.clientOrderId);
    const filled = order.filled.plus(fill.quantity);
    if (isFinal(order.state))
      throw new RangeError(`order ${order.clientOrderId} is ${order.state}; trade ${fill.tradeId} comes after its end`);
    if (filled.gt(order.quantity))
      throw new RangeError(`trade ${fill.tradeId} fills order ${order.clientOrderId} beyond its quantity`);
    setFilled.run(filled.toString(), fill.clientOrderId);
    return true;
  });

  const settleFill = db.transaction((instead: Fill, listed: readonly Fill[]): void => {
    const { mode, market, tradeId, clientOrderId } = instead;
    if (deleteFill.run(mode, market, tradeId).changes === 0) throw new RangeError(`trade ${tradeId} is not booked`);
    const quantity = listed.reduce((total, fill) => total.plus(fill.quantity), ZERO);
    if (!quantity.eq(instead.quantity))
      throw new RangeError(`${quantity} listed for order ${clientOrderId}, ${instead.quantity} assumed`);
    for (const fill of listed) {
      if (insertFill.run(fillToRow(fill)).changes === 0)
        throw new RangeError(`trade ${fill.tradeId} is booked already`);
    }
  });

  return {
    get: (id) => {
      const row = byId.get(id);
      return row && toOrder(row);
    },
    unsettled: () => unsettled.all().map(toOrder),
    ofMode: (mode) => ofMode.all(mode).map(toOrder),
    ofMarket: (mode, market) => ofMarket.all(mode, market).map(toOrder),
    ofPosition: (positionId) => ofPosition.all(positionId).map(toOrder),
    intend: (order) => {
      insert.run(orderToRow(order));
    },
    advance: (id, to, change) => advance.immediate(id, to, change),
    thinRefusals: (positionId, detail) => thinRefusals.immediate(positionId, detail),
    addFill: (fill) => addFill.immediate(fill),
    settleFill: (instead, listed) => settleFill.immediate(instead, listed),
    assumed: () => assumed.all(`${ASSUMED_TRADE}*`).map(toOrder),
    fills: (id) => fillsOf.all(id).map(toFill),
    fillsOfMode: (mode) => fillsOfMode.all(mode).map(toFill),
  };
}

function orderToRow(order: TradeOrder): OrderRow {
  return {
    client_order_id: order.clientOrderId,
    mode: order.mode,
    market: order.market,
    side: order.side,
    type: order.type,
    price: order.price.toString(),
    quantity: order.quantity.toString(),
    reason: order.reason,
    position_id: order.positionId,
    state: order.state,
    exchange_order_id: order.exchangeOrderId,
    filled: order.filled.toString(),
    created_at: order.createdAt,
    updated_at: order.updatedAt,
    created_wall_at: order.createdWallAt,
    detail: order.detail,
    entry: order.entry && JSON.stringify(order.entry),
    step: order.step,
    trigger_price: order.trigger?.price.toString() ?? null,
    triggered_at: order.trigger?.at ?? null,
  };
}

function toOrder(row: OrderRow): TradeOrder {
  return {
    clientOrderId: row.client_order_id,
    mode: row.mode as Mode,
    market: row.market,
    side: row.side as Side,
    type: row.type as OrderType,
    price: new Decimal(row.price),
    quantity: new Decimal(row.quantity),
    reason: row.reason,
    positionId: row.position_id,
    entry: row.entry === null ? null : toEntryPlan(row.entry),
    trigger:
      row.trigger_price === null || row.triggered_at === null
        ? null
        : { price: new Decimal(row.trigger_price), at: row.triggered_at },
    step: row.step,
    state: row.state as OrderState,
    exchangeOrderId: row.exchange_order_id,
    filled: new Decimal(row.filled),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    createdWallAt: row.created_wall_at,
    detail: row.detail,
  };
}

/** JSON has no NaN: an unknown ATR is stored as null. */
function toEntryPlan(json: string): EntryPlan {
  const plan = JSON.parse(json) as Omit<EntryPlan, 'atrFraction'> & { atrFraction: number | null };
  return { ...plan, atrFraction: plan.atrFraction ?? Number.NaN };
}

const fillToRow = (fill: Fill): FillRow => ({
  ...tradeToColumns(fill),
  mode: fill.mode,
  client_order_id: fill.clientOrderId,
});

const toFill = (row: FillRow): Fill => ({
  ...tradeFromColumns(row),
  mode: row.mode as Mode,
  clientOrderId: row.client_order_id,
});
