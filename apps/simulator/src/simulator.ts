import { createHash } from 'node:crypto';
import { UserError } from '@mexc-bot/runtime';
import { openAccount } from './account.ts';
import { createEngine, type Engine } from './engine.ts';
import { createFaultDesk, type FaultDesk } from './fault-desk.ts';
import { createFaults } from './faults/faults.ts';
import { checkPlan, type FaultPlanInput, loadPlan } from './faults/plan.ts';
import { createMarketClock, createVirtualClock, isVirtual, type MarketClock } from './market-clock.ts';
import type { MarketSource } from './market-source.ts';
import { isOpen } from './order.ts';
import type { KeyedAccount } from './private-routes.ts';
import { createQuotes, type Quotes } from './quotes.ts';
import { createRateLimits } from './rate-limits.ts';
import { openRecordedMarket } from './recorded-market.ts';
import { createRequestLog } from './request-log.ts';
import { createServer } from './server.ts';
import { CorruptSnapshot, loadSnapshot, type Snapshot, snapshotPath } from './snapshot.ts';
import { createSyntheticMarket } from './synthetic-market.ts';
import { createState, createUpkeep, type SimulatorLog } from './upkeep.ts';
import { createListenKeys } from './ws/listen-keys.ts';
import { createStreams, type Streams } from './ws/streams.ts';
import { watchedQuotes } from './ws/watched-quotes.ts';

const HOST = '127.0.0.1';

interface SimulatorAccount {
  readonly apiKey: string;
  readonly secret: string;
  /** what a new account starts with, decimal texts by asset; an account found in the saved state keeps what it has */
  readonly balances: Readonly<Record<string, string>>;
}

export interface SimulatorOptions {
  /** on 127.0.0.1; 0: any free one */
  readonly port: number;
  /** 1..600 */
  readonly speed: number;
  /** of the synthetic market, and of books and price paths */
  readonly seed: number;
  /** of the synthetic market */
  readonly tokens: number;
  /** recorded candles to replay; null: a synthetic market */
  readonly dataFolder: string | null;
  /** where accounts, orders and the market's time outlive a restart; null: nowhere */
  readonly stateFolder: string | null;
  readonly accounts: readonly SimulatorAccount[];
  /** wall time, ms; a test's own clock */
  readonly wallNow?: () => number;
  /** ids of orders and trades differ between seeds; `seed` unless given */
  readonly idSeed?: number;
  /** what goes wrong: a JSON file, or the plan itself; `"+90s"` counts from the market's start */
  readonly faultPlan?: string | FaultPlanInput | null;
  /** whether MEXC's request budgets hold; they do not unless asked for */
  readonly rateLimits?: boolean;
  /** `virtual`: time stands still but for {@link Simulator.advance} and `POST /sim/clock`; `wall` unless given */
  readonly clock?: 'wall' | 'virtual';
  /** false: what was saved is not read, and is overwritten; true unless given */
  readonly keepState?: boolean;
  readonly log?: SimulatorLog;
}

export interface Simulator {
  /** `http://127.0.0.1:8632` */
  readonly url: string;
  readonly port: number;
  readonly clock: MarketClock;
  readonly engine: Engine;
  readonly quotes: Quotes;
  readonly source: MarketSource;
  readonly streams: Pick<Streams, 'counts'>;
  /** Adds to what goes wrong; `"+90s"` counts from now. @throws {BadFaultPlan} */
  follow(plan: FaultPlanInput): void;
  /** Lets market time pass, whole ms. @throws {RangeError} the clock is not virtual */
  advance(ms: number): void;
  /** Stops answering, then saves. */
  close(): Promise<void>;
}

/** Another program listens there. */
export class PortInUse extends UserError {
  override readonly name = 'PortInUse';
  readonly port: number;

  constructor(port: number, options?: { cause?: unknown }) {
    super(
      `Port ${port} on ${HOST} is taken by another program (perhaps a simulator that already runs).`,
      'stop that program, or choose another port: simulator.port in settings.json, or SIM_PORT',
      options,
    );
    this.port = port;
  }
}

/** The market that the options describe, without an exchange around it. */
export function openMarket(options: Pick<SimulatorOptions, 'dataFolder' | 'seed' | 'tokens'>): MarketSource {
  return options.dataFolder === null
    ? createSyntheticMarket(options.seed, options.tokens)
    : openRecordedMarket(options.dataFolder, options.seed);
}

/**
 * Starts a local exchange.
 *
 * @throws {PortInUse} @throws {BadDataFolder} @throws {CorruptSnapshot} @throws {BadFaultPlan}
 */
