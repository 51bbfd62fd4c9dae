import type { ExchangeSymbol, Mode } from './market.ts';
import type { Decimal } from './money.ts';
import type { Strategy } from './strategy-name.ts';

/** Why a position sold. Every exit has one. */
export type ExitReason =
  | 'stop_loss'
  | 'trailing_stop'
  | 'take_profit'
  | 'trailing_take_profit'
  | 'break_even'
  | 'time_stop'
  | 'forced'
  /** the coins left the account without an order of ours */
  | 'gone';

/** A decided sale that is not done yet. It outlives orders: whatever of it no order filled is tried again. */
export interface PendingExit {
  readonly reason: ExitReason;
  /** base still to sell, > 0 */
  readonly quantity: Decimal;
  /** market time of the decision, ms UTC */
  readonly decidedAt: number;
  /** bid that triggered it, quote per base */
  readonly triggerPrice: Decimal;
}

interface PositionCore {
  readonly id: string;
  readonly mode: Mode;
  readonly market: ExchangeSymbol;
  readonly base: string;
  readonly strategy: Strategy;
  /** 0..1, picked the row of the take-profit table */
  readonly confidence: number;
  /** market time, ms UTC */
  readonly openedAt: number;
  /** average price of what was bought, quote per base */
  readonly entryPrice: Decimal;
  /** base bought in all, after a fee taken in base */
  readonly bought: Decimal;
  /** base held now */
  readonly quantity: Decimal;
  /** quote paid for entries, without fees */
  readonly cost: Decimal;
  /** quote received for exits, without fees */
  readonly proceeds: Decimal;
  /** fees in quote, entries and exits; those paid in a third coin as `feeInQuote` counts them */
  readonly fees: Decimal;
  /** multiples of `entryPrice`, rising, frozen at entry */
  readonly takeProfits: readonly number[];
  /** share of what is left that is sold at each level, same length as `takeProfits` */
  readonly scaleOut: readonly number[];
  /** levels already sold or decided to sell, 0..takeProfits.length */
  readonly levelsTaken: number;
  /** the table's stop-loss fraction under entry, before volatility */
  readonly stopLoss: number;
  /** stop distance as a fraction: `stopLoss` × f(ATR %) */
  readonly stopDistance: number;
  /** sells at once at or under this price; never falls */
  readonly hardStop: Decimal;
  /** follows the peak; sells after staying under it for a while; never falls; null until the position was up enough */
  readonly trailingStop: Decimal | null;
  /** since when the price is under `trailingStop`, market time, or null */
  readonly breachedSince: number | null;
  /** highest price since entry, quote per base */
  readonly peak: Decimal;
  readonly pendingExit: PendingExit | null;
  /** reason of the last sale that executed something; null before the first */
  readonly lastExitReason: ExitReason | null;
}

export type OpenPosition = PositionCore & { readonly state: 'open' };
export type ClosedPosition = PositionCore & {
  readonly state: 'closed';
  readonly closedAt: number;
  readonly closeReason: ExitReason;
  /** base left that no order can sell */
  readonly dust: Decimal;
};
export type Position = OpenPosition | ClosedPosition;

/** What the position engine sees of the market at one moment. */
export interface Tick {
  /** market time, ms UTC */
  readonly at: number;
  /** what a sale would get now: the best bid, quote per base, > 0 */
  readonly price: Decimal;
}

/** Settings of the position engine; times in market ms. */
export interface PositionRules {
  /** the stop trails the peak from this gain on: 0.01 is +1 % */
  readonly trailFrom: number;
  /** how long the price must stay under the trailing stop before it sells */
  readonly confirmMs: number;
  /** after the last level: sell everything this fraction under the peak: 0.03 */
  readonly peakDrop: number;
  /** worst fraction under the bid an exit order may be priced at; minimums are judged there */
  readonly maxExitSlippage: number;
  /** after the first level, lift the hard stop to entry plus round-trip fee */
  readonly breakEvenAfterFirstLevel: boolean;
  /** sell everything after this age; null: never */
  readonly timeStopMs: number | null;
}
