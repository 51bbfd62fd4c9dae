import { Decimal, type Depth, type DepthLevel, floorToStep, type MarketRules, roundToTick } from '@mexc-bot/core';
import type { BacktestCosts } from './result.ts';

/** In how many levels an estimated side of the book is handed out. */
const LEVELS = 5;

/** Half the estimated spread, as a fraction of the price. @param atrFraction NaN where unknown */
export function halfSpread(atrFraction: number, costs: BacktestCosts): number {
  const volatile = Number.isNaN(atrFraction) ? 0 : atrFraction * costs.spreadPerAtr;
  return Math.max(volatile, costs.minSpread) / 2;
}

/** Bid under a last price, on the tick grid where it is finer than the bid itself. */
export function bidUnder(bid: number, rules: MarketRules): Decimal {
  // a level is computed in binary: its noise must not cost a tick
  const exact = new Decimal(Number(bid.toPrecision(12)));
  const onGrid = floorToStep(exact, rules.tickSize);
  return onGrid.gt(0) ? onGrid : exact;
}

export function askOver(ask: number, rules: MarketRules): Decimal {
  return roundToTick(Number(ask.toPrecision(12)), rules.tickSize, 'sell');
}

/**
 * What an order may find on its side of the book: a share of the candle's volume, evenly from the best price to `depthReach` beyond
 * it. Where nothing was traded there is nothing to find.
 *
 * @param best bid for a sale, ask for a buy
 * @param volume base traded in the candle, less what the run's own orders took of it already
 */
export function estimatedDepth(side: 'buy' | 'sell', best: Decimal, volume: number, costs: BacktestCosts): Depth {
  const quantity = new Decimal((volume * costs.volumeShare) / LEVELS);
  const away = side === 'buy' ? 1 : -1;
  const levels: DepthLevel[] = [];
  if (quantity.gt(0)) {
    for (let level = 0; level < LEVELS; level++) {
      const reach = (away * costs.depthReach * level) / (LEVELS - 1);
      levels.push({ price: level === 0 ? best : best.mul(1 + reach), quantity });
    }
  }
  return side === 'buy' ? { asks: levels, bids: [] } : { asks: [], bids: levels };
}
