import { type Clock, type OpenPosition, TIMEFRAME_MS } from '@mexc-bot/core';
import type { MarketData } from '@mexc-bot/exchange';
import { atr } from '@mexc-bot/indicators';

/** Candles for a Wilder average whose seed no longer matters. */
const CANDLES_PER_PERIOD = 5;

/**
 * Tells the ATR of each position's market once per closed 5 m candle.
 *
 * @returns reader: ATR ÷ close for the positions whose candle closed since the last look; a market that could not be read is
 *   asked again at the next look
 */
export function createVolatilityReader(marketData: MarketData, clock: Clock, period: number) {
  const seen = new Map<string, number>();

  return async (positions: readonly OpenPosition[], onFailure: (position: OpenPosition, error: unknown) => void) => {
    const bucket = Math.floor(clock.now() / TIMEFRAME_MS['5m']);
    const due = positions.filter((position) => seen.get(position.id) !== bucket);
    const held = new Set(positions.map((position) => position.id));
    for (const id of seen.keys()) if (!held.has(id)) seen.delete(id);

    const fractions = new Map<string, number>();
    await Promise.all(
      due.map(async (position) => {
        try {
          const candles = await marketData.closedCandles(position.market, '5m', CANDLES_PER_PERIOD * period);
          const columns = {
            high: Float64Array.from(candles, (candle) => candle.high),
            low: Float64Array.from(candles, (candle) => candle.low),
            close: Float64Array.from(candles, (candle) => candle.close),
          };
          const fraction = (atr(columns, period).at(-1) ?? Number.NaN) / (columns.close.at(-1) ?? Number.NaN);
          if (Number.isFinite(fraction)) fractions.set(position.id, fraction);
          seen.set(position.id, bucket);
        } catch (error) {
          onFailure(position, error);
        }
      }),
    );
    return fractions;
  };
}
