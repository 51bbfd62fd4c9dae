import { Decimal, type Fill, type Side } from '@mexc-bot/core';

/** What every table of trades has, whoever's order a trade belongs to. */
export interface TradeColumns {
  trade_id: string;
  market: string;
  side: string;
  price: string;
  quantity: string;
  fee: string;
  fee_asset: string;
  at: number;
}

type Trade = Pick<Fill, 'tradeId' | 'market' | 'side' | 'price' | 'quantity' | 'fee' | 'feeAsset' | 'at'>;

export const tradeToColumns = (trade: Trade): TradeColumns => ({
  trade_id: trade.tradeId,
  market: trade.market,
  side: trade.side,
  price: trade.price.toString(),
  quantity: trade.quantity.toString(),
  fee: trade.fee.toString(),
  fee_asset: trade.feeAsset,
  at: trade.at,
});

export const tradeFromColumns = (row: TradeColumns): Trade => ({
  tradeId: row.trade_id,
  market: row.market,
  side: row.side as Side,
  price: new Decimal(row.price),
  quantity: new Decimal(row.quantity),
  fee: new Decimal(row.fee),
  feeAsset: row.fee_asset,
  at: row.at,
});
