import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { WebSocketServer } from 'ws';
import type { EngineEvent } from '../engine-events.ts';
import type { Faults } from '../faults/faults.ts';
import type { MarketClock } from '../market-clock.ts';
import type { Quotes } from '../quotes.ts';
import { type Connection, createConnection, isConnectionFault, type SubscriptionDesk } from './connection.ts';
import { createDelivery } from './delivery.ts';
import { type ListenKeys, MAX_CONNECTIONS_PER_KEY } from './listen-keys.ts';
import { privatePush } from './private-pushes.ts';
import { createPublisher } from './publisher.ts';
import { REASON } from './requests.ts';
import { isPrivateChannel, parseTopic } from './topics.ts';

const PATH = '/ws';
/** Pushes fall due on the market's clock, but are looked for only this often: no topic pushes more often on the wall. */
const TICK_WALL_MS = 20;
const SWEEP_WALL_MS = 1_000;
/** How long clients have to answer the last close frame. */
const CLOSING_WALL_MS = 300;
const MAX_MESSAGE_BYTES = 64 * 1024;

/** The exchange's WebSocket face. */
export interface Streams {
  /** Takes over the upgrades of a server: `/ws`, with or without `?listenKey=`; the server's end is the streams'. */
  attach(app: FastifyInstance): void;
  /** Passes on what the engine booked to those who follow the account. */
  onEvent(event: EngineEvent): void;
  /** Told that someone was shown a market's book at market time `now`. */
  bookSeen(symbol: string, now: number): void;
  /** Pushes what is due and closes what is overdue; runs by itself while anyone is connected. */
  tick(): void;
  /** Open connections, and topics that anyone follows. */
  counts(): { readonly connections: number; readonly topics: number };
  close(): Promise<void>;
}

export interface StreamsDeps {
  /** not those that report to {@link Streams.bookSeen} */
  readonly quotes: Quotes;
  readonly clock: MarketClock;
  /** ms; only differences count */
  readonly wallNow: () => number;
  readonly listenKeys: ListenKeys;
  readonly faults: Faults;
  readonly onFault: (error: unknown) => void;
}

export function createStreams(deps: StreamsDeps): Streams {
  const { quotes, clock, wallNow, listenKeys, faults, onFault } = deps;
  const delivery = createDelivery({ clock, faults });
  const publisher = createPublisher({ quotes, clock, delivery, onFault });
  const connections = new Set<Connection>();
  /** followers of private topics, by account and channel */
  const followers = new Map<string, Set<Connection>>();
  const privateKey = (accountId: string, channel: string): string => `${accountId} ${channel}`;

  const desk: SubscriptionDesk = {
    judge({ holder }, channel) {
      const topic = parseTopic(channel);
      const symbol = topic?.symbol ?? undefined;
      const target = `subscribe ${channel}`;
      const fault = faults.decide({ channel: 'ws', target, symbol, apiKey: holder?.apiKey })?.action;
      if (fault?.kind === 'blocked') return REASON.blocked;
      if (fault?.kind === 'lose') return 'lost';
      if (fault && isConnectionFault(fault)) return fault;

      if (isPrivateChannel(channel)) return holder === null ? REASON.noListenKey : null;
      if (topic === null) return REASON.blocked;
      return topic.symbol !== null && !quotes.find(topic.symbol, clock.now()) ? REASON.unknownSymbol : null;
    },
    follow(connection, channel) {
      const topic = parseTopic(channel);
      if (topic) publisher.subscribe(connection, topic);
      else {
        const key = privateKey(connection.holder!.accountId, channel);
        followers.set(key, (followers.get(key) ?? new Set()).add(connection));
      }
    },
    leave(connection, channel) {
      if (!isPrivateChannel(channel)) publisher.unsubscribe(connection, channel);
      else {
        const key = privateKey(connection.holder!.accountId, channel);
        const set = followers.get(key);
        if (set?.delete(connection) && set.size === 0) followers.delete(key);
      }
    },
  };

  let timer: NodeJS.Timeout | null = null;
  let sweptAt = Number.NEGATIVE_INFINITY;
  const sweep = (): void => {
    const now = wallNow();
    if (now - sweptAt < SWEEP_WALL_MS) return;
    sweptAt = now;
    for (const connection of [...connections]) {
      const { holder } = connection;
      if (holder && !listenKeys.holderOf(holder.listenKey)) connection.refuseListenKey();
      else connection.sweep(now);
    }
  };
  const tick = (): void => {
    publisher.tick();
    delivery.tick();
    sweep();
  };
  const tickSafely = (): void => {
    try {
      tick();
    } catch (error) {
      onFault(error);
    }
  };

  // deflating every push for everyone would cost more than all else; the real exchange does not compress either
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    autoPong: false,
  });

  const welcome = (request: IncomingMessage, duplex: Duplex, head: Buffer): void => {
    duplex.on('error', () => duplex.destroy());
    // not new URL(): a client may ask for what is no address at all
    const [pathname, query] = (request.url ?? '/').split('?');
    if (pathname !== PATH || closing) {
      duplex.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, duplex, head, (socket) => {
      const listenKey = new URLSearchParams(query).get('listenKey');
      const holder = listenKey === null ? null : listenKeys.holderOf(listenKey);
      const connection = createConnection({
        socket,
        holder,
        clock,
        wallNow,
        desk,
        onFault,
        onGone: (left) => {
          connections.delete(left);
          if (connections.size > 0 || timer === null) return;
          clearInterval(timer);
          timer = null;
        },
      });
      connections.add(connection);
      timer ??= setInterval(tickSafely, TICK_WALL_MS);

      const fault = faults.decide({ channel: 'ws', target: 'connect', apiKey: holder?.apiKey })?.action;
      if (fault && isConnectionFault(fault)) connection.suffer(fault);
      else if (listenKey !== null && holder === null) connection.refuseListenKey();
      else if (holder && sharing(holder.listenKey) > MAX_CONNECTIONS_PER_KEY) {
        connection.close(1008, `more than ${MAX_CONNECTIONS_PER_KEY} connections with one listen key`);
      }
    });
  };
  const sharing = (listenKey: string): number =>
    [...connections].filter(({ holder }) => holder?.listenKey === listenKey).length;

  let closing = false;
  const close = async (): Promise<void> => {
    closing = true;
    for (const connection of [...connections]) connection.close(1001, 'the exchange goes down');
    const closed = [...sockets.clients].map((socket) => once(socket, 'close'));
    await Promise.race([Promise.all(closed), setTimeout(CLOSING_WALL_MS, undefined, { ref: false })]);
    for (const socket of sockets.clients) socket.terminate();
  };

  return {
    attach(app) {
      app.server.on('upgrade', welcome);
      app.addHook('preClose', close);
    },
    onEvent(event) {
      if (followers.size === 0) return;
      const { accountId, push } = privatePush(event);
      const to = followers.get(privateKey(accountId, push.channel));
      const [first] = to ?? [];
      if (to && first) delivery.deliverAfterAnswer(push, to, first.holder!.apiKey);
    },
    bookSeen: publisher.bookSeen,
    tick,
    counts: () => ({ connections: connections.size, topics: publisher.topics() + followers.size }),
    close,
  };
}
