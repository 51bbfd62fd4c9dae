import type { ExchangeSymbol, Timeframe } from '@mexc-bot/core';

/*
 * What statistics and the page are made of: a backtest's result, the suite's own books, or an imported history. A `BacktestResult` is
 * one as it is. Money is in quote, prices are quote per base, quantities base, times market ms UTC, shares and rates fractions.
 */

/** One sale, or part of one. */
export interface RecordedExit {
  readonly at: number;
  readonly reason: string;
  /** average of what was sold */
  readonly price: number;
  readonly quantity: number;
  /** bid that decided it, and when; absent: not known */
  readonly triggerPrice?: number;
  readonly triggeredAt?: number;
}

/** A position that was bought and sold. */
export interface RecordedTrade {
  /** unique in its record */
  readonly id: number;
  readonly market: ExchangeSymbol;
  readonly strategy: string;
  /** the market's mood at the decision; `unknown` where it was not kept */
  readonly regime: string;
  /** 0..1; null: not kept */
  readonly confidence: number | null;
  readonly openedAt: number;
  /** when the last of it was sold */
  readonly closedAt: number;
  /** last price when it was decided; null: not kept */
  readonly decisionPrice: number | null;
  /** average paid */
  readonly entryPrice: number;
  /** average got */
  readonly exitPrice: number;
  /** bought in all */
  readonly quantity: number;
  /** paid for it, without fees */
  readonly cost: number;
  /** got for it, without fees */
  readonly proceeds: number;
  readonly fees: number;
  /** what entry and exits lost against the last price when each was decided, spread included; null: not known */
  readonly slippage: number | null;
  /** of `slippage`, half the spread on both ways; null: not known */
  readonly spreadCost: number | null;
  /** proceeds − cost − fees */
  readonly pnl: number;
  readonly returnFraction: number;
  /** of the sale that ended it */
  readonly exitReason: string;
  readonly exits: readonly RecordedExit[];
  /** prices of the take-profit levels, rising; empty where they were not kept */
  readonly takeProfits: readonly number[];
  /** hard stop; null: not kept */
  readonly stopPrice: number | null;
  /** where the trailing stop had come to; null: it never was armed; absent: not kept */
  readonly trailingStop?: number | null;
  /** highest price since entry; null: not kept */
  readonly peak: number | null;
  readonly levelsTaken: number;
}

/** A position that is still held. */
export interface HeldPosition {
  readonly market: ExchangeSymbol;
  readonly strategy: string;
  readonly openedAt: number;
  /** paid for what is left of it */
  readonly cost: number;
  /** what that is worth at the last known price */
  readonly value: number;
  /** realised of what was sold already, after all fees so far */
  readonly realised: number;
}

/** The account at one moment. */
export interface AccountSample {
  readonly at: number;
  /** free quote, and what is held at its last price */
  readonly equity: number;
  /** value of what is held */
  readonly held: number;
}

export interface TradingRecord {
  readonly span: { readonly from: number; readonly until: number };
  /** candles that decisions were made on; absent: not on candles, or not known */
  readonly timeframe?: Timeframe;
  readonly startEquity: number;
  readonly endEquity: number;
  /** closed, in the order they were opened */
  readonly trades: readonly RecordedTrade[];
  /** absent: nothing is held */
  readonly held?: readonly HeldPosition[];
  /** rising in time; the first is the start, the last the end */
  readonly equity: readonly AccountSample[];
  /** what holding BTC from start to end would have brought, as a fraction; null: no candles of it */
  readonly holdBtc: number | null;
  /** what the simplest trend rule would have brought, as a fraction; null or absent: not known */
  readonly emaCross?: number | null;
  /** what a reader must know about how this came to be */
  readonly warnings: readonly string[];
}
