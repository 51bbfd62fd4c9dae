/**
 * One strategy on both engines: long while the fast EMA is above the slow one, a fixed stop under the entry, a fee for every order.
 * Once as both can do it, one market at a time and a growth for every trade; and once through the suite's account, which grademark has
 * nothing like.
 */

import { crossTrades, DEFAULT_COSTS, prepareData } from '@mexc-bot/backtest';
import { approveEntry, Decimal, STRATEGIES } from '@mexc-bot/core';
import { ema } from '@mexc-bot/indicators';
import { DataFrame } from 'data-forge';
import { backtest } from 'grademark';
import { createAccount } from '../../packages/backtest/dist/account.js';

const FAST = 12;
const SLOW = 26;
const STOP = 0.05;
const FEE = 0.0005;
const NEVER = 1e6;

/** The suite's own account with every other way out of a position and every guard set aside. */
function crossSettings(settings) {
  const rows = Array.from({ length: 4 }, () => ({ takeProfits: [NEVER], stopLoss: STOP }));
  const exits = Object.fromEntries(STRATEGIES.map((strategy) => [strategy, rows]));
  const guards = { stopGuard: null, dailyLossFraction: null, dailyLossQuote: null, maxDrawdown: null };
  const limits = { ...settings.rules.limits[settings.mode], cooldownMs: 0, account: guards };
  return {
    ...settings,
    rules: { ...settings.rules, exits, limits: { ...settings.rules.limits, [settings.mode]: limits } },
    position: { ...settings.position, trailFrom: NEVER, timeStopMs: null },
    stop: { ...settings.stop, calmFactor: 1, wildFactor: 1 },
  };
}

const FEE_ALONE = { ...DEFAULT_COSTS, takerFeeRate: FEE, minSpread: 0, spreadPerAtr: 0 };

/** From candles to trades. */
export const suiteCross = (market) =>
  crossTrades(market, { fast: FAST, slow: SLOW, stop: STOP }, FEE_ALONE, {
    first: 0,
    end: market.candles.close.length,
    lastWorth: 1,
  });

/** The same through the account: the protections' say about every buy, an estimated book, fills, positions, stops, in decimals. */
export function accountCross(input, timeframe, settings) {
  const data = prepareData([input], timeframe);
  const [market] = data.markets;
  const { close } = market.candles;
  const [fast, slow] = [ema(close, FAST), ema(close, SLOW)];
  const replay = crossSettings(settings);
  const { mode, rules } = replay;
  const account = createAccount(data, replay);
  const ignore = () => undefined;
  const plan = { base: market.market.base, strategy: 'simple', confidence: 0.5, atrFraction: Number.NaN };
  for (let index = 0; index < data.length; index++) {
    account.advance(index, ignore);
    const row = market.rowAt[index];
    if (row < 0) continue;
    const asOf = data.start + (index + 1) * data.stepMs;
    if (account.openPositions > 0) {
      if (fast[row] < slow[row]) account.finish(asOf);
    } else if (fast[row] > slow[row]) {
      const ask = new Decimal(close[row]);
      const request = {
        mode,
        market: market.market,
        strategy: 'simple',
        ask,
        lastClose: close[row],
        askAgeMs: 0,
        regime: 'sideways',
        stopLoss: STOP,
      };
      const order = approveEntry(request, account.exposure(asOf, market.market.id), rules.limits[mode], asOf);
      if (!order.ok) continue;
      account.place({
        market,
        order: order.value,
        plan,
        regime: 'sideways',
        decidedAt: asOf,
        decisionPrice: close[row],
        decision: -1,
      });
    }
  }
  account.finish(data.start + data.length * data.stepMs);
  return account.trades;
}

/** The same on grademark's engine, from candles to trades: it knows no fees, they come off its trades in the end. */
export function grademarkCross({ candles: { openTime, open, high, low, close, volume } }) {
  const average = (period) => {
    let value = close[0];
    return Array.from(close, (price) => {
      value += (price - value) * (2 / (period + 1));
      return value;
    });
  };
  const [fast, slow] = [average(FAST), average(SLOW)];
  const rows = Array.from(openTime, (time, i) => ({
    time: new Date(time),
    open: open[i],
    high: high[i],
    low: low[i],
    close: close[i],
    volume: volume[i],
    fast: fast[i],
    slow: slow[i],
  }));
  const strategy = {
    entryRule: (enter, { bar }) => {
      if (bar.fast > bar.slow) enter();
    },
    exitRule: (exit, { bar }) => {
      if (bar.fast < bar.slow) exit();
    },
    stopLoss: ({ entryPrice }) => entryPrice * STOP,
  };
  return backtest(strategy, new DataFrame(rows).setIndex('time')).map((trade) => ({
    ...trade,
    growth: (trade.growth * (1 - FEE)) / (1 + FEE),
  }));
}

/**
 * How many of grademark's trades the suite's rule made too: the same candles, the same result to nine digits. It judges no stop on the
 * candle it buys on, sells a gap at the stop, not at the open, and waits a candle longer after a sale.
 */
export function sameTrades(markets) {
  let [same, of] = [0, 0];
  for (const market of markets) {
    const { openTime } = market.candles;
    const own = new Map(suiteCross(market).map((trade) => [openTime[trade.entryRow], trade]));
    for (const { entryTime, exitTime, growth } of grademarkCross(market)) {
      const trade = own.get(entryTime.getTime());
      of += 1;
      if (trade === undefined || openTime[trade.exitRow] !== exitTime.getTime()) continue;
      if (Math.abs(trade.growth / growth - 1) < 1e-9) same += 1;
    }
  }
  return { same, of };
}
