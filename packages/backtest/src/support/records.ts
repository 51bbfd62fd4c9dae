import { DAY_MS } from '@mexc-bot/core';
import type { RecordedTrade, TradingRecord } from '../record/trading-record.ts';

/** Midnight UTC, 22 November 2026. */
export const MIDNIGHT = Date.UTC(2026, 10, 22);

/** Bought for 10, sold an hour later; `pnl` says what came of it. */
export function aTrade(over: Partial<RecordedTrade> = {}): RecordedTrade {
  const { pnl = 1, cost = 10, fees = 0.01, openedAt = MIDNIGHT, quantity = 10 } = over;
  const proceeds = over.proceeds ?? cost + pnl + fees;
  const closedAt = over.closedAt ?? openedAt + 3_600_000;
  return {
    id: 1,
    market: 'PEPEUSDT',
    strategy: 'simple',
    regime: 'neutral',
    confidence: 0.8,
    openedAt,
    closedAt,
    decisionPrice: cost / quantity,
    entryPrice: cost / quantity,
    exitPrice: proceeds / quantity,
    quantity,
    cost,
    proceeds,
    fees,
    slippage: 0,
    spreadCost: 0,
    pnl,
    returnFraction: pnl / cost,
    exitReason: 'take_profit',
    exits: [{ at: closedAt, reason: 'take_profit', price: proceeds / quantity, quantity }],
    takeProfits: [1.03, 1.06, 1.09],
    stopPrice: 0.975,
    peak: 1.1,
    levelsTaken: 3,
    ...over,
  };
}

/** One trade a day, with the given results, on an account of 100. */
export function aRecord(results: readonly number[], over: Partial<TradingRecord> = {}): TradingRecord {
  const trades = results.map((pnl, index) => aTrade({ id: index + 1, pnl, openedAt: MIDNIGHT + index * DAY_MS }));
  let equity = 100;
  const samples = trades.map(({ closedAt, pnl }) => {
    equity += pnl;
    return { at: closedAt, equity, held: 0 };
  });
  const until = MIDNIGHT + Math.max(1, results.length) * DAY_MS;
  return {
    span: { from: MIDNIGHT, until },
    startEquity: 100,
    endEquity: equity,
    trades,
    equity: [{ at: MIDNIGHT, equity: 100, held: 0 }, ...samples, { at: until, equity, held: 0 }],
    holdBtc: null,
    warnings: [],
    ...over,
  };
}
