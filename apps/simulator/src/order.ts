import type { Decimal } from '@mexc-bot/core';

export const ORDER_TYPES = ['LIMIT', 'MARKET', 'LIMIT_MAKER', 'IMMEDIATE_OR_CANCEL', 'FILL_OR_KILL'] as const;
export type SimOrderType = (typeof ORDER_TYPES)[number];
export type SimSide = 'BUY' | 'SELL';
export type SimOrderStatus = 'NEW' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED' | 'PARTIALLY_CANCELED';

/** An order as the exchange keeps it. */
export interface SimOrder {
  readonly orderId: string;
  readonly clientOrderId: string | null;
  readonly accountId: string;
  readonly symbol: string;
  readonly side: SimSide;
  readonly type: SimOrderType;
  /** the limit; of a MARKET order its cap, last ±5 % */
  readonly price: Decimal;
  /** base */
  readonly quantity: Decimal;
  /** market time, ms UTC */
  readonly time: number;
  updateTime: number;
  status: SimOrderStatus;
  /** base filled */
  executed: Decimal;
  /** quote filled */
  quoteExecuted: Decimal;
  /** still set aside for it: quote with fee for a buy, base for a sale */
  locked: Decimal;
  /** base the market traded beyond its price since it rests and that it has not taken part in yet */
  passed: number;
}

export interface SimTrade {
  readonly id: string;
  readonly orderId: string;
  readonly clientOrderId: string | null;
  readonly accountId: string;
  readonly symbol: string;
  readonly side: SimSide;
  readonly price: Decimal;
  /** base */
  readonly qty: Decimal;
  /** in `feeAsset` */
  readonly fee: Decimal;
  readonly feeAsset: string;
  readonly isMaker: boolean;
  /** market time, ms UTC */
  readonly time: number;
}

export const isOpen = ({ status }: SimOrder): boolean => status === 'NEW' || status === 'PARTIALLY_FILLED';
