import type { MarketCandles, ReadCandles } from '@mexc-bot/backtest';
import { candleAt, type KeptTimeframe, TIMEFRAME_MS } from '@mexc-bot/core';

/** The candles of a run, as the page's charts ask for them. */
export function chartCandles(markets: readonly MarketCandles[], timeframe: KeptTimeframe): ReadCandles {
  const columns = new Map(markets.map(({ market, candles }) => [market.id, candles]));
  return (market, from, until) => {
    const candles = columns.get(market);
    const times = candles?.openTime ?? new Float64Array();
    const rows = Array.from(times.keys()).filter((row) => times[row]! >= from && times[row]! < until);
    const found = candles === undefined ? [] : rows.map((row) => candleAt(candles, row));
    return { candles: found, candleMs: TIMEFRAME_MS[timeframe] };
  };
}
