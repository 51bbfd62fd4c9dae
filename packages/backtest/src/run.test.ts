import { DAY_MS, HOUR_MS, toCandles, toColumns } from '@mexc-bot/core';
import { describe, expect, it } from 'vitest';
import { type Drift, STEP_MS, syntheticMarkets, testSettings } from '../../../test/support/synthetic-markets.ts';
import { prepareData } from './data.ts';
import { emaCrossReturn } from './ema-cross.ts';
import type { MarketCandles } from './prepare.ts';
import type { BacktestExit, BacktestResult, BacktestTrade } from './result.ts';
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

describe('the equity', () => {
  it('is known at every close, so that no fall between two of them is missed', () => {
    const { equity, trades } = run(2);
    for (const [index, { at }] of equity.entries()) if (index > 0) expect(at - equity[index - 1]!.at).toBe(STEP_MS);
    const opened = new Set(trades.map(({ openedAt }) => openedAt + STEP_MS));
    expect(equity.filter(({ at, held }) => opened.has(at) && held > 0).length).toBeGreaterThan(10);
  });
});

describe('time', () => {
  it('buys at the open of the candle after the one that decided: at the same moment', () => {
    for (const { decidedAt, openedAt } of run(3).trades) expect(openedAt).toBe(decidedAt);
    expect(run(3).trades.every(({ decidedAt }) => decidedAt % STEP_MS === 0)).toBe(true);
  });

  it('refuses a span without candles', () => {
    const data = prepareData(syntheticMarkets(1, 2, 400, VOLATILITY), '5m');
    expect(() => runBacktest(data, testSettings({ from: data.start + 500 * STEP_MS }))).toThrow(RangeError);
  });
});

describe('a coin without candles', () => {
  const markets = syntheticMarkets(4, 6, 1_500, VOLATILITY);
  const traded = (inputs: readonly MarketCandles[]) => runBacktest(prepareData(inputs, '5m'), testSettings()).trades;
  const held = traded(markets).find(({ openedAt, closedAt }) => closedAt - openedAt > 4 * STEP_MS)!;
  const from = held.openedAt + 2 * STEP_MS;
  /** The same markets without some candles: of the coin that is held, or of all. */
  const without = (until: number, whose: 'its' | 'all', end = Number.POSITIVE_INFINITY): MarketCandles[] =>
    markets.map((each) => {
      const isIts = each.market.id === held.market;
      const candles = toCandles(each.candles).filter(
        ({ openTime: at }) => at < end && !(at >= from && at < until && (isIts || whose === 'all')),
      );
      return { ...each, candles: toColumns(candles) };
    });
  const tradeOf = (inputs: readonly MarketCandles[]) =>
    traded(inputs).find(({ market, openedAt }) => market === held.market && openedAt === held.openedAt)!;
  const lastPrice = toCandles(markets.find(({ market }) => market.id === held.market)!.candles).findLast(
    ({ openTime }) => openTime < from,
  )!.close;

  it('for a day, while others go on, is sold under its last price', () => {
    const trade = tradeOf(without(Number.POSITIVE_INFINITY, 'its'));
    expect([trade.exitReason, trade.closedAt - from]).toEqual(['delisted', DAY_MS]);
    expect(trade.exitPrice).toBeCloseTo(lastPrice * 0.9, 2);
  });

  it('when the data end is gone too, though they end before that day is over', () => {
    const trade = tradeOf(without(Number.POSITIVE_INFINITY, 'its', from + 3 * HOUR_MS));
    expect(trade.exitReason).toBe('delisted');
    expect(trade.exitPrice).toBeCloseTo(lastPrice * 0.9, 2);
    // some minutes without a trade are no end
    expect(tradeOf(without(Number.POSITIVE_INFINITY, 'its', from + HOUR_MS / 2)).exitReason).toBe('end_of_data');
  });

  it('while no market has any is still there', () => {
    const trades = traded(without(from + 25 * HOUR_MS, 'all'));
    expect(trades.map(({ exitReason }) => exitReason)).not.toContain('delisted');
  });

  it('that come back was not sold', () => {
    expect(tradeOf(without(from + 30 * HOUR_MS, 'its')).exitReason).not.toBe('delisted');
  });
});

describe('buying some markets only', () => {
  const data = prepareData(syntheticMarkets(5, 12, 1_500, VOLATILITY), '5m');
  const settings = testSettings({ keepDecisions: true });
  const all = runBacktest(data, settings);
  const market = all.trades[0]!.market;
  const one = runBacktest(data, { ...settings, buysOnly: [market] });

  it('changes neither the mood nor the rank of what is bought', () => {
    expect(one.moods).toEqual(all.moods);
    const of = ({ decisions }: BacktestResult) =>
      decisions!.filter((each) => each.market === market).map(({ at, regime, rank }) => [at, regime, rank]);
    expect(of(one)).toEqual(of(all));
    expect(one.markets).toEqual(all.markets);
  });

  it('buys no other, and the trend rule beside it neither', () => {
    expect(one.buysOnly).toEqual([market]);
    expect(one.trades.length).toBeGreaterThan(0);
    expect(new Set([...one.trades, ...one.decisions!].map((each) => each.market))).toEqual(new Set([market]));
    const alone = prepareData(
      data.markets.filter((each) => each.market.id === market),
      '5m',
    );
    expect(emaCrossReturn(data, { ...settings, buysOnly: [market] })).toBeCloseTo(emaCrossReturn(alone, settings)!, 12);
  });
});

describe('a rest under the exchange minimum', () => {
  // an order finds a tenth of the volume, so that most sales fill in part
  const thin = syntheticMarkets(9, 12, 1_500, VOLATILITY).map((each) => ({
    ...each,
    candles: { ...each.candles, volume: each.candles.volume.map((volume) => volume * 0.001) },
  }));
  const { trades, warnings } = runBacktest(prepareData(thin, '5m'), testSettings());

  it('blocks its market, and is told of', () => {
    expect(warnings.join()).toMatch(/[1-9]\d* positions? could not be sold to the end.* [1-9]\d*\.\d hours/);
  });

  it('does not name the exit of a trade: what sold most does', () => {
    const left = trades.filter(({ exits }) => exits.length > 1 && exits.at(-1)!.reason === 'end_of_data');
    expect(left.length).toBeGreaterThan(0);
    for (const { exits, exitReason } of left) {
      const [before, last] = exits.slice(-2) as [BacktestExit, BacktestExit];
      expect(exitReason).toBe(before.quantity > last.quantity ? before.reason : 'end_of_data');
    }
    expect(left.map(({ exitReason }) => exitReason)).toContain('stop_loss');
  });
});
