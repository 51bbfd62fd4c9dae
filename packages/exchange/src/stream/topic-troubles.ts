import type { ExchangeSymbol } from '@mexc-bot/core';
import { type Topic, topicsOf } from './topics.ts';

/** Says once what is wrong with a topic, over all connections it is asked for on, until it delivers. */
export interface TopicTroubles {
  noteRefused(topic: Topic, reason: string): void;
  noteSilent(topic: Topic): void;
  noteHeard(topic: Topic): void;
  forget(market: ExchangeSymbol): void;
  /** channels */
  refused(): readonly string[];
}

export function createTopicTroubles(log: {
  info(message: string, details?: object): void;
  warn(message: string, details?: object): void;
}): TopicTroubles {
  const refused = new Set<string>();
  const silent = new Set<string>();

  return {
    noteRefused({ channel, market }, reason) {
      if (refused.has(channel)) return;
      refused.add(channel);
      log.warn(`price stream: the exchange refuses ${channel}; asking again from time to time`, { market, reason });
    },
    noteSilent({ channel, market, kind }) {
      // a market may well go without a trade for hours
      if (kind === 'deals' || silent.has(channel) || refused.has(channel)) return;
      silent.add(channel);
      log.info(`price stream: no first message on ${channel}; asking again from time to time`, { market });
    },
    noteHeard({ channel, market }) {
      silent.delete(channel);
      if (refused.delete(channel)) log.info(`price stream: ${channel} delivers now`, { market });
    },
    forget(market) {
      for (const { channel } of topicsOf(market)) {
        refused.delete(channel);
        silent.delete(channel);
      }
    },
    refused: () => [...refused],
  };
}
