import { type Clock, Decimal, type ExchangeSymbol } from '@mexc-bot/core';
import { type MarketData, QueryFailed } from '@mexc-bot/exchange';

/** A bid that jumped further than this between two looks is confirmed by the order book before anything is sold on it. */
const ABSURD_MOVE = 0.5;
/**
 * The same where the last look is old, or there was none since the start: the price may have gone anywhere meanwhile, and a false
 * bid may lie near where it was.
 */
const ODD_MOVE = 0.25;
/** wall ms */
const OLD_MS = 5_000;
/** How near the order book must be to confirm it. */
const CONFIRMS_WITHIN = 0.05;
/** Where the book says nothing, odd bids confirm each other over so long, wall ms: with a look a second a stop fires within three. */
const CONFIRMS_AFTER_MS = 900;
/** How near each of them must be to the one before. */
const GOES_ON_WITHIN = 0.1;

const moved = (from: Decimal, to: Decimal): Decimal => to.div(from).minus(1).abs();

interface Believed {
  readonly bid: Decimal;
  readonly atWall: number;
}

export interface BeliefDeps {
  readonly marketData: MarketData;
  /** the same, asked as what an exit waits for: about falls */
  readonly fallData: MarketData;
  readonly clock: Clock;
}

/**
 * Tells believable bids from absurd ones. No price is better than a wrong one: what jumped and is not confirmed by the order book
 * is dropped, and the next price is judged anew.
 */
export function createBelief({ marketData, fallData, clock }: BeliefDeps) {
  const last = new Map<ExchangeSymbol, Believed>();
  /** odd bids that the book has said nothing about, and since when they come */
  const unconfirmed = new Map<ExchangeSymbol, Believed>();
  /** the book is being asked */
  const asking = new Set<ExchangeSymbol>();

  const believe = (market: ExchangeSymbol, bid: Decimal): void => {
    last.set(market, { bid, atWall: clock.wallNow() });
    unconfirmed.delete(market);
  };

  /** Without a book's word, odd bids confirm each other over a while; absurd ones do not. */
  const repeats = (market: ExchangeSymbol, bid: Decimal): boolean => {
    const [before, odd] = [last.get(market), unconfirmed.get(market)];
    // a fall goes on from look to look
    const lasts = odd !== undefined && moved(odd.bid, bid).lte(GOES_ON_WITHIN);
    const atWall = lasts ? odd.atWall : clock.wallNow();
    unconfirmed.set(market, { bid, atWall });
    const isOdd = before !== undefined && moved(before.bid, bid).lte(ABSURD_MOVE);
    return isOdd && Math.abs(clock.wallNow() - atWall) >= CONFIRMS_AFTER_MS;
  };

  /** The book has the last word, also against what repeats itself. */
  const judge = (market: ExchangeSymbol, bid: Decimal, best: Decimal): Decimal | null => {
    const before = last.get(market)?.bid;
    const follows = before !== undefined && moved(before, best).lte(ABSURD_MOVE);
    if (!follows && moved(bid, best).gt(CONFIRMS_WITHIN)) {
      unconfirmed.delete(market);
      return null;
    }
    believe(market, best);
    return best;
  };

  return {
    /** @returns whether a bid follows from the last one; one that does becomes the last one */
    follows(market: ExchangeSymbol, bid: Decimal): boolean {
      const before = last.get(market);
      if (before !== undefined) {
        // where the clock was set back, nobody knows how old it is
        const limit = Math.abs(clock.wallNow() - before.atWall) > OLD_MS ? ODD_MOVE : ABSURD_MOVE;
        if (moved(before.bid, bid).gt(limit)) return false;
      }
      believe(market, bid);
      return true;
    },
    /**
     * Asks the order book about a jump.
     *
     * @returns its best bid where that confirms the jump, or follows from the last believed one; null: neither. Throws QueryFailed.
     */
    async confirm(market: ExchangeSymbol, bid: Decimal): Promise<Decimal | null> {
      const repeated = repeats(market, bid);
      // one question at a time, and none is waited for longer than another price takes to come
      const best = asking.has(market) ? null : await bestBid(market, bid);
      if (!(best instanceof Decimal)) {
        if (!repeated) {
          if (best !== null) throw best;
          return null;
        }
        believe(market, bid);
        return bid;
      }
      return judge(market, bid, best);
    },
    /** Markets whose last bid fell so far that it was not believed, and about which the book has said nothing yet. */
    doubtedFalls: (): readonly ExchangeSymbol[] =>
      [...unconfirmed].flatMap(([market, { bid }]) => (isFall(market, bid) ? [market] : [])),
    /**
     * Asks the order book about a doubted fall once more, where no new price comes that could repeat it.
     *
     * @returns as `confirm`; null as well where the book still says nothing
     */
    async askAgain(market: ExchangeSymbol): Promise<Decimal | null> {
      const doubted = unconfirmed.get(market);
      if (doubted === undefined || asking.has(market)) return null;
      const best = await bestBid(market, doubted.bid);
      return best instanceof Decimal ? judge(market, doubted.bid, best) : null;
    },
    /** The last bid believed since the start. */
    lastOf(market: ExchangeSymbol): Decimal | undefined {
      const known = last.get(market);
      return known === undefined || known.atWall === Number.NEGATIVE_INFINITY ? undefined : known.bid;
    },
    /** What is held, with the highest price each was seen at: the first bid after a start is judged against that. */
    keep(held: ReadonlyMap<ExchangeSymbol, Decimal>): void {
      for (const [market, peak] of held) {
        if (!last.has(market)) last.set(market, { bid: peak, atWall: Number.NEGATIVE_INFINITY });
      }
      for (const market of last.keys()) {
        if (held.has(market)) continue;
        last.delete(market);
        unconfirmed.delete(market);
      }
    },
  };

  function isFall(market: ExchangeSymbol, bid: Decimal): boolean {
    const before = last.get(market)?.bid;
    return before === undefined || bid.lt(before);
  }

  /** @returns null: nobody buys */
  async function bestBid(market: ExchangeSymbol, asked: Decimal): Promise<Decimal | QueryFailed | null> {
    asking.add(market);
    try {
      return (await (isFall(market, asked) ? fallData : marketData).depth(market, 5)).bids[0]?.price ?? null;
    } catch (error) {
      if (error instanceof QueryFailed) return error;
      throw error;
    } finally {
      asking.delete(market);
    }
  }
}
