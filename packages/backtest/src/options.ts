import type {
  DecisionRules,
  ExchangeSymbol,
  Gate,
  GateVerdict,
  Mode,
  PositionRules,
  StopConfig,
  UniverseCriteria,
} from '@mexc-bot/core';
import type { BacktestCosts } from './result.ts';

/** The models' say; a replay has no time to wait for one, so it answers at once. */
export type BacktestGate = (request: Parameters<Gate>[0]) => GateVerdict;

/** The settings of a run, in the shape the rules take them; plain data. */
export interface BacktestSettings {
  readonly mode: Mode;
  readonly rules: DecisionRules;
  readonly universe: UniverseCriteria;
  /** only these are bought, though all markets make up mood, breadth and ranks; null: whatever the universe allows */
  readonly buysOnly: readonly ExchangeSymbol[] | null;
  readonly position: PositionRules;
  readonly stop: StopConfig;
  /** Wilder's period of the ATR that moves stops, candles */
  readonly stopAtrPeriod: number;
  /** quote at the start, > 0 */
  readonly balance: number;
  /** how long the highest equity counts, market ms; null: for ever */
  readonly forgetPeakMs: number | null;
  /** live scans start this often, market ms: how many readings a regime needs is counted in them */
  readonly scanEveryMs: number;
  readonly costs: BacktestCosts;
  /** decisions are made from here on, market ms UTC; null: from the first candle */
  readonly from: number | null;
  /** and candles that close later are not seen; null: all */
  readonly until: number | null;
  /** keep every decision about a candidate */
  readonly keepDecisions: boolean;
}

/** Which markets may be bought. @param buysOnly null: all */
export function boughtOnly(buysOnly: readonly ExchangeSymbol[] | null): (market: ExchangeSymbol) => boolean {
  if (buysOnly === null) return () => true;
  const bought = new Set(buysOnly);
  return (market) => bought.has(market);
}

/** Assumed where nothing better is known; docs/backtest.md says where they come from. */
export const DEFAULT_COSTS: BacktestCosts = {
  takerFeeRate: 0.0005,
  minSpread: 0.002,
  spreadPerAtr: 0.1,
  volumeShare: 0.1,
  depthReach: 0.01,
  delistingLoss: 0.1,
};
