import type { Clock, ExchangeSymbol } from '@mexc-bot/core';
import { type Connection, openConnection } from './connection.ts';
import { createListeners } from './listeners.ts';
import { placeMarkets } from './placement.ts';
import { createPriceBook, DROP_REASONS, type DropReason, type PriceDeal, type PriceTick } from './price-book.ts';
import { createDecoder, type Push } from './push.ts';
import { createRetirement } from './retirement.ts';
import { createShard, type Shard } from './shard.ts';
import { type OpenSocket, openWebSocket } from './socket.ts';
import { createSteadyTime } from './steady-time.ts';
import { STEP_MS } from './timing.ts';
import { createTopicTroubles } from './topic-troubles.ts';
import { TOPICS_PER_MARKET, type Topic } from './topics.ts';

export type { PriceDeal, PriceTick } from './price-book.ts';

interface StreamLog {
  info(message: string, details?: object): void;
  warn(message: string, details?: object): void;
  error(message: string, details?: object): void;
}

export interface PriceStreamOptions {
  /** `wss://wbs-api.mexc.com/ws` */
  readonly url: string;
  /** market time judges how old a message is, wall time everything else */
  readonly clock: Clock;
  readonly log: StreamLog;
  /** wall ms: silence of all topics of a connection for longer replaces it; a market silent for longer is stale */
  readonly staleAfterMs: number;
  /** what the exchange allows, ≥ 2; a market takes two */
  readonly topicsPerConnection?: number;
  readonly webSocket?: OpenSocket;
  /** in [0, 1) */
  readonly random?: () => number;
}

export interface StreamHealth {
  /** open now; for some seconds around a replacement the old one too */
  readonly connections: number;
  /** subscribed on the connections in charge */
  readonly topics: number;
  /** watched markets without a tick for longer than `staleAfterMs`, or ever */
  readonly staleMarkets: readonly ExchangeSymbol[];
  /** channels the exchange refuses; they are asked for again */
  readonly refused: readonly string[];
  /** connections opened in place of others since the start, the planned ones among them */
  readonly reconnects: number;
  /** messages not delivered since the start */
  readonly dropped: Readonly<Record<DropReason, number>>;
}

/** Best bids and asks, and trades, as they happen. What it has is judged by its age, whatever the connection says of itself. */
export interface PriceStream {
  /** The markets wanted from now on: all of them, each time. Ignored after `close`. */
  watch(markets: Iterable<ExchangeSymbol>): void;
  /** @returns ends it */
  onTick(listener: (tick: PriceTick) => void): () => void;
  /** @returns ends it */
  onDeal(listener: (deal: PriceDeal) => void): () => void;
  /** The last good tick of a watched market, however old. */
  latest(market: ExchangeSymbol): PriceTick | undefined;
  /** Wall ms since the last good tick of a watched market; Infinity before the first. Trades do not make a quote younger. */
  ageMs(market: ExchangeSymbol): number;
  health(): StreamHealth;
  /** Resolves when every socket has ended and nothing waits. */
  close(): Promise<void>;
}

const MEXC_TOPICS_PER_CONNECTION = 30;

