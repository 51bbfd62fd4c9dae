import type { ExchangeSymbol, ExitReason, Mode, Regime, Strategy, Timeframe } from '@mexc-bot/core';

/*
 * What a backtest found, as plain data: it is printed, stored, sent between threads and drawn. Money is in quote, prices are quote
 * per base, quantities base, times market ms UTC, shares and rates fractions. The books behind it are decimals; here they are numbers.
 */

/** Why a simulated position ended: as in live trading, or because its candles did. */
export type BacktestExitReason = ExitReason | 'delisted' | 'end_of_data';

/** One sale, or part of one. */
export interface BacktestExit {
  readonly at: number;
  readonly reason: BacktestExitReason;
  /** average of what was sold */
  readonly price: number;
  readonly quantity: number;
  readonly fee: number;
  /** price that decided it: the bid then */
  readonly triggerPrice: number;
}

export interface BacktestTrade {
  /** from 1, in the order they were opened */
  readonly id: number;
  readonly market: ExchangeSymbol;
  readonly strategy: Strategy;
  /** the market's mood at the decision */
  readonly regime: Regime;
  /** 0..1 */
  readonly confidence: number;
  /** when it was decided: the close of a candle */
  readonly decidedAt: number;
  /** when it was bought: at the open of the next candle, which is no later */
  readonly openedAt: number;
  /** when the last of it was sold */
  readonly closedAt: number;
  /** last price when it was decided */
  readonly decisionPrice: number;
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
  /** entry and exits */
  readonly fees: number;
  /** what entry and exits lost against the last price when each was decided, spread included; below 0: it gained */
  readonly slippage: number;
  /** of `slippage`, half the estimated spread on both ways */
  readonly spreadCost: number;
  /** proceeds − cost − fees */
  readonly pnl: number;
  /** pnl ÷ cost */
  readonly returnFraction: number;
  /** of the sale that ended it */
  readonly exitReason: BacktestExitReason;
  readonly exits: readonly BacktestExit[];
  /** prices of the take-profit levels, rising */
  readonly takeProfits: readonly number[];
  /** hard stop at entry */
  readonly stopPrice: number;
  /** highest bid since entry */
  readonly peak: number;
  /** how many levels were taken */
  readonly levelsTaken: number;
  /** share of the order that was filled, in (0, 1] */
  readonly filledShare: number;
}

/** The account at one moment. */
export interface EquitySample {
  readonly at: number;
  /** free quote, and what is held at its last price */
  readonly equity: number;
  /** value of what is held */
  readonly held: number;
  readonly openPositions: number;
}

/** What became of a hype token that a pattern was seen in. */
export interface BacktestDecision {
  readonly at: number;
  readonly market: ExchangeSymbol;
  readonly strategy: Strategy;
  readonly regime: Regime;
  /** last price */
  readonly price: number;
  /** 24 h change */
  readonly change: number;
  readonly rank: number;
  readonly confidence: number;
  readonly decision: 'approved' | 'rejected';
  /** reason code of the rejection; `filled`, `partly_filled`, `unfilled`, `no_candle` or `end_of_data` of an approved order */
  readonly reason: string;
  /** what the protections saw of the account; null: it did not come to them */
  readonly account: DecisionAccount | null;
  /** what was to be bought; null: nothing */
  readonly order: DecisionOrder | null;
}

/** An approved buy, as it waits for its candle. */
export interface DecisionOrder {
  /** limit */
  readonly price: number;
  readonly quantity: number;
  /** ATR ÷ close that its stop is set by; NaN where unknown */
  readonly atrFraction: number;
}

/** The account as the protections saw it for one market. */
export interface DecisionAccount {
  /** the market has a position, or an order that waits */
  readonly held: boolean;
  /** positions, and orders that wait */
  readonly positions: number;
  /** last exit in the market; null: none */
  readonly lastExitAt: number | null;
  readonly freeQuote: number;
  readonly equity: number;
  readonly realisedToday: number;
  /** losing stops that the guard counts */
  readonly stops: number;
  /** high-water mark of the equity; null: none yet */
  readonly peak: number | null;
}

/** How many tokens got how far. */
export interface BacktestFunnel {
  readonly scans: number;
  /** markets with a candle, over all scans */
  readonly looked: number;
  /** past universe and hype filters and ranked in */
  readonly hype: number;
  /** a pattern was seen */
  readonly candidates: number;
  readonly approved: number;
  readonly filled: number;
  /** reason code → count; of candidates that were not bought */
  readonly rejected: Readonly<Record<string, number>>;
}

/** What trading was assumed to cost, and how fills were modelled. */
export interface BacktestCosts {
  readonly takerFeeRate: number;
  /** the spread is at least this, as a fraction of the price */
  readonly minSpread: number;
  /** and this share of the ATR fraction */
  readonly spreadPerAtr: number;
  /** what an order finds in the book: this share of the candle's volume, evenly over `depthReach` */
  readonly volumeShare: number;
  /** how far from the best price that depth reaches, fraction */
  readonly depthReach: number;
  /** a coin whose candles end is sold this far under its last price, fraction */
  readonly delistingLoss: number;
}

/** One market's candles in the run. */
export interface MarketCoverage {
  readonly market: ExchangeSymbol;
  readonly candles: number;
  readonly from: number;
  readonly until: number;
  /** candles of the grid that are missing between `from` and `until` */
  readonly missing: number;
  /** why it could not be traded, as a reason code; null: it could */
  readonly rejected: string | null;
}

/** One training of a model inside a run. */
export interface ModelTraining {
  readonly scope: 'feedback' | 'pooled';
  /** asked from then on */
  readonly at: number;
  /** whose labels were known then */
  readonly rows: number;
  /** on rows it had not seen; null: it was not trained */
  readonly auc: number | null;
  readonly proven: boolean;
  /** why it was not trained; null: it was */
  readonly fault: string | null;
}

export interface BacktestResult {
  readonly mode: Mode;
  readonly timeframe: Timeframe;
  /** finer candles that resolved what happened inside one; null: none */
  readonly detail: Timeframe | null;
  /** the first and the last moment decisions were made at */
  readonly span: { readonly from: number; readonly until: number };
  readonly candles: number;
  readonly markets: readonly MarketCoverage[];
  /** the only ones that were bought, where somebody said so; null: any of them */
  readonly buysOnly: readonly ExchangeSymbol[] | null;
  readonly startEquity: number;
  readonly endEquity: number;
  readonly costs: BacktestCosts;
  /** what the markets charge, which is `costs.takerFeeRate` where nothing better is known of them */
  readonly takerFeeRates: { readonly least: number; readonly most: number };
  readonly trades: readonly BacktestTrade[];
  /** at the close of every candle, rising in time; the first is the start, the last the end */
  readonly equity: readonly EquitySample[];
  /** what holding BTC from start to end would have brought, as a fraction; null: no candles of it */
  readonly holdBtc: number | null;
  /** what the simplest trend rule would have brought on the same candles, as a fraction; null: nothing could be traded; absent: not asked */
  readonly emaCross?: number | null;
  readonly funnel: BacktestFunnel;
  /** only where they were asked for */
  readonly decisions: readonly BacktestDecision[] | null;
  /** the market's mood from each moment on, where decisions were asked for */
  readonly moods?: readonly { readonly at: number; readonly regime: Regime }[];
  /** where models were made on the way */
  readonly models?: readonly ModelTraining[];
  readonly warnings: readonly string[];
}
