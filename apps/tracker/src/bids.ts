import type { Clock, Decimal, ExchangeSymbol } from '@mexc-bot/core';
import { type MarketData, type PriceStream, QueryFailed } from '@mexc-bot/exchange';
import { within } from './within.ts';

/** Quotes that take longer are not waited for, wall ms. */
const LONGEST_WAIT_MS = 500;

/**
 * Best bids as far as they are known at once: pushed ones, and one REST request for the rest.
 *
 * @returns what could be read; empty where nothing could
 */
export function createKnownBids(
  stream: PriceStream | null,
  marketData: MarketData,
  clock: Pick<Clock, 'sleepWall'>,
  staleAfterMs: number,
) {
  return async (markets: ReadonlySet<ExchangeSymbol>): Promise<ReadonlyMap<ExchangeSymbol, Decimal>> => {
    const known = new Map<ExchangeSymbol, Decimal>();
    for (const market of markets) {
      const tick = stream?.latest(market);
      if (stream && tick !== undefined && stream.ageMs(market) <= staleAfterMs) known.set(market, tick.bid);
    }
    if (known.size < markets.size) await within(clock, LONGEST_WAIT_MS, readRest(markets, known));
    return known;
  };

  async function readRest(markets: ReadonlySet<ExchangeSymbol>, known: Map<ExchangeSymbol, Decimal>): Promise<void> {
    try {
      const tickers = await marketData.bookTickers();
      for (const market of markets) {
        const bid = tickers.get(market)?.bid;
        if (!known.has(market) && bid !== undefined) known.set(market, bid);
      }
    } catch (error) {
      if (!(error instanceof QueryFailed)) throw error;
    }
  }
}
