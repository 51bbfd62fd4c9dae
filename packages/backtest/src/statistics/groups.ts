import { HOUR_MS } from '@mexc-bot/core';
import type { RecordedTrade } from '../record/trading-record.ts';
import { type Expectancy, expectancyOf, type ResampleOptions } from './episodes.ts';

/** Trades that have something in common, in figures; money in quote, after fees. */
export interface TradeGroup {
  readonly name: string;
  readonly trades: number;
  readonly wins: number;
  readonly pnl: number;
  readonly fees: number;
  /** of the trades that know theirs */
  readonly slippage: number;
  /** per trade */
  readonly expectancy: Expectancy;
}

export interface TradeGroups {
  readonly byStrategy: readonly TradeGroup[];
  readonly byExitReason: readonly TradeGroup[];
  readonly byRegime: readonly TradeGroup[];
  /** UTC hour it was bought in, `00` to `23` */
  readonly byHour: readonly TradeGroup[];
  /** UTC month it was bought in, `2026-11` */
  readonly byMonth: readonly TradeGroup[];
}

const KEYS = {
  byStrategy: ({ strategy }: RecordedTrade) => strategy,
  byExitReason: ({ exitReason }: RecordedTrade) => exitReason,
  byRegime: ({ regime }: RecordedTrade) => regime,
  byHour: ({ openedAt }: RecordedTrade) => String(Math.floor(openedAt / HOUR_MS) % 24).padStart(2, '0'),
  byMonth: ({ openedAt }: RecordedTrade) => new Date(openedAt).toISOString().slice(0, 7),
};

/** Every trade is in exactly one group of each kind, so that each kind adds up to the whole. */
export function groupsOf(trades: readonly RecordedTrade[], options: ResampleOptions): TradeGroups {
  const by = (kind: keyof typeof KEYS): TradeGroup[] =>
    [...Map.groupBy(trades, KEYS[kind])]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, members]) => groupOf(name, members, options));
  return {
    byStrategy: by('byStrategy'),
    byExitReason: by('byExitReason'),
    byRegime: by('byRegime'),
    byHour: by('byHour'),
    byMonth: by('byMonth'),
  };
}

const groupOf = (name: string, trades: readonly RecordedTrade[], options: ResampleOptions): TradeGroup => ({
  name,
  trades: trades.length,
  wins: trades.filter(({ pnl }) => pnl > 0).length,
  pnl: sumOf(trades, ({ pnl }) => pnl),
  fees: sumOf(trades, ({ fees }) => fees),
  slippage: sumOf(trades, ({ slippage }) => slippage ?? 0),
  expectancy: expectancyOf(trades, ({ pnl }) => pnl, options),
});

export const sumOf = (trades: readonly RecordedTrade[], figure: (trade: RecordedTrade) => number): number =>
  trades.reduce((sum, trade) => sum + figure(trade), 0);
