import type { ExchangeSymbol, Mode, OrderType } from './market.ts';
import type { Decimal, Side } from './money.ts';
import type { Strategy } from './strategy-name.ts';

/**
 * Life of an order in the journal.
 *
 * - `intended`: committed, perhaps sent, perhaps not: after a crash it is treated as `unknown`
 * - `unknown`: sent, and no definite answer came; it may exist
 * - `accepted`: the exchange has it; its fills are being read
 * - `filled`, `canceled` (perhaps partly filled), `rejected`, `absent` (proven never to have existed): final
 */
export type OrderState = 'intended' | 'unknown' | 'accepted' | 'filled' | 'canceled' | 'rejected' | 'absent';

const NEXT: Readonly<Record<OrderState, readonly OrderState[]>> = {
  intended: ['unknown', 'accepted', 'filled', 'canceled', 'rejected', 'absent'],
  unknown: ['accepted', 'filled', 'canceled', 'absent'],
  accepted: ['filled', 'canceled'],
  filled: [],
  canceled: [],
  rejected: [],
  absent: [],
};

export const isFinal = (state: OrderState): boolean => NEXT[state].length === 0;

/** @returns whether the journal may move an order from one state to the other */
export const mayBecome = (from: OrderState, to: OrderState): boolean => NEXT[from].includes(to);

/** What a bought position is opened with, decided before the order leaves and kept with it. */
export interface EntryPlan {
  readonly base: string;
  readonly strategy: Strategy;
  /** 0..1, picks the row of the take-profit table */
  readonly confidence: number;
  /** ATR ÷ close of the closed candles at the decision; NaN where unknown */
  readonly atrFraction: number;
  /** widens or tightens the table's stop for the mood of the market; 1 unless given */
  readonly stopFactor?: number;
}

/** Key of an order that both sides know; set before it is sent. `[A-Za-z0-9_-]{1,32}`. */
export type ClientOrderId = string;

/** One row of the order journal. */
export interface TradeOrder {
  readonly clientOrderId: ClientOrderId;
  readonly mode: Mode;
  readonly market: ExchangeSymbol;
  readonly side: Side;
  readonly type: OrderType;
  /** limit price, quote per base */
  readonly price: Decimal;
  /** base */
  readonly quantity: Decimal;
  /** strategy for a buy, exit reason for a sale */
  readonly reason: string;
  readonly positionId: string;
  /** buys only */
  readonly entry: EntryPlan | null;
  /** sales only: what triggered it */
  readonly trigger: { readonly price: Decimal; readonly at: number } | null;
  /** sales only: how far down the exit ladder, from 0 */
  readonly step: number;
  readonly state: OrderState;
  readonly exchangeOrderId: string | null;
  /** base filled so far, as the journal's own fills add up */
  readonly filled: Decimal;
  /** market time, ms UTC */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** wall time of the intent, ms UTC: how long an answer has been missing is measured on the wall */
  readonly createdWallAt: number;
  /** the exchange's reason for a rejection, or why the outcome is unknown */
  readonly detail: string | null;
}

/** One execution, as the exchange reports it. */
export interface Fill {
  /** the exchange's trade id: a fill is applied once per market and id */
  readonly tradeId: string;
  readonly clientOrderId: ClientOrderId;
  readonly mode: Mode;
  readonly market: ExchangeSymbol;
  readonly side: Side;
  readonly price: Decimal;
  readonly quantity: Decimal;
  /** in `feeAsset` */
  readonly fee: Decimal;
  readonly feeAsset: string;
  /** market time, ms UTC */
  readonly at: number;
}

/** Only core's protections and exits make one: `placeOrder` takes nothing else. */
declare const approved: unique symbol;
export interface ApprovedOrder {
  readonly [approved]: true;
  readonly mode: Mode;
  readonly market: ExchangeSymbol;
  readonly side: Side;
  readonly type: OrderType;
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly reason: string;
}

/** For this package's own rules only; not exported from the package. */
export const approve = (order: Omit<ApprovedOrder, typeof approved>): ApprovedOrder => order as ApprovedOrder;
