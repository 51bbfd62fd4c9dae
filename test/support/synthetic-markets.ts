import { assumedMarket, type BacktestSettings, DEFAULT_COSTS, type MarketCandles } from '@mexc-bot/backtest';
import { type CandleColumns, emptyColumns, HOUR_MS } from '@mexc-bot/core';
import { createRandom } from '@mexc-bot/models';
import { someRulesOfDecision } from './decision-rules.ts';

export const STEP_MS = 300_000;
const START = Date.UTC(2026, 0, 5);

/** Drift of the next candle's log price, given how far the last one moved; 0: a random walk. */
export type Drift = (lastReturn: number) => number;

/**
 * Candles of a geometric Brownian motion: the extremes of each are drawn from the bridge between its open and its close, so that they
 * are those of a price that is watched without a pause, and prices are a martingale where the drift is nothing.
 */
function syntheticCandles(seed: number, length: number, volatility: number, drift: Drift = () => 0): CandleColumns {
  const random = createRandom(seed);
  const candles = emptyColumns(length);
  let price = 100;
  let last = 0;
  for (let i = 0; i < length; i++) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const move = drift(last) - volatility ** 2 / 2 + volatility * normal;
    const reach = (): number => Math.sqrt(move ** 2 - 2 * volatility ** 2 * Math.log(1 - random()));
    candles.openTime[i] = START + i * STEP_MS;
    candles.open[i] = price;
    candles.high[i] = price * Math.exp((move + reach()) / 2);
    candles.low[i] = price * Math.exp((move - reach()) / 2);
    price *= Math.exp(move);
    candles.close[i] = price;
    candles.volume[i] = 1_000 * (1 + random());
    last = move;
  }
  return candles;
}

export const syntheticMarkets = (
  seed: number,
  count: number,
  length: number,
  volatility: number,
  drift?: Drift,
): MarketCandles[] =>
  Array.from({ length: count }, (_, i) => {
    const candles = syntheticCandles(seed * 1_000 + i, length, volatility, drift);
    const id = `T${String(i).padStart(2, '0')}USDT`;
    return { market: assumedMarket(id, 'USDT', candles, 0.0005), candles, detail: null };
  });

const unchanged = {
  minQuoteVolume: 1,
  minGain: 1,
  aggressiveGain: 1,
  momentumMultiple: 1,
  stake: 1,
  stop: 1,
  minConfidence: 0,
};

/** Settings that let trade: no account guards, so that one loss does not decide about the next trade. */
export function testSettings(overrides: Partial<BacktestSettings> = {}): BacktestSettings {
  const limits = {
    maxOpenPositions: 100,
    cooldownMs: HOUR_MS,
    maxPriceAgeMs: 5_000,
    stake: { min: 3, max: 15 },
    equityFraction: 0.05,
    maxSlippage: 0.02,
    account: { stopGuard: null, dailyLossFraction: null, dailyLossQuote: null, maxDrawdown: null },
  };
  return {
    mode: 'test',
    rules: {
      ...someRulesOfDecision,
      hype: {
        minQuoteVolume: 1_000,
        minChange24h: -1,
        maxChange24h: 10,
        minPrice: 0,
        maxSpread: 0.1,
        maxCandidates: 50,
      },
      strategy: {
        ...someRulesOfDecision.strategy,
        revival: { ...someRulesOfDecision.strategy.revival, lookbackCandles: 48 },
      },
      regime: {
        ...someRulesOfDecision.regime,
        margin: { change: 0.0075, breadth: 0.03, volatility: 0.001 },
        readings: 5,
      },
      adjust: { bearish: unchanged, bullish: unchanged },
      limits: { test: limits, live: limits },
    },
    universe: { quote: 'USDT', excludedBases: [], blocklist: [], minAgeMs: 0 },
    buysOnly: null,
    position: {
      trailFrom: 0.01,
      confirmMs: 30_000,
      peakDrop: 0.03,
      maxExitSlippage: 0.02,
      breakEvenAfterFirstLevel: false,
      timeStopMs: null,
    },
    stop: { calmFraction: 0.015, wildFraction: 0.05, calmFactor: 0.8, wildFactor: 1.2 },
    stopAtrPeriod: 14,
    balance: 1_000,
    forgetPeakMs: null,
    scanEveryMs: 60_000,
    costs: DEFAULT_COSTS,
    from: null,
    until: null,
    keepDecisions: false,
    ...overrides,
  };
}
