import { hypeRejection } from '@mexc-bot/core';
import type { PreparedData } from '../data.ts';
import type { BacktestSettings } from '../options.ts';
import type { BacktestResult } from '../result.ts';
import { tickerAt } from '../tickers.ts';
import type { MarketView } from './decisions.ts';

/** What the backtest sees of a market at the close of a candle. */
export function marketViews(
  data: PreparedData,
  settings: BacktestSettings,
  moods: BacktestResult['moods'] = [],
): (market: string, at: number) => MarketView {
  const byMarket = new Map(data.markets.map((each) => [each.market.id, each]));
  return (id, at) => {
    const market = byMarket.get(id);
    const row = market?.rowAt[(at - data.start) / data.stepMs - 1] ?? -1;
    if (market === undefined || row < 0) return { hasCandle: false, hype: 'no_price', regime: null };
    const regime = moods.findLast((mood) => mood.at <= at)?.regime ?? null;
    const hype = hypeRejection(tickerAt(market, row, settings.costs), settings.rules.hype);
    return { hasCandle: true, hype, regime };
  };
}
