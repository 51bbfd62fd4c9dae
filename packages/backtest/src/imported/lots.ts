import type { RecordedExit, RecordedTrade } from '../record/trading-record.ts';
import { exitReasonOf, type HistoryEntry } from './history-entry.ts';

/** What was bought in one market and not yet sold again. */
export interface Lot {
  readonly market: string;
  readonly strategy: string;
  readonly confidence: number | null;
  readonly openedAt: number;
  readonly quantity: number;
  readonly cost: number;
  readonly exits: readonly RecordedExit[];
  readonly proceeds: number;
}

/** Of a position this much may be left over by rounding and fees, and it is sold all the same. */
const REST = 0.001;

export const soldOf = ({ exits }: Lot): number => exits.reduce((sum, { quantity }) => sum + quantity, 0);
export const isSold = (lot: Lot): boolean => lot.quantity - soldOf(lot) <= lot.quantity * REST;

export function lotOf(entry: HistoryEntry, over: { readonly price: number; readonly quantity: number }): Lot {
  return {
    market: entry.market,
    strategy: entry.strategy ?? 'unknown',
    confidence: entry.confidence,
    openedAt: entry.at,
    quantity: over.quantity,
    cost: over.price * over.quantity,
    exits: [],
    proceeds: 0,
  };
}

export const withBuy = (lot: Lot, { price, amount }: HistoryEntry): Lot => ({
  ...lot,
  quantity: lot.quantity + amount!,
  cost: lot.cost + price * amount!,
});

export function withSale(lot: Lot, { at, price, reason }: HistoryEntry, quantity: number): Lot {
  const exit: RecordedExit = { at, reason: exitReasonOf(reason), price, quantity };
  return { ...lot, exits: [...lot.exits, exit], proceeds: lot.proceeds + price * quantity };
}

/** Quote gained by what was sold, after fees on both ways. */
export function realisedOf(lot: Lot, feeRate: number): number {
  const cost = lot.cost * Math.min(1, soldOf(lot) / lot.quantity);
  return lot.proceeds - cost - (lot.proceeds + cost) * feeRate;
}

/** What was sold of a lot as a trade: of one that was sold in part, that part. */
export function tradeOfLot(id: number, lot: Lot, feeRate: number): RecordedTrade {
  const sold = soldOf(lot);
  const quantity = isSold(lot) ? lot.quantity : sold;
  const cost = lot.cost * (quantity / lot.quantity);
  const fees = (cost + lot.proceeds) * feeRate;
  const pnl = lot.proceeds - cost - fees;
  const last = lot.exits.at(-1)!;
  return {
    id,
    market: lot.market,
    strategy: lot.strategy,
    regime: 'unknown',
    confidence: lot.confidence,
    openedAt: lot.openedAt,
    closedAt: last.at,
    decisionPrice: null,
    entryPrice: lot.cost / lot.quantity,
    exitPrice: lot.proceeds / sold,
    quantity,
    cost,
    proceeds: lot.proceeds,
    fees,
    slippage: null,
    spreadCost: null,
    pnl,
    returnFraction: pnl / cost,
    exitReason: last.reason,
    exits: lot.exits,
    takeProfits: [],
    stopPrice: null,
    peak: null,
    levelsTaken: 0,
  };
}
