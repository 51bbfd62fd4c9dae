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
export const REST = 0.001;

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

/** What was left of an earlier position goes on in the one of a new purchase: its coins cannot be told apart. */
export function withRest(lot: Lot, rest: Lot): Lot {
  return { ...lot, quantity: lot.quantity + rest.quantity, cost: lot.cost + rest.cost };
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

/** What of a lot is not sold yet as a lot of its own, at its share of the cost. */
export function restOf(lot: Lot): Lot {
  const quantity = lot.quantity - soldOf(lot);
  return { ...lot, quantity, cost: lot.cost * (quantity / lot.quantity), exits: [], proceeds: 0 };
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
