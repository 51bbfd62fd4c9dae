import type { MarketClock } from '../market-clock.ts';
import { bookTickerFeed, depthFeed, limitDepthFeed } from './book-feeds.ts';
import type { Connection } from './connection.ts';
import type { Delivery } from './delivery.ts';
import type { Feed, FeedDeps } from './feed.ts';
import type { PushBody } from './push.ts';
import type { PublicTopic } from './topics.ts';
import { dealsFeed, klineFeed, miniTickerFeed } from './trade-feeds.ts';

/** Public topics and who follows them. Only topics with subscribers exist; each push is made and encoded once for all of them. */
export interface Publisher {
  subscribe(connection: Connection, topic: PublicTopic): void;
  unsubscribe(connection: Connection, channel: string): void;
  /** Pushes what has fallen due on the market's clock. */
  tick(): void;
  /** Told that someone was shown a market's book at `now`. */
  bookSeen(symbol: string, now: number): void;
  topics(): number;
}

export interface PublisherDeps extends FeedDeps {
  readonly clock: MarketClock;
  readonly delivery: Delivery;
  readonly onFault: (error: unknown) => void;
}

interface Followed {
  readonly topic: PublicTopic;
  readonly feed: Feed;
  readonly subscribers: Set<Connection>;
  /** market time, ms */
  dueAt: number;
}

function feedOf(deps: FeedDeps, topic: PublicTopic, now: number): Feed {
  switch (topic.kind) {
    case 'deals':
      return dealsFeed(deps, topic, now);
    case 'depth':
      return depthFeed(deps, topic, now);
    case 'limitDepth':
      return limitDepthFeed(deps, topic);
    case 'bookTicker':
    case 'bookTickerBatch':
      return bookTickerFeed(deps, topic);
    case 'kline':
      return klineFeed(deps, topic, now);
    case 'miniTicker':
      return miniTickerFeed(deps, topic);
  }
}

export function createPublisher(deps: PublisherDeps): Publisher {
  const { clock, delivery, onFault } = deps;
  const followed = new Map<string, Followed>();
  /** depth feeds by symbol: REST asks for books far more often than anyone follows one */
  const bookWatchers = new Map<string, Set<Feed>>();

  const afterNow = (now: number, everyMs: number): number => (Math.floor(now / everyMs) + 1) * everyMs;
  const publish = (topic: PublicTopic, body: PushBody, now: number, to: ReadonlySet<Connection>): void => {
    const push = { channel: topic.channel, time: now, body };
    delivery.deliver(topic.symbol === null ? push : { ...push, symbol: topic.symbol }, to);
  };
  const follow = (topic: PublicTopic, now: number): Followed => {
    const feed = feedOf(deps, topic, now);
    const entry = { topic, feed, subscribers: new Set<Connection>(), dueAt: afterNow(now, topic.everyMs) };
    followed.set(topic.channel, entry);
    if (feed.bookSeen && topic.symbol !== null) {
      const watchers = bookWatchers.get(topic.symbol) ?? new Set();
      bookWatchers.set(topic.symbol, watchers.add(feed));
    }
    return entry;
  };

  return {
    subscribe(connection, topic) {
      const now = clock.now();
      const { feed, subscribers } = followed.get(topic.channel) ?? follow(topic, now);
      subscribers.add(connection);
      const greeting = feed.greeting(now);
      if (greeting) publish(topic, greeting, now, new Set([connection]));
    },

    unsubscribe(connection, channel) {
      const entry = followed.get(channel);
      if (!entry?.subscribers.delete(connection) || entry.subscribers.size > 0) return;
      followed.delete(channel);
      const watchers = bookWatchers.get(entry.topic.symbol ?? '');
      if (watchers?.delete(entry.feed) && watchers.size === 0) bookWatchers.delete(entry.topic.symbol ?? '');
    },

    tick() {
      const now = clock.now();
      // a copy: a fault may cut connections, and with them topics, on the way
      for (const entry of [...followed.values()]) {
        if (now < entry.dueAt) continue;
        entry.dueAt = afterNow(now, entry.topic.everyMs);
        try {
          for (const body of entry.feed.next(now)) publish(entry.topic, body, now, entry.subscribers);
        } catch (error) {
          // once: whoever comes back gets a new feed, and the other topics go on
          onFault(error);
          for (const connection of [...entry.subscribers]) connection.close(1011, 'internal error');
        }
      }
    },

    bookSeen(symbol, now) {
      for (const feed of bookWatchers.get(symbol) ?? []) feed.bookSeen?.(now);
    },
    topics: () => followed.size,
  };
}
