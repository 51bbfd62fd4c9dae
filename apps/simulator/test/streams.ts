import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import Fastify from 'fastify';
import { WebSocket } from 'ws';
import { createFaults } from '../src/faults/faults.ts';
import { checkPlan, type FaultPlanInput } from '../src/faults/plan.ts';
import { createMarketClock, type MarketClock } from '../src/market-clock.ts';
import { createQuotes, type QuotedMarket, type Quotes } from '../src/quotes.ts';
import { createSyntheticMarket } from '../src/synthetic-market.ts';
import { createListenKeys, type ListenKeys } from '../src/ws/listen-keys.ts';
import { createStreams, type Streams } from '../src/ws/streams.ts';
import { watchedQuotes } from '../src/ws/watched-quotes.ts';

const require = createRequire(import.meta.url);
const { PushDataV3ApiWrapper } = require(
  join(dirname(dirname(require.resolve('ccxt'))), 'js/src/protobuf/mexc/compiled.cjs'),
) as { PushDataV3ApiWrapper: { decode(bytes: Uint8Array): { toJSON(): Decoded } } };

export interface Level {
  readonly price: string;
  readonly quantity: string;
}
export interface Decoded {
  readonly channel: string;
  readonly symbol?: string;
  readonly sendTime: string;
  readonly publicAggreDeals?: { deals: { price: string; quantity: string; tradeType: number; time: string }[] };
  readonly publicAggreDepths?: { asks?: Level[]; bids?: Level[]; fromVersion: string; toVersion: string };
  readonly publicLimitDepths?: { asks: Level[]; bids: Level[]; version: string };
  readonly publicAggreBookTicker?: Record<string, string>;
  readonly publicBookTickerBatch?: { items: Record<string, string>[] };
  readonly publicSpotKline?: Record<string, string>;
  readonly publicMiniTicker?: Record<string, string>;
  readonly publicMiniTickers?: { items: Record<string, string>[] };
  readonly privateAccount?: Record<string, string>;
}

/** A client that keeps what comes, and can wait until the server has dealt with all it was sent. */
export interface Client {
  readonly socket: WebSocket;
  readonly texts: string[];
  readonly pushes: Decoded[];
  closed: { readonly code: number; readonly reason: string } | null;
  ask(method: string, params?: readonly string[]): Promise<void>;
  subscribe(...channels: string[]): Promise<void>;
  settle(): Promise<void>;
}

/** Streams over a loopback server, at a wall clock that stands still but for {@link StreamsUnderTest.wait}. */
export interface StreamsUnderTest {
  readonly streams: Streams;
  readonly port: number;
  readonly quotes: Quotes;
  /** as REST has them: they report who was shown a book */
  readonly watched: Quotes;
  readonly clock: MarketClock;
  readonly listenKeys: ListenKeys;
  /** BTCUSDT */
  readonly market: QuotedMarket;
  connect(query?: string): Promise<Client>;
  /** Lets wall time pass, ms; nothing is done about it yet. */
  wait(ms: number): void;
  /** Lets `ms` of the market pass and waits for what it brings. */
  pass(ms: number, ...clients: readonly Client[]): Promise<void>;
  close(): Promise<void>;
}

export const SPEED = 60;

export async function openStreams(plan: FaultPlanInput = {}): Promise<StreamsUnderTest> {
  let wall = 0;
  const wallNow = (): number => wall;
  const source = createSyntheticMarket(1, 20);
  const quotes = createQuotes(source);
  const clock = createMarketClock({ anchor: source.startAt, speed: SPEED, endAt: null, wallNow });
  const faults = createFaults({ now: clock.now, seed: 1 });
  faults.add(checkPlan(plan, 'test'), clock.now());
  const listenKeys = createListenKeys({ wallNow, clock, seed: 1 });
  const onFault = (error: unknown): void => {
    throw error;
  };
  const streams = createStreams({ quotes, clock, wallNow, listenKeys, faults, onFault });
  const server = Fastify();
  streams.attach(server);
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  return {
    streams,
    port,
    quotes,
    watched: watchedQuotes(quotes, streams.bookSeen),
    clock,
    listenKeys,
    market: quotes.find('BTCUSDT', clock.now())!,
    connect: (query = '') => connect(`ws://127.0.0.1:${port}/ws${query}`),
    wait(ms) {
      wall += ms;
    },
    async pass(ms, ...clients) {
      wall += ms / SPEED;
      streams.tick();
      for (const client of clients) await client.settle();
    },
    close: async () => {
      await server.close();
    },
  };
}

async function connect(url: string): Promise<Client> {
  const socket = new WebSocket(url);
  socket.binaryType = 'nodebuffer';
  const client: Client = {
    socket,
    texts: [],
    pushes: [],
    closed: null,
    async ask(method, params) {
      socket.send(JSON.stringify({ method, ...(params ? { params } : {}) }));
      await client.settle();
    },
    subscribe: (...channels) => client.ask('SUBSCRIPTION', channels),
    // the ping of the protocol is answered after everything sent before it, and leaves no trace among the texts
    settle: () =>
      new Promise((done) => {
        if (socket.readyState === WebSocket.CLOSED) {
          done();
          return;
        }
        const go = (): void => {
          socket.off('pong', go);
          socket.off('close', go);
          done();
        };
        socket.on('close', go);
        if (socket.readyState !== WebSocket.OPEN) return;
        socket.on('pong', go);
        socket.ping();
      }),
  };
  socket.on('message', (data, isBinary) => {
    if (isBinary) client.pushes.push(PushDataV3ApiWrapper.decode(data as Buffer).toJSON());
    else client.texts.push(data.toString());
  });
  socket.on('close', (code, reason) => {
    client.closed = { code, reason: reason.toString() };
  });
  await new Promise<void>((done, fail) => socket.on('open', done).on('error', fail));
  await client.settle();
  return client;
}

export const acks = (client: Client): string[] => client.texts.map((text) => (JSON.parse(text) as { msg: string }).msg);
export const channel = {
  deals: 'spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT',
  depth: 'spot@public.aggre.depth.v3.api.pb@100ms@BTCUSDT',
  ticker: 'spot@public.aggre.bookTicker.v3.api.pb@100ms@BTCUSDT',
  kline: 'spot@public.kline.v3.api.pb@BTCUSDT@Min1',
  account: 'spot@private.account.v3.api.pb',
};
