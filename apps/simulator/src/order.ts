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
  /** nobody finds, lists or cancels it before, ms UTC */
  visibleAt?: number;
  /** what the exchange shows in place of the client order id it lost; it finds nothing by it any more */
  lostClientId?: null | '';
  /** it has not met the book yet and will only then, ms UTC */
  matchAt?: number | undefined;
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

/** Coins that came or went without a trade: a deposit, a withdrawal, a coin's new name. */
export interface Adjustment {
  /** market time, ms UTC */
  readonly time: number;
  readonly accountId: string;
  readonly asset: string;
  /** below 0: taken away */
  readonly amount: Decimal;
  readonly reason: string;
}

export const isOpen = ({ status }: SimOrder): boolean => status === 'NEW' || status === 'PARTIALLY_FILLED';

/** Whether anybody is shown it yet. */
export const isVisible = ({ visibleAt }: SimOrder, now: number): boolean => visibleAt === undefined || now >= visibleAt;