export async function createSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { stateFolder, log } = options;
  const source = openMarket(options);
  const statePath = stateFolder === null ? null : snapshotPath(stateFolder, source.identity);
  const keepsState = options.keepState !== false;
  const saved = statePath === null || !keepsState ? null : loadSnapshot(statePath, source.identity);

  const quotes = createQuotes(source);
  const wallNow = options.wallNow ?? (() => performance.now());
  const anchor = Math.max(saved?.marketTime ?? 0, source.startAt);
  const { endAt } = source;
  const clock =
    options.clock === 'virtual'
      ? createVirtualClock({ anchor, endAt })
      : createMarketClock({ anchor, speed: options.speed, endAt, wallNow });
  const onFault = (error: unknown): void => log?.error('a request failed inside the simulator', { error });
  const idSeed = saved?.idSeed ?? options.idSeed ?? options.seed;
  const faults = createFaults({ now: clock.now, seed: options.seed });
  const listenKeys = createListenKeys({ wallNow, clock, seed: idSeed });
  const streams = createStreams({ quotes, clock, wallNow, listenKeys, faults, onFault });
  const engine = createEngine({ quotes, idSeed, onEvent: streams.onEvent });
  if (saved) engine.ledger.restore(saved.sequence, saved.accounts, saved.orders, saved.trades, saved.adjustments);
  const desk = createFaultDesk({ faults, engine, quotes });
  followFile(desk, options.faultPlan ?? null, source.startAt);
  if (saved) {
    desk.resume(saved.plans, saved.marketTime);
    checkMarketsExist(saved, quotes, source.identity);
  }
  const keys = openAccounts(options.accounts, engine);
  engine.advance(clock.now());
  const state = createState({ source, engine, clock, desk, statePath, log });
  // the day's candles are made before anyone asks: the first request would pay for all of them
  for (const market of quotes.listed(clock.now())) quotes.day(market, clock.now());

  const app = createServer({
    quotes: watchedQuotes(quotes, streams.bookSeen),
    engine,
    clock,
    keys,
    identity: source.identity,
    behaviour: engine.behaviour,
    faults,
    desk,
    requests: createRequestLog(),
    rateLimits: options.rateLimits ? createRateLimits() : null,
    onAdvance: streams.tick,
    onFault,
    listenKeys,
    streams,
    beforeAnswer: state.saveChanges,
  });
  try {
    await app.listen({ host: HOST, port: options.port });
  } catch (error) {
    await app.close();
    throw (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
      ? new PortInUse(options.port, { cause: error })
      : error;
  }
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  log?.info(saved ? 'market resumed' : 'market opened', {
    market: source.identity,
    markets: quotes.listed(clock.now()).length,
    marketTime: new Date(clock.now()).toISOString(),
    speed: options.speed,
    url: `http://${HOST}:${port}`,
  });

  const upkeep = createUpkeep({ source, engine, clock, state, log });
  return {
    url: `http://${HOST}:${port}`,
    port,
    clock,
    engine,
    quotes,
    source,
    streams,
    follow: (plan) => void desk.follow(checkPlan(plan, 'given'), 'given', clock.now()),
    advance(ms) {
      if (!isVirtual(clock)) throw new RangeError('the clock of this market is not virtual: it goes on by itself');
      clock.advance(ms);
      engine.advance(clock.now());
      streams.tick();
    },
    async close() {
      await app.close();
      upkeep.stop();
    },
  };
}

function followFile(desk: FaultDesk, plan: string | FaultPlanInput | null, origin: number): void {
  if (plan === null) return;
  const where = typeof plan === 'string' ? plan : 'given';
  desk.follow(typeof plan === 'string' ? loadPlan(plan) : checkPlan(plan, where), where, origin);
}

/** A recording can lose files between two runs; an order that rests in a market no longer there could never end. */
function checkMarketsExist({ orders }: Snapshot, { known }: Quotes, identity: string): void {
  const lost = new Set(
    orders.filter((order) => isOpen(order) && known(order.symbol) === undefined).map(({ symbol }) => symbol),
  );
  if (lost.size === 0) return;
  throw new CorruptSnapshot(
    `The saved state of ${identity} has open orders in markets it no longer has: ${[...lost].join(', ')}`,
    'put their candle files back, or move the saved state away to start this market anew',
  );
}

function openAccounts(accounts: readonly SimulatorAccount[], { ledger }: Engine): Map<string, KeyedAccount> {
  const known = new Map(ledger.accounts().map((account) => [account.id, account]));
  const keys = new Map<string, KeyedAccount>();
  for (const { apiKey, secret, balances } of accounts) {
    const id = createHash('sha256').update(apiKey).digest('hex').slice(0, 16);
    let account = known.get(id);
    if (!account) {
      account = openAccount(id, `…${apiKey.slice(-4)}`, balances);
      ledger.addAccount(account);
    }
    keys.set(apiKey, { secret, account });
  }
  return keys;
}
