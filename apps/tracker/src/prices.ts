import type { BookTicker, Decimal, ExchangeSymbol, OpenPosition } from '@mexc-bot/core';
import type { MarketData } from '@mexc-bot/exchange';

/** A bid that jumped further than this between two looks is confirmed by the order book before anything is sold on it. */
const ABSURD_MOVE = 0.5;

/**
 * Reads the best bid of every held market in one request.
 *
 * A market without a bid is left out, and so is one whose bid jumped absurdly and which the order book does not confirm: no
 * price is better than a wrong one, and the next look comes at once.
 */
export function createPriceReader(marketData: MarketData) {
  const lastBid = new Map<ExchangeSymbol, Decimal>();

  return async (positions: readonly OpenPosition[]): Promise<ReadonlyMap<ExchangeSymbol, Decimal>> => {
    const tickers = await marketData.bookTickers();
    const held = new Set(positions.map((position) => position.market));
    for (const market of lastBid.keys()) if (!held.has(market)) lastBid.delete(market);

    const bids = new Map<ExchangeSymbol, Decimal>();
    for (const market of held) {
      const ticker = tickers.get(market);
      if (ticker === undefined) continue;
      const bid = await believable(market, ticker);
      if (bid === null) continue;
      bids.set(market, bid);
      lastBid.set(market, bid);
    }
    return bids;
  };

  async function believable(market: ExchangeSymbol, ticker: BookTicker): Promise<Decimal | null> {
    const before = lastBid.get(market);
    if (before === undefined || ticker.bid.div(before).minus(1).abs().lte(ABSURD_MOVE)) return ticker.bid;
    const best = (await marketData.depth(market, 5)).bids[0];
    if (best === undefined || best.price.div(ticker.bid).minus(1).abs().gt(0.05)) return null;
    return best.price;
  }
}