/** @throws {RangeError} the URL is none of a WebSocket, or an option is out of range */
export function createPriceStream(options: PriceStreamOptions): PriceStream {
  const { url, clock, log, staleAfterMs, webSocket = openWebSocket, random = Math.random } = options;
  const capacity = Math.floor((options.topicsPerConnection ?? MEXC_TOPICS_PER_CONNECTION) / TOPICS_PER_MARKET);
  if (!/^wss?:\/\/[^/]/.test(url) || !URL.canParse(url))
    throw new RangeError(`price stream: ${url} is no ws:// or wss:// URL`);
  if (!(capacity >= 1)) throw new RangeError('price stream: topicsPerConnection must be 2 or more');
  if (!(staleAfterMs > 0)) throw new RangeError(`price stream: staleAfterMs ${staleAfterMs} must be above 0`);

  const decode = createDecoder();
  const now = createSteadyTime(clock);
  const ticks = createListeners<PriceTick>(log, now);
  const deals = createListeners<PriceDeal>(log, now);
  const book = createPriceBook({ clock, steadyNow: now, staleAfterMs, onTick: ticks.tell, onDeal: deals.tell });
  const troubles = createTopicTroubles(log);
  const dropped = Object.fromEntries(DROP_REASONS.map((reason) => [reason, 0])) as Record<DropReason, number>;

  let shards: Shard[] = [];
  const owners = new Map<ExchangeSymbol, Shard>();
  const connections = new Set<Connection>();
  const retirement = createRetirement({ now, successorOf: (market) => owners.get(market)?.connection() });
  let opened = 0;
  let shardsMade = 0;
  let closed = false;
  let supervising: Promise<void> | null = null;
  const nothingLeft = new AbortController();

  function take(source: number, topic: Topic, push: Push): DropReason | null {
    if (!owners.has(topic.market)) return null; // a retiring connection's, of a market nobody watches any more
    const fault = book.take(topic, push, source);
    if (fault === null) troubles.noteHeard(topic);
    else dropped[fault]++;
    return fault;
  }

  function open(onEnd: (why: string) => void): Connection {
    const source = ++opened;
    const connection = openConnection({
      url,
      openSocket: webSocket,
      decode,
      now,
      random,
      onPush: (topic, push) => take(source, topic, push),
      onUndecodable: () => void dropped.undecodable++,
      onRefused: troubles.noteRefused,
      onSilent: troubles.noteSilent,
      onEnd(why) {
        connections.delete(connection);
        onEnd(why);
        if (closed && connections.size === 0) nothingLeft.abort();
      },
    });
    connections.add(connection);
    return connection;
  }

  function addShard(): Shard {
    shardsMade++;
    const shard: Shard = createShard({
      now,
      random,
      staleAfterMs,
      open,
      retire: (connection) => retirement.add(connection, shard.markets()),
      onTrouble: (why) => log.warn('price stream: reconnecting', { why, markets: shard.markets().size }),
      onRecovered: () => log.info('price stream: steady again', { markets: shard.markets().size }),
    });
    shards.push(shard);
    return shard;
  }

  function step(): void {
    for (const shard of shards) shard.step();
    for (const connection of connections) connection.step();
    retirement.step();
  }

  const isBusy = (): boolean => shards.length > 0 || connections.size > 0;

  async function supervise(): Promise<void> {
    while (isBusy()) {
      await clock.sleepWall(STEP_MS, nothingLeft.signal);
      step();
    }
    supervising = null;
  }

  function forgetAllBut(wanted: ReadonlySet<ExchangeSymbol>): void {
    for (const market of owners.keys()) {
      if (wanted.has(market)) continue;
      owners.delete(market);
      book.forget(market);
      troubles.forget(market);
    }
  }

  return {
    watch(markets) {
      if (closed) return;
      const wanted = new Set(markets);
      forgetAllBut(wanted);
      const placed = placeMarkets(
        shards.map((shard) => shard.markets()),
        wanted,
        capacity,
      );
      const serving = placed.map((_, i) => shards[i] ?? addShard());
      for (const [i, shard] of serving.entries()) {
        for (const market of placed[i]!) owners.set(market, shard);
        if (placed[i]!.size > 0) shard.setMarkets(placed[i]!);
      }
      shards = serving.filter((_, i) => placed[i]!.size > 0);
      for (const shard of serving) if (!shards.includes(shard)) shard.giveUp();
      step();
      if (isBusy()) supervising ??= supervise();
    },
    onTick: ticks.add,
    onDeal: deals.add,
    latest: book.latest,
    ageMs: book.ageMs,
    health: () => ({
      connections: [...connections].filter((connection) => connection.state() === 'open').length,
      topics: shards.reduce((sum, shard) => sum + (shard.connection()?.topics() ?? 0), 0),
      staleMarkets: [...owners.keys()].filter((market) => book.ageMs(market) > staleAfterMs),
      refused: troubles.refused(),
      reconnects: opened - shardsMade,
      dropped: { ...dropped },
    }),
    async close() {
      closed = true;
      owners.clear();
      for (const shard of shards) shard.giveUp();
      shards = [];
      for (const connection of connections) connection.close();
      if (connections.size === 0) nothingLeft.abort();
      await supervising;
    },
  };
}
