import type { Drawdown, Exposure } from './account.ts';
import type { Expectancy } from './episodes.ts';

/** What trading brought, in quote where nothing else is said. */
export interface Summary {
  readonly trades: number;
  readonly wins: number;
  /** a trade that ends at exactly nothing is none */
  readonly losses: number;
  /** null without a trade */
  readonly winRate: number | null;
  /** realised by closed trades, after fees */
  readonly pnl: number;
  /** realised and unrealised by positions that are still held */
  readonly heldPnl: number;
  readonly held: number;
  readonly startEquity: number;
  readonly endEquity: number;
  /** end ÷ start − 1 */
  readonly returnFraction: number;
  /** null: it never fell */
  readonly maxDrawdown: Drawdown | null;
  /** sum of wins ÷ sum of losses; null without a loss */
  readonly profitFactor: number | null;
  /** of a trade */
  readonly expectancy: Expectancy;
  /** of a trade, as a fraction of what was paid */
  readonly expectancyFraction: Expectancy;
  readonly best: number | null;
  readonly worst: number | null;
  readonly exposure: Exposure;
  /** bought and sold, ÷ start equity */
  readonly turnover: number;
  /** bought and sold */
  readonly traded: number;
  readonly fees: number;
  /** spread included, of the trades that know theirs; null: none does */
  readonly slippage: number | null;
  readonly spreadCost: number | null;
  /** token-days with a trade */
  readonly episodes: number;
  /** UTC days with a trade */
  readonly days: number;
}

/** What would have become of the same money without a strategy. */
export interface Benchmark {
  readonly name: 'no trade' | 'hold BTC' | 'EMA cross, all in';
  readonly returnFraction: number;
  readonly pnl: number;
  /** what trading brought more than this; quote */
  readonly ahead: number;
}
