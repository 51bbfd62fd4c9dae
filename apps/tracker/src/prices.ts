import type { Decimal, ExchangeSymbol } from '@mexc-bot/core';
import type { MarketData } from '@mexc-bot/exchange';

/** A bid that jumped further than this between two looks is confirmed by the order book before anything is sold on it. */
const ABSURD_MOVE = 0.5;
/** How near the order book must be to confirm it. */
const CONFIRMS_WITHIN = 0.05;

const moved = (from: Decimal, to: Decimal): Decimal => to.div(from).minus(1).abs();

/**
 * Tells believable bids from absurd ones. No price is better than a wrong one: what jumped and is not confirmed by the order book
 * is dropped, and the next price is judged anew.
 */
export function createBelief(marketData: MarketData) {
  const lastBid = new Map<ExchangeSymbol, Decimal>();

  return {
    /** @returns whether a bid follows from the last one; one that does becomes the last one */
    follows(market: ExchangeSymbol, bid: Decimal): boolean {
      const before = lastBid.get(market);
      if (before !== undefined && moved(before, bid).gt(ABSURD_MOVE)) return false;
      lastBid.set(market, bid);
      return true;
    },
    /**
     * Asks the order book about a jump.
     *
     * @returns its best bid where that confirms the jump, or follows from the last believed one; null: neither. Throws QueryFailed.
     */
    async confirm(market: ExchangeSymbol, bid: Decimal): Promise<Decimal | null> {
      const best = (await marketData.depth(market, 5)).bids[0]?.price;
      if (best === undefined) return null;
      const before = lastBid.get(market);
      const follows = before !== undefined && moved(before, best).lte(ABSURD_MOVE);
      if (!follows && moved(bid, best).gt(CONFIRMS_WITHIN)) return null;
      lastBid.set(market, best);
      return best;
    },
    /** What is held, with the highest price each was seen at: the first bid after a start is judged against that. */
    keep(held: ReadonlyMap<ExchangeSymbol, Decimal>): void {
      for (const [market, peak] of held) if (!lastBid.has(market)) lastBid.set(market, peak);
      for (const market of lastBid.keys()) if (!held.has(market)) lastBid.delete(market);
    },
  };
}
