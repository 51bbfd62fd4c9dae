import { createHash } from 'node:crypto';
import { UserError } from '@mexc-bot/runtime';
import { openAccount } from './account.ts';
import { createEngine, type Engine } from './engine.ts';
import { createMarketClock, type MarketClock } from './market-clock.ts';
import type { MarketSource } from './market-source.ts';
import { isOpen } from './order.ts';
import type { KeyedAccount } from './private-routes.ts';
import { createQuotes, type Quotes } from './quotes.ts';
import { openRecordedMarket } from './recorded-market.ts';
import { createServer } from './server.ts';
import { CorruptSnapshot, loadSnapshot, type Snapshot, saveSnapshot, snapshotPath } from './snapshot.ts';
import { createSyntheticMarket } from './synthetic-market.ts';

const HOST = '127.0.0.1';
/** How often the market is looked after: resting orders, state, the next day's candles. */
const UPKEEP_WALL_MS = 250;
/** State is saved this often even when only time has passed, so that a killed market does not fall far back. */
const SAVE_WALL_MS = 1_500;

interface SimulatorLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

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
 * @throws {PortInUse} @throws {BadDataFolder} @throws {CorruptSnapshot}
 */
export async function createSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { stateFolder, log } = options;
  const source = openMarket(options);
  const statePath = stateFolder === null ? null : snapshotPath(stateFolder, source.identity);
  const saved = statePath === null ? null : loadSnapshot(statePath, source.identity);

  if (saved) checkMarketsExist(saved, source);

  const quotes = createQuotes(source);
  const engine = createEngine({ quotes, idSeed: saved?.idSeed ?? options.idSeed ?? options.seed });
  if (saved) engine.ledger.restore(saved.sequence, saved.accounts, saved.orders, saved.trades);
  const keys = openAccounts(options.accounts, engine);
  const clock = createMarketClock({
    anchor: Math.max(saved?.marketTime ?? 0, source.startAt),
    speed: options.speed,
    endAt: source.endAt,
    wallNow: options.wallNow ?? (() => performance.now()),
  });
  engine.advance(clock.now());
  // the day's candles are made before anyone asks: the first request would pay for all of them
  for (const market of quotes.listed(clock.now())) quotes.day(market, clock.now());

  const app = createServer({
    quotes,
    engine,
    clock,
    keys,
    identity: source.identity,
    onFault: (error) => log?.error('a request failed inside the simulator', { error }),
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

  const upkeep = createUpkeep({ source, engine, clock, statePath, stateFolder, log });
  return {
    url: `http://${HOST}:${port}`,
    port,
    clock,
    engine,
    quotes,
    source,
    async close() {
      await app.close();
      upkeep.stop();
    },
  };
}

/** A recording can lose files between two runs; an order that rests in a market no longer there could never end. */
function checkMarketsExist({ orders }: Snapshot, { listings, identity }: MarketSource): void {
  const symbols = new Set(listings.map(({ symbol }) => symbol));
  const lost = new Set(
    orders.filter((order) => isOpen(order) && !symbols.has(order.symbol)).map(({ symbol }) => symbol),
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

interface UpkeepDeps extends Pick<Simulator, 'source' | 'engine' | 'clock'> {
  readonly statePath: string | null;
  readonly stateFolder: string | null;
  readonly log: SimulatorLog | undefined;
}

function createUpkeep({ source, engine, clock, statePath, stateFolder, log }: UpkeepDeps): { stop(): void } {
  let savedRevision = -1;
  let savedTime = -1;
  let savedAt = Number.NEGATIVE_INFINITY;
  let saveFailing = false;
  let saidEnded = false;

  const save = (): void => {
    if (statePath === null || stateFolder === null) return;
    const now = clock.now();
    engine.advance(now);
    if (engine.revision() === savedRevision && now === savedTime) return;
    saveSnapshot(statePath, stateFolder, source.identity, now, engine.ledger);
    savedRevision = engine.revision();
    savedTime = now;
    savedAt = performance.now();
  };
  const trySave = (): void => {
    try {
      save();
      saveFailing = false;
    } catch (error) {
      // the market goes on; the next turn tries again
      if (!saveFailing) log?.error('the state cannot be saved; trying on', { path: statePath, error });
      saveFailing = true;
      savedAt = performance.now();
    }
  };

  const timer = setInterval(() => {
    const now = clock.now();
    engine.advance(now);
    source.prepare(now);
    if (clock.ended() && !saidEnded) {
      saidEnded = true;
      log?.warn('the recording has ended: the market clock stands still', { at: new Date(now).toISOString() });
    }
    if (engine.revision() !== savedRevision || performance.now() - savedAt >= SAVE_WALL_MS) trySave();
  }, UPKEEP_WALL_MS);
  trySave();

  return {
    stop() {
      clearInterval(timer);
      save();
    },
  };
}
