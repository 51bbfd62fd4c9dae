import type { WebSocket } from 'ws';
import type { WsAction } from '../faults/actions.ts';
import type { MarketClock } from '../market-clock.ts';
import type { ListenKeyHolder } from './listen-keys.ts';
import {
  ack,
  type ClientRequest,
  INVALID_LISTEN_KEY,
  PONG,
  parseRequest,
  REASON,
  type Reason,
  refusalText,
  UNREADABLE,
} from './requests.ts';

const MAX_TOPICS = 30;
const UNSUBSCRIBED_MS = 30_000;
const SILENT_MS = 60_000;
const LIFE_MS = 24 * 3_600_000;
const MAX_MESSAGES_PER_SECOND = 100;
/** What may wait for a client that does not read; beyond it the connection is cut. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;

/** What a fault does to a whole connection. */
export type ConnectionFault = Extract<WsAction, { readonly kind: 'drop' | 'close' | 'silence' | 'invalid-listen-key' }>;

const CONNECTION_FAULTS: readonly string[] = ['drop', 'close', 'silence', 'invalid-listen-key'];
export const isConnectionFault = (action: WsAction): action is ConnectionFault =>
  CONNECTION_FAULTS.includes(action.kind);

/** One client's connection: its requests, its topics, and the rules that end it. */
export interface Connection {
  /** whose private topics it may follow; null: none */
  readonly holder: ListenKeyHolder | null;
  readonly topics: ReadonlySet<string>;
  push(bytes: Uint8Array): void;
  suffer(fault: ConnectionFault): void;
  /** Says that the listen key counts no more, and closes. */
  refuseListenKey(): void;
  close(code: number, reason: string): void;
  /** Cuts the connection without a close frame. */
  drop(): void;
  /** Closes what has been idle or alive for too long, by wall time. */
  sweep(wallNow: number): void;
}

export interface ConnectionDeps {
  readonly socket: WebSocket;
  readonly holder: ListenKeyHolder | null;
  readonly clock: MarketClock;
  /** ms; only differences count */
  readonly wallNow: () => number;
  readonly desk: SubscriptionDesk;
  readonly onGone: (connection: Connection) => void;
  readonly onFault: (error: unknown) => void;
}

/** Where connections get their topics. */
export interface SubscriptionDesk {
  /** @returns why not; what the fault plan does instead (`lost`: no answer either); null: it may be followed */
  judge(connection: Connection, channel: string): Reason | ConnectionFault | 'lost' | null;
  follow(connection: Connection, channel: string): void;
  leave(connection: Connection, channel: string): void;
}

export function createConnection(deps: ConnectionDeps): Connection {
  const { socket, holder, clock, wallNow, desk } = deps;
  const openedAt = wallNow();
  const topics = new Set<string>();
  let lastTraffic = openedAt;
  let unsubscribedSince = openedAt;
  /** market time up to which nothing goes out */
  let silentUntil = Number.NEGATIVE_INFINITY;
  let pongsInSilence = true;
  let isGone = false;
  let second = Math.floor(openedAt / 1000);
  let messages = 0;

  const silent = (): boolean => silentUntil > Number.NEGATIVE_INFINITY && clock.now() < silentUntil;
  const say = (text: string): void => {
    if (!silent()) socket.send(text);
  };

  const subscribe = ({ id, channels }: Extract<ClientRequest, { readonly channels: readonly string[] }>): void => {
    const taken: string[] = [];
    const added = new Set<string>();
    const refused = new Map<Reason, string[]>();
    for (const channel of channels) {
      const isNew = !topics.has(channel) && !added.has(channel);
      const full = isNew && topics.size + added.size >= MAX_TOPICS;
      const verdict = full ? REASON.tooMany : desk.judge(connection, channel);
      if (verdict === 'lost') continue;
      if (verdict === null) {
        taken.push(channel);
        if (isNew) added.add(channel);
      } else if (typeof verdict === 'string') refused.set(verdict, [...(refused.get(verdict) ?? []), channel]);
      else {
        connection.suffer(verdict);
        return;
      }
    }
    if (taken.length > 0) say(ack(id, taken.join(',')));
    for (const [reason, names] of refused) say(ack(id, refusalText(names, reason)));
    for (const channel of added) {
      // the first word of a topic may have been its last
      if (isGone) return;
      topics.add(channel);
      desk.follow(connection, channel);
    }
  };
  const unsubscribe = (id: number, channels: readonly string[]): void => {
    for (const channel of channels) if (topics.delete(channel)) desk.leave(connection, channel);
    if (topics.size === 0) unsubscribedSince = wallNow();
    say(ack(id, channels.join(',')));
  };

  const answer = (text: string): void => {
    const request = parseRequest(text);
    if (request === null) say(ack(0, UNREADABLE));
    else if (request.kind === 'ping') {
      if (pongsInSilence || !silent()) socket.send(ack(request.id, PONG));
    } else if (request.kind === 'subscribe') subscribe(request);
    else unsubscribe(request.id, request.channels);
  };

  const connection: Connection = {
    holder,
    topics,
    push(bytes) {
      if (isGone || silent()) return;
      if (socket.bufferedAmount > MAX_BUFFERED_BYTES) {
        connection.drop();
        return;
      }
      lastTraffic = wallNow();
      socket.send(bytes);
    },
    suffer(fault) {
      if (fault.kind === 'drop') connection.drop();
      else if (fault.kind === 'close') connection.close(fault.code, 'closed by the fault plan');
      else if (fault.kind === 'invalid-listen-key') connection.refuseListenKey();
      else {
        silentUntil = fault.seconds === undefined ? Number.POSITIVE_INFINITY : clock.now() + fault.seconds * 1000;
        pongsInSilence = fault.pongs;
      }
    },
    refuseListenKey() {
      socket.send(INVALID_LISTEN_KEY);
      connection.close(1000, INVALID_LISTEN_KEY);
    },
    close(code, reason) {
      // codes that mean "no close frame came" cannot be sent in one
      if (code < 1000 || (code > 1003 && code < 1007) || (code > 1014 && code < 3000)) connection.drop();
      else socket.close(code, reason);
      gone();
    },
    drop() {
      socket.terminate();
      gone();
    },
    sweep(now) {
      if (now - openedAt >= LIFE_MS) connection.close(1000, 'connected for 24 hours');
      else if (topics.size === 0 && now - unsubscribedSince >= UNSUBSCRIBED_MS) {
        connection.close(1000, 'no subscription for 30 seconds');
      } else if (now - lastTraffic >= SILENT_MS) connection.close(1000, 'no traffic for 60 seconds');
    },
  };

  const gone = (): void => {
    if (isGone) return;
    isGone = true;
    socket.removeAllListeners('message');
    for (const channel of topics) desk.leave(connection, channel);
    topics.clear();
    deps.onGone(connection);
  };

  socket.on('message', (data, isBinary) => {
    const now = wallNow();
    lastTraffic = now;
    if (Math.floor(now / 1000) !== second) [second, messages] = [Math.floor(now / 1000), 0];
    messages += 1;
    if (messages > MAX_MESSAGES_PER_SECOND) connection.close(1008, 'more than 100 messages in a second');
    else {
      try {
        answer(isBinary ? '' : data.toString());
      } catch (error) {
        deps.onFault(error);
        connection.close(1011, 'internal error');
      }
    }
  });
  // frames of the protocol itself: a connection half open answers them like any other, unless told not to
  socket.on('ping', (data) => {
    lastTraffic = wallNow();
    if (pongsInSilence || !silent()) socket.pong(data);
  });
  socket.on('close', gone);
  socket.on('error', () => connection.drop());
  return connection;
}
