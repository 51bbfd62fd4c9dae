import { describe, expect, it } from 'vitest';
import { type Drift, STEP_MS, syntheticMarkets, testSettings } from '../../../test/support/synthetic-markets.ts';
import { prepareData } from './data.ts';
import type { BacktestResult, BacktestTrade } from './result.ts';
import { runBacktest } from './run.ts';
import { expectancyOf } from './statistics/episodes.ts';

const VOLATILITY = 0.006;
const run = (seed: number, drift?: Drift, markets = 12, length = 1_500): BacktestResult =>
  runBacktest(prepareData(syntheticMarkets(seed, markets, length, VOLATILITY, drift), '5m'), testSettings());

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** What a drift a candle adds to the coins of a trade until each of its sales, quote. */
function driftWhileHeld({ exits, entryPrice, openedAt }: BacktestTrade, drift: number): number {
  return exits.reduce((sum, { at, quantity, price }) => {
    const candles = (at - openedAt) / STEP_MS;
    return sum + (quantity * (entryPrice + price) * drift * candles) / 2;
  }, 0);
}

describe('expectancy', () => {
  it('on random walks is minus the costs, within its interval, for 50 seeds', { timeout: 90_000 }, () => {
    const outside: number[] = [];
    const errors: number[] = [];
    for (let seed = 1; seed <= 50; seed++) {
      const { trades } = run(seed);
      const { value, low, high } = expectancyOf(trades, ({ pnl }) => pnl);
      const costs = mean(trades.map(({ fees, slippage }) => fees + slippage));
      errors.push(value + costs);
      if (!(low <= -costs && -costs <= high)) outside.push(seed);
    }
    expect(outside.length).toBeLessThanOrEqual(6);
    expect(Math.abs(mean(errors))).toBeLessThan(0.02);
  });

  it('of a known drift is what it brings while coins are held, less the costs, within its interval', {
    timeout: 90_000,
  }, () => {
    const DRIFT = 0.000_4;
    const outside: number[] = [];
    const errors: number[] = [];
    const edges: number[] = [];
    for (let seed = 1; seed <= 30; seed++) {
      const { trades } = run(seed, () => DRIFT);
      const { value, low, high } = expectancyOf(trades, ({ pnl }) => pnl);
      const edge = mean(trades.map((trade) => driftWhileHeld(trade, DRIFT) - trade.fees - trade.slippage));
      edges.push(edge);
      errors.push(value - edge);
      if (!(low <= edge && edge <= high)) outside.push(seed);
    }
    expect(mean(edges)).toBeGreaterThan(0.02);
    expect(outside.length).toBeLessThanOrEqual(4);
    expect(Math.abs(mean(errors))).toBeLessThan(0.02);
  });

  it('finds an edge that is there: moves that go on', () => {
    const { trades } = run(7, (last) => (last > 0.008 ? 0.004 : 0), 20, 3_000);
    const { low } = expectancyOf(trades, ({ pnl }) => pnl);
    expect(trades.length).toBeGreaterThan(100);
    expect(low).toBeGreaterThan(0);
  });
});

describe('the books', () => {
  it('conserve money: what the account has is what it began with and what its trades brought', () => {
    for (const seed of [1, 2, 3]) {
      const { trades, startEquity, endEquity, equity } = run(seed);
      expect(endEquity).toBeCloseTo(startEquity + trades.reduce((sum, { pnl }) => sum + pnl, 0), 9);
      expect(equity.at(-1)?.equity).toBe(endEquity);
      for (const trade of trades) {
        expect(trade.proceeds - trade.cost - trade.fees).toBeCloseTo(trade.pnl, 9);
        expect(trade.exits.reduce((sum, { quantity }) => sum + quantity, 0)).toBeCloseTo(trade.quantity, 6);
      }
    }
  });

  it('are the same to the last digit in every run', () => {
    expect(run(5)).toEqual(run(5));
  });
});

describe('time', () => {
  it('buys on the candle after the one that decided', () => {
    for (const { decidedAt, openedAt } of run(3).trades) expect(openedAt).toBe(decidedAt);
    expect(run(3).trades.every(({ decidedAt }) => decidedAt % STEP_MS === 0)).toBe(true);
  });

  it('sells a coin whose candles end under its last price', () => {
    const markets = syntheticMarkets(4, 6, 1_500, VOLATILITY);
    const open = runBacktest(prepareData(markets, '5m'), testSettings()).trades.find(
      ({ openedAt, closedAt }) => closedAt - openedAt > 4 * STEP_MS,
    )!;
    const ended = markets.map((each) => {
      if (each.market.id !== open.market) return each;
      const rows = each.candles.openTime.findIndex((time) => time > open.openedAt + STEP_MS);
      const cut = Object.fromEntries(
        Object.entries(each.candles).map(([name, column]) => [name, column.subarray(0, rows)]),
      );
      return { ...each, candles: cut as unknown as typeof each.candles };
    });
    const trade = runBacktest(prepareData(ended, '5m'), testSettings()).trades.find(
      ({ market, openedAt }) => market === open.market && openedAt === open.openedAt,
    )!;
    const last = ended.find(({ market }) => market.id === open.market)!.candles.close.at(-1)!;
    expect(trade.exitReason).toBe('delisted');
    expect(trade.exitPrice).toBeCloseTo(last * 0.9, 2);
  });

  it('refuses a span without candles', () => {
    const data = prepareData(syntheticMarkets(1, 2, 400, VOLATILITY), '5m');
    expect(() => runBacktest(data, testSettings({ from: data.start + 500 * STEP_MS }))).toThrow(RangeError);
  });
});
