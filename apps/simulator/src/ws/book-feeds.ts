import type { QuotedMarket } from '../quotes.ts';
import { bookTicker, depth } from '../wire.ts';
import { type Feed, type FeedDeps, feedOfState } from './feed.ts';
import type { PushedBookTicker, PushedLevel } from './push.ts';
import type { BookTickerTopic, DepthTopic, LimitDepthTopic } from './topics.ts';

const ALL_LEVELS = 5_000;
/** Price to quantity, as REST words them. */
type Side = ReadonlyMap<string, string>;
interface WireBook {
  readonly bids: Side;
  readonly asks: Side;
}

/** Notes the prices whose quantity differs between two states of one side. */
function noteChanges(before: Side, after: Side, changed: Set<string>): void {
  for (const [price, quantity] of after) if (before.get(price) !== quantity) changed.add(price);
  for (const price of before.keys()) if (!after.has(price)) changed.add(price);
}

const levelsAt = (side: Side, prices: ReadonlySet<string>): PushedLevel[] =>
  [...prices].map((price) => ({ price, quantity: side.get(price) ?? '0' }));

/**
 * Changes of the book since the last push. Versions are market times, as REST's `lastUpdateId` is: whoever takes a REST book of
 * time T and applies every push with `toVersion` above T has the book as REST would show it at the last push.
 *
 * For that each push also carries the levels that changed and changed back between two pushes while REST was asked (a reader
 * of that moment has the passing quantity). A moment at which REST answered is not pushed itself: an order of the same
 * millisecond could still follow, and readers skip pushes up to their own version.
 */
export function depthFeed(deps: FeedDeps, topic: DepthTopic, since: number): Feed {
  const read = (now: number): WireBook => {
    const market = deps.quotes.find(topic.symbol, now);
    if (!market) return { bids: new Map(), asks: new Map() };
    const { bids, asks } = depth(deps.quotes, market, ALL_LEVELS, now);
    return { bids: new Map(bids), asks: new Map(asks) };
  };
  const changed = { bids: new Set<string>(), asks: new Set<string>() };
  let book = read(since);
  let version = since;
  let seenAt = since;
  const look = (now: number): void => {
    const after = read(now);
    noteChanges(book.bids, after.bids, changed.bids);
    noteChanges(book.asks, after.asks, changed.asks);
    book = after;
  };

  return {
    greeting: () => null,
    bookSeen(now) {
      look(now);
      seenAt = now;
    },
    next(now) {
      if (now === seenAt || now <= version) return [];
      look(now);
      if (changed.bids.size + changed.asks.size === 0) return [];
      const [asks, bids] = [levelsAt(book.asks, changed.asks), levelsAt(book.bids, changed.bids)];
      changed.asks.clear();
      changed.bids.clear();
      const fromVersion = String(version + 1);
      version = now;
      return [{ publicAggreDepths: { asks, bids, eventType: topic.eventType, fromVersion, toVersion: String(now) } }];
    },
  };
}

/** The best levels, whole, where any of them changed. */
export function limitDepthFeed(deps: FeedDeps, topic: LimitDepthTopic): Feed {
  const rows = (side: readonly (readonly [string, string])[]): PushedLevel[] =>
    side.map(([price, quantity]) => ({ price, quantity }));
  const state = (now: number) => {
    const market = deps.quotes.find(topic.symbol, now);
    return market ? depth(deps.quotes, market, topic.levels, now) : null;
  };
  let said: string | null = null;
  const bodyOf = (book: ReturnType<typeof depth>) => ({
    publicLimitDepths: {
      asks: rows(book.asks),
      bids: rows(book.bids),
      eventType: topic.eventType,
      version: String(book.lastUpdateId),
    },
  });
  return {
    greeting(now) {
      const book = state(now);
      return book && bodyOf(book);
    },
    next(now) {
      const book = state(now);
      const text = book && JSON.stringify([book.bids, book.asks]);
      if (book === null || text === said) return [];
      said = text;
      return [bodyOf(book)];
    },
  };
}

/** Best bid and ask as REST's `bookTicker` has them, where one of them changed. */
export function bookTickerFeed(deps: FeedDeps, topic: BookTickerTopic): Feed {
  const best = (market: QuotedMarket, now: number): PushedBookTicker => {
    const { bidPrice, bidQty, askPrice, askQty } = bookTicker(deps.quotes, market, now);
    return { bidPrice, bidQuantity: bidQty, askPrice, askQuantity: askQty };
  };
  return feedOfState((now) => {
    const market = deps.quotes.find(topic.symbol, now);
    if (!market) return null;
    const ticker = best(market, now);
    return topic.kind === 'bookTicker'
      ? { publicAggreBookTicker: ticker }
      : { publicBookTickerBatch: { items: [ticker] } };
  });
}
