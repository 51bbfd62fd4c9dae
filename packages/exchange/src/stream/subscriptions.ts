import type { ExchangeSymbol } from '@mexc-bot/core';
import { backOffMs } from './back-off.ts';
import { ASK_AGAIN, ASKED_AGAIN_PER_STEP } from './timing.ts';
import { readRefusal, subscribeText, type Topic, topicsOf, unsubscribeText } from './topics.ts';

interface Subscription {
  readonly topic: Topic;
  /** how often it was asked for without a message since */
  tries: number;
  askAgainAt: number;
  heard: boolean;
}

export interface SubscriptionsDeps {
  readonly now: () => number;
  /** in [0, 1) */
  readonly random: () => number;
  readonly send: (text: string) => void;
  readonly onRefused: (topic: Topic, reason: string) => void;
  readonly onSilent: (topic: Topic) => void;
}

/** What one connection is asked for, from the moment it is open. */
export interface Subscriptions {
  /** Unsubscribes what is too much, then subscribes what is missing: never more than either on the way. */
  set(markets: ReadonlySet<ExchangeSymbol>): void;
  /** Asks again for what was refused or has had no first message for too long. */
  step(): void;
  /** @returns undefined for what was not asked for */
  topic(channel: string): Topic | undefined;
  noteHeard(topic: Topic): void;
  /** Its prices come. */
  hears(market: ExchangeSymbol): boolean;
  noteAnswer(text: string): void;
  size(): number;
}

export function createSubscriptions({ now, random, send, onRefused, onSilent }: SubscriptionsDeps): Subscriptions {
  const byChannel = new Map<string, Subscription>();

  const noteAsked = (subscription: Subscription): void => {
    subscription.tries++;
    subscription.askAgainAt = now() + backOffMs(ASK_AGAIN, subscription.tries, random());
  };

  const refuse = (subscription: Subscription, reason: string): void => {
    if (subscription.heard) {
      subscription.heard = false;
      subscription.tries = 1;
      subscription.askAgainAt = now() + backOffMs(ASK_AGAIN, 1, random());
    }
    onRefused(subscription.topic, reason);
  };

  return {
    set(markets) {
      const wanted = new Map([...markets].flatMap(topicsOf).map((topic) => [topic.channel, topic]));
      const surplus = [...byChannel.keys()].filter((channel) => !wanted.has(channel));
      const missing = [...wanted.values()].filter(({ channel }) => !byChannel.has(channel));
      for (const channel of surplus) byChannel.delete(channel);
      for (const topic of missing) {
        const subscription = { topic, tries: 0, askAgainAt: 0, heard: false };
        byChannel.set(topic.channel, subscription);
        noteAsked(subscription);
      }
      if (surplus.length > 0) send(unsubscribeText(surplus));
      if (missing.length > 0) send(subscribeText(missing.map(({ channel }) => channel)));
    },
    step() {
      let asked = 0;
      for (const subscription of byChannel.values()) {
        if (asked === ASKED_AGAIN_PER_STEP) return;
        if (subscription.heard || now() < subscription.askAgainAt) continue;
        if (subscription.tries === 1) onSilent(subscription.topic);
        send(subscribeText([subscription.topic.channel]));
        noteAsked(subscription);
        asked++;
      }
    },
    topic: (channel) => byChannel.get(channel)?.topic,
    noteHeard({ channel }) {
      const subscription = byChannel.get(channel);
      if (subscription) subscription.heard = true;
    },
    hears: (market) => topicsOf(market).some(({ kind, channel }) => kind === 'quotes' && byChannel.get(channel)?.heard),
    noteAnswer(text) {
      const refusal = readRefusal(text);
      if (refusal === null) return;
      const refused = refusal.channels
        ? refusal.channels.flatMap((channel) => byChannel.get(channel) ?? [])
        : [...byChannel.values()].filter(({ heard }) => !heard);
      for (const subscription of refused) refuse(subscription, refusal.reason);
    },
    size: () => byChannel.size,
  };
}
