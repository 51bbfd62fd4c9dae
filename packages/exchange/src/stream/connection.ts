import type { ExchangeSymbol } from '@mexc-bot/core';
import type { DropReason } from './price-book.ts';
import type { DecodePush, Push } from './push.ts';
import type { OpenSocket, StreamSocket } from './socket.ts';
import { createSubscriptions } from './subscriptions.ts';
import { CLOSE_TIMEOUT_MS, OPEN_TIMEOUT_MS, PING_EVERY_MS } from './timing.ts';
import { PING_TEXT, type Topic } from './topics.ts';

export interface ConnectionDeps {
  readonly url: string;
  readonly openSocket: OpenSocket;
  readonly now: () => number;
  /** in [0, 1) */
  readonly random: () => number;
  readonly decode: DecodePush;
  /** @returns null when the message was good */
  readonly onPush: (topic: Topic, push: Push) => DropReason | null;
  readonly onUndecodable: () => void;
  readonly onRefused: (topic: Topic, reason: string) => void;
  readonly onSilent: (topic: Topic) => void;
  /** Once, whoever ended it. */
  readonly onEnd: (why: string) => void;
}

/** One socket from its opening to its end; it is never opened again. */
export interface Connection {
  state(): 'opening' | 'open' | 'closing' | 'ended';
  /** Which markets to be subscribed to, now or as soon as it is open. */
  want(markets: ReadonlySet<ExchangeSymbol>): void;
  topics(): number;
  /** Prices of the market come through it. */
  hears(market: ExchangeSymbol): boolean;
  /** @returns when it opened; Infinity before */
  openedAt(): number;
  /** ms since it opened or delivered something good; 0 before it is open. Pongs and acknowledgements count for nothing. */
  silentMs(): number;
  /** Time-outs, pings, subscriptions asked for again. */
  step(): void;
  close(): void;
}

export function openConnection(deps: ConnectionDeps): Connection {
  const { url, openSocket, decode, now, random, onPush, onUndecodable, onRefused, onSilent, onEnd } = deps;
  let state: ReturnType<Connection['state']> = 'opening';
  let since = now();
  let openedAt = Number.POSITIVE_INFINITY;
  let goodAt = 0;
  let pingedAt = 0;
  let why = '';
  let wanted: ReadonlySet<ExchangeSymbol> = new Set();

  const subscriptions = createSubscriptions({ now, random, send: (text) => socket.send(text), onRefused, onSilent });

  const end = (reason: string): void => {
    if (state === 'ended') return;
    state = 'ended';
    onEnd(why || reason);
  };

  const cut = (reason: string): void => {
    why ||= reason;
    socket.terminate();
  };

  const receive = (bytes: Buffer): void => {
    const push = decode(bytes);
    if (push === null || push.channel === '') {
      onUndecodable();
      return;
    }
    const topic = subscriptions.topic(push.channel);
    if (topic === undefined) return; // on its way when it was unsubscribed
    const fault = onPush(topic, push);
    // the same message through another connection first: this one delivers too
    if (fault !== null && fault !== 'duplicate') return;
    goodAt = now();
    subscriptions.noteHeard(topic);
  };

  const socket: StreamSocket = openSocket(url, {
    onOpen() {
      if (state !== 'opening') return;
      state = 'open';
      since = openedAt = goodAt = pingedAt = now();
      subscriptions.set(wanted);
    },
    onText(text) {
      if (state === 'open') subscriptions.noteAnswer(text);
    },
    onBinary(bytes) {
      if (state === 'open') receive(bytes);
    },
    onClose: end,
  });

  return {
    state: () => state,
    want(markets) {
      wanted = new Set(markets);
      if (state === 'open') subscriptions.set(wanted);
    },
    topics: () => (state === 'open' ? subscriptions.size() : 0),
    hears: (market) => state === 'open' && subscriptions.hears(market),
    openedAt: () => openedAt,
    silentMs: () => (state === 'open' ? now() - goodAt : 0),
    step() {
      if (state === 'opening' && now() - since >= OPEN_TIMEOUT_MS) cut(`did not open within ${OPEN_TIMEOUT_MS} ms`);
      if (state === 'closing' && now() - since >= CLOSE_TIMEOUT_MS) cut('closed by us');
      if (state !== 'open') return;
      subscriptions.step();
      if (now() - pingedAt < PING_EVERY_MS) return;
      pingedAt = now();
      socket.send(PING_TEXT);
    },
    close() {
      if (state === 'closing' || state === 'ended') return;
      why = 'closed by us';
      const opened = state === 'open';
      state = 'closing';
      since = now();
      if (opened) socket.close();
      else socket.terminate();
    },
  };
}
