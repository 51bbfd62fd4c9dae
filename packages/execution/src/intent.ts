import type { ApprovedOrder, Decimal, EntryPlan, TradeOrder } from '@mexc-bot/core';
import type { RejectCode } from '@mexc-bot/exchange';

/** The part of the suite's logger that execution uses. */
export interface ExecutionLog {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** What is to be ordered, and for which position. */
export interface Intent {
  readonly order: ApprovedOrder;
  readonly positionId: string;
  /** buys only */
  readonly entry: EntryPlan | null;
  /** sales only: what triggered it, and how many orders it sent before */
  readonly trigger?: { readonly price: Decimal; readonly at: number };
  readonly step?: number;
}

/** What became of an order, as far as is known. */
export interface Executed {
  readonly order: TradeOrder;
  /** why the exchange refused it; null where it did not */
  readonly rejection: RejectCode | null;
  /** wall ms the exchange, or the budget, named until it may be tried again; null where neither did */
  readonly retryAfterMs: number | null;
}
