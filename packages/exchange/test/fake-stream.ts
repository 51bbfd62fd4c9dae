import type { OpenSocket, SocketEvents, StreamSocket } from '../src/stream/socket.ts';

const LIMIT = 30;

/** One socket as MEXC's end sees it. */
interface FakeSocket {
  readonly topics: ReadonlySet<string>;
  /** every channel the client asked for or gave back, in order: `+channel`, `-channel` */
  readonly asked: readonly string[];
  readonly pings: () => number;
  readonly isOpen: () => boolean;
  /** Ended, by whichever side. */
  readonly isEnded: () => boolean;
  /** wall ms */
  readonly openedAt: number;
  push(bytes: Buffer): void;
  say(text: string): void;
  /** The exchange ends it. */
  drop(): void;
}

export interface FakeStream {
  readonly openSocket: OpenSocket;
  /** every socket ever opened, oldest first */
  readonly sockets: readonly FakeSocket[];
  open(): readonly FakeSocket[];
  /** the most topics any socket has had */
  mostTopics(): number;
  /** Sends what `bytesOf` makes of a market to every socket subscribed to `channel`. */
  push(channel: string, bytes: Buffer): void;
  readonly behaviour: {
    /** new sockets: `hang` neither opens nor fails, `refuse` fails */
    opening: 'accept' | 'hang' | 'refuse';
    /** @returns the reason, or null to accept */
    refuses: (channel: string) => string | null;
    /** goodbyes and pings are answered */
    answers: boolean;
  };
}

/** MEXC's WebSocket endpoint without a network: acknowledgements, pongs, refusals, its limit of 30 topics. */
export function createFakeStream(wallNow: () => number): FakeStream {
  const sockets: FakeSocket[] = [];
  let mostTopics = 0;
  const behaviour: FakeStream['behaviour'] = { opening: 'accept', refuses: () => null, answers: true };

  const openSocket: OpenSocket = (_url, events) => {
    const { socket, far } = connect(events);
    sockets.push(far);
    return socket;
  };

  function connect(events: SocketEvents): { socket: StreamSocket; far: FakeSocket } {
    const topics = new Set<string>();
    const asked: string[] = [];
    let state: 'opening' | 'open' | 'ended' = 'opening';
    let pings = 0;

    const later = (act: () => void): void =>
      queueMicrotask(() => {
        if (state !== 'ended') act();
      });
    const end = (why: string): void => {
      state = 'ended';
      events.onClose(why);
    };
    const acknowledge = (msg: string): void => later(() => events.onText(JSON.stringify({ id: 0, code: 0, msg })));

    const subscribe = (channels: readonly string[]): void => {
      for (const channel of channels) {
        asked.push(`+${channel}`);
        const reason = topics.size >= LIMIT && !topics.has(channel) ? 'Limit' : behaviour.refuses(channel);
        if (reason === null) topics.add(channel);
        acknowledge(reason === null ? channel : `Not Subscribed successfully! [${channel}].  Reason： ${reason}! `);
      }
      mostTopics = Math.max(mostTopics, topics.size);
    };
    const unsubscribe = (channels: readonly string[]): void => {
      for (const channel of channels) {
        asked.push(`-${channel}`);
        topics.delete(channel);
        acknowledge(channel);
      }
    };

    if (behaviour.opening === 'refuse') later(() => end('Unexpected server response: 429'));
    if (behaviour.opening === 'accept') {
      later(() => {
        state = 'open';
        events.onOpen();
      });
    }
    const socket: StreamSocket = {
      send(text) {
        if (state !== 'open') throw new Error(`sent while ${state}: ${text}`);
        const { method, params = [] } = JSON.parse(text) as { method: string; params?: string[] };
        if (method === 'SUBSCRIPTION') subscribe(params);
        else if (method === 'UNSUBSCRIPTION') unsubscribe(params);
        else if (method === 'PING') {
          pings++;
          if (behaviour.answers) acknowledge('PONG');
        } else throw new Error(`no such method: ${text}`);
      },
      close() {
        if (behaviour.answers) later(() => end('closed with 1000'));
      },
      terminate: () => later(() => end('closed with 1006')),
    };
    const far: FakeSocket = {
      topics,
      asked,
      pings: () => pings,
      isOpen: () => state === 'open',
      isEnded: () => state === 'ended',
      openedAt: wallNow(),
      push: (bytes) => {
        if (state === 'open') events.onBinary(bytes);
      },
      say: (text) => events.onText(text),
      drop: () => {
        if (state !== 'ended') end('closed with 1006');
      },
    };
    return { socket, far };
  }

  return {
    openSocket,
    sockets,
    open: () => sockets.filter((socket) => socket.isOpen()),
    mostTopics: () => mostTopics,
    push(channel, bytes) {
      for (const socket of sockets) if (socket.topics.has(channel)) socket.push(bytes);
    },
    behaviour,
  };
}
