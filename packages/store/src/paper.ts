import {
  Decimal,
  type ExchangeSymbol,
  type OrderReport,
  type PaperAccount,
  type PaperBook,
  type PaperSettlement,
  type Side,
  type TradeReport,
} from '@mexc-bot/core';
import type { Database } from 'better-sqlite3';
import { type TradeColumns, tradeFromColumns, tradeToColumns } from './trade-columns.ts';

interface OrderRow {
  client_order_id: string;
  exchange_order_id: string;
  market: string;
  side: string;
  state: string;
  quantity: string;
  filled: string;
}

interface TradeRow extends TradeColumns {
  exchange_order_id: string;
}

/** The paper account of test mode: balances, orders and trades, changed together. */
export function createPaperBook(db: Database): PaperBook & { deposit(asset: string, quantity: Decimal): void } {
  const balances = db.prepare<[], { asset: string; quantity: string }>('SELECT * FROM paper_balance');
  const setBalance = db.prepare<[string, string]>(
    'INSERT INTO paper_balance (asset, quantity) VALUES (?, ?) ON CONFLICT (asset) DO UPDATE SET quantity = excluded.quantity',
  );
  const deposit = db.prepare<[string, string]>(
    'INSERT INTO paper_balance (asset, quantity) VALUES (?, ?) ON CONFLICT (asset) DO NOTHING',
  );
  const insertOrder = db.prepare(`
    INSERT INTO paper_order (client_order_id, exchange_order_id, market, side, state, quantity, filled)
    VALUES (@client_order_id, @exchange_order_id, @market, @side, @state, @quantity, @filled)`);
  const insertTrade = db.prepare(`
    INSERT INTO paper_trade (trade_id, exchange_order_id, market, side, price, quantity, fee, fee_asset, at)
    VALUES (@trade_id, @exchange_order_id, @market, @side, @price, @quantity, @fee, @fee_asset, @at)`);
  const selectOrder = db.prepare<[string, string], OrderRow>(
    'SELECT * FROM paper_order WHERE market = ? AND client_order_id = ?',
  );
  const selectTrades = db.prepare<[string, string], TradeRow>(
    'SELECT * FROM paper_trade WHERE market = ? AND exchange_order_id = ? ORDER BY at, trade_id',
  );

  const selectMarketOrders = db.prepare<[string], OrderRow>(
    'SELECT * FROM paper_order WHERE market = ? ORDER BY exchange_order_id',
  );
  const selectMarketTrades = db.prepare<[string], TradeRow>(
    'SELECT * FROM paper_trade WHERE market = ? ORDER BY at, trade_id',
  );

  const account = (): PaperAccount => new Map(balances.all().map((row) => [row.asset, new Decimal(row.quantity)]));

  const settle = db.transaction((decide: (account: PaperAccount) => PaperSettlement | null): PaperSettlement | null => {
    const settlement = decide(account());
    if (settlement === null) return null;
    for (const [asset, quantity] of settlement.account) {
      if (quantity.lt(0)) throw new RangeError(`the paper account would hold ${quantity} ${asset}`);
      setBalance.run(asset, quantity.toString());
    }
    insertOrder.run(orderToRow(settlement.order));
    for (const trade of settlement.trades) insertTrade.run(tradeToRow(trade));
    return settlement;
  });

  return {
    account,
    settle: (decide) => settle.immediate(decide),
    findOrder: (market: ExchangeSymbol, clientOrderId) => {
      const row = selectOrder.get(market, clientOrderId);
      return row ? toOrder(row) : null;
    },
    orderTrades: (market, exchangeOrderId) => selectTrades.all(market, exchangeOrderId).map(toTrade),
    marketOrders: (market) => selectMarketOrders.all(market).map(toOrder),
    marketTrades: (market) => selectMarketTrades.all(market).map(toTrade),
    /** The opening balance; does nothing where the account has the asset already. */
    deposit: (asset, quantity) => {
      deposit.run(asset, quantity.toString());
    },
  };
}

function orderToRow(order: OrderReport): OrderRow {
  if (order.clientOrderId === null) throw new RangeError('a paper order has a client order id');
  return {
    client_order_id: order.clientOrderId,
    exchange_order_id: order.exchangeOrderId,
    market: order.market,
    side: order.side,
    state: order.state,
    quantity: order.quantity.toString(),
    filled: order.filled.toString(),
  };
}

function toOrder(row: OrderRow): OrderReport {
  return {
    clientOrderId: row.client_order_id,
    exchangeOrderId: row.exchange_order_id,
    market: row.market,
    side: row.side as Side,
    state: row.state as OrderReport['state'],
    quantity: new Decimal(row.quantity),
    filled: new Decimal(row.filled),
  };
}

const tradeToRow = (trade: TradeReport): TradeRow => ({
  ...tradeToColumns(trade),
  exchange_order_id: trade.exchangeOrderId,
});

const toTrade = (row: TradeRow): TradeReport => ({
  ...tradeFromColumns(row),
  exchangeOrderId: row.exchange_order_id,
});
