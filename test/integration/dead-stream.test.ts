import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decimal } from '@mexc-bot/core';
import type { PriceStream, PriceTick, TransportResponse } from '@mexc-bot/exchange';
import { accountOptions, createAccounts, createExecutor, stopConfig } from '@mexc-bot/execution';
import { createManualClock, loadSettings, runWorker } from '@mexc-bot/runtime';
import { createMemoryBudgetLedger, createRequestBudget, openStore, type Store } from '@mexc-bot/store';
import { afterEach, describe, expect, it } from 'vitest';
import { wireTrack } from '../../apps/tracker/src/wire-track.ts';
import { anOpenPosition } from '../support/builders.ts';
import { silentLog } from '../support/silent-log.ts';
import { API_KEY, SECRET, startExchange } from '../support/simulated-exchange.ts';

const SYMBOL = 'BTCUSDT';
const STEP_MS = 20;
const BOOK = 'GET /api/v3/depth';
const ORDER = 'POST /api/v3/order';
/** a price is believed at once, needs the book where the last look is old, and always needs it */
const GAPS = [0.9, 0.7, 0.4];
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/**
 * The real tracker as its worker runs it, over the simulator, with a position of 0.01 BTC and a stop 2.5 % under the price. Virtual
 * time stands still while a request is under way. The stream pushes until it dies in silence.
 */
async function aTracker() {
  const exchange = await startExchange({
    accounts: [{ apiKey: API_KEY, secret: SECRET, balances: { USDT: '1000', BTC: '0.01' } }],
  });
  const { simulator } = exchange;
  ends.push(() => simulator.close());
  const folder = mkdtempSync(join(tmpdir(), 'dead-stream-'));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  const store = openStore(join(folder, 'bot.db'));
  ends.push(() => store.close());

  const clock = createManualClock(simulator.clock.now());
  const network = aNetwork(clock.now);
  const settings = loadSettings(
    {
      MEXC_API_KEY: API_KEY,
      MEXC_API_SECRET: SECRET,
      SIM_PORT: String(simulator.port),
      DATABASE: join(folder, 'bot.db'),
    },
    { root: folder },
  );
  const simulated = { ...settings, venue: 'simulator', mode: 'live' } as const;
  const budget = createRequestBudget({ ledger: createMemoryBudgetLedger(), clock, exitReserve: 0.3 });
  const exchangeClock = {
    ...clock,
    start: () => Promise.resolve(),
    resync: () => Promise.resolve(true),
    exchangeNow: clock.now,
    offsetMs: () => 0,
    stop: () => undefined,
  };
  const accounts = createAccounts(accountOptions(simulated), {
    store,
    clock,
    budget,
    signing: { now: clock.now, resync: () => Promise.resolve(true) },
    log: silentLog,
    source: 'tracker',
    transport: network.transport,
  });
  ends.push(() => accounts.closeExchange());
  store.markets.sync(await accounts.marketData.markets(), clock.now());
  let ids = 0;
  const executor = createExecutor({
    store,
    tradingOf: accounts.tradingOf,
    clock,
    log: silentLog,
    entryRules: { table: settings.position.exits, stop: stopConfig(settings) },
    source: 'tracker',
    newClientOrderId: () => `mb_${++ids}`,
    settleAfterMs: 2_000,
    absentAfterMs: 30_000,
  });
  const bid = async (): Promise<Decimal> => {
    const { row } = await exchange.get('/api/v3/ticker/bookTicker', { symbol: SYMBOL });
    return new Decimal(String(row.bidPrice));
  };
  openPositionAt(store, await bid());

  const stream = aStream(clock.wallNow);
  const trading = { ...accounts, settings: simulated, log: silentLog, store, clock: exchangeClock, executor };
  const { track, close } = wireTrack(trading, { stream: stream.stream });
  const stop = aProcess();
  const worker = runWorker(
    { name: 'tracker', everyMs: settings.prices.pollMs, maxBackoffWallMs: 2_000, cycle: track, onStop: [close] },
    { heartbeats: store.heartbeats, clock, log: silentLog, processLike: stop.processLike },
  );

  /** Lets time pass until `done` or the end; the exchange's time and ours go on together, a step at a time. */
  const pass = async (ms: number, done: () => boolean = () => false): Promise<void> => {
    for (const until = clock.now() + ms; clock.now() < until && !done(); ) {
      await network.quiet();
      simulator.advance(STEP_MS);
      await clock.advance(STEP_MS);
    }
  };
  ends.push(async () => {
    let ended = false;
    const ending = worker.then(() => {
      ended = true;
    });
    stop.now();
    await pass(10_000, () => ended);
    await ending;
  });
  return {
    clock,
    pass,
    network,
    push: async () => stream.push(SYMBOL, await bid()),
    gap: (factor: number) => simulator.follow({ market: [{ at: '+0s', kind: 'shock', symbol: SYMBOL, factor }] }),
    /** The next questions for the book are refused for their rate. */
    refuseBooks: (times: number, retryAfterSeconds: number) =>
      simulator.follow({
        faults: [
          {
            request: BOOK,
            times,
            do: { kind: 'answer', status: 429, body: 'json', retryAfterSeconds },
          },
        ],
      }),
    isSold: () => store.positions.open().length === 0,
    sales: () => store.orders.ofMode('live').filter((order) => order.filled.gt(0)),
  };
}

function openPositionAt(store: Store, price: Decimal): void {
  const quantity = new Decimal('0.01');
  store.positions.save(
    anOpenPosition({
      mode: 'live',
      market: SYMBOL,
      base: 'BTC',
      entryPrice: price,
      peak: price,
      quantity,
      bought: quantity,
      cost: price.mul(quantity),
      hardStop: price.mul('0.975'),
    }),
  );
}

/** Node's own fetch, which can be cut off, and tells when nothing is under way. */
function aNetwork(now: () => number) {
  let underway = 0;
  let cut = false;
  const answered: { readonly at: number; readonly what: string; readonly status: number }[] = [];
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    answered: (what: string) => answered.filter((each) => each.what === what),
    cut: (is: boolean) => {
      cut = is;
    },
    async quiet() {
      for (let calm = 0; calm < 3; calm = underway === 0 ? calm + 1 : 0) await settle();
    },
    transport: {
      async fetch(
        url: string,
        init: { method: string; headers: Readonly<Record<string, string>>; body?: string | undefined },
      ) {
        if (cut) throw new Error('the network is down');
        underway += 1;
        try {
          const response = await fetch(url, { ...init, body: init.body ?? null });
          const body = await response.text();
          const headers = Object.fromEntries(response.headers);
          const { status, statusText } = response;
          answered.push({ at: now(), what: `${init.method} ${new URL(url).pathname}`, status });
          return { status, statusText, headers, text: () => Promise.resolve(body) } satisfies TransportResponse;
        } finally {
          underway -= 1;
        }
      },
      close: () => undefined,
    },
  };
}

/** A stream that says only what it is told to. */
function aStream(wallNow: () => number) {
  const ticks = new Map<string, PriceTick>();
  const listeners = new Set<(tick: PriceTick) => void>();
  const stream: PriceStream = {
    watch: () => undefined,
    onTick: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onDeal: () => () => undefined,
    latest: (market) => ticks.get(market),
    ageMs: (market) => wallNow() - (ticks.get(market)?.receivedAt ?? Number.NEGATIVE_INFINITY),
    health: () => {
      throw new Error('nobody asks');
    },
    close: () => Promise.resolve(),
  };
  const push = (market: string, bid: Decimal): void => {
    const one = new Decimal(1);
    const tick: PriceTick = {
      market,
      bid,
      ask: bid.mul('1.0001'),
      bidQuantity: one,
      askQuantity: one,
      exchangeAt: wallNow(),
      receivedAt: wallNow(),
    };
    ticks.set(market, tick);
    for (const listener of listeners) listener(tick);
  };
  return { stream, push };
}

/** As much of a process as a worker deals with. */
function aProcess() {
  const onSignal: ((...args: unknown[]) => void)[] = [];
  return {
    now: () => onSignal[0]?.(),
    processLike: {
      pid: 1,
      env: {},
      on: (event: string, listener: (...args: unknown[]) => void) => event === 'SIGTERM' && onSignal.push(listener),
      off: () => undefined,
      exit: () => undefined,
      memoryUsage: () => ({ rss: 0 }),
    },
  };
}

describe('a stop whose price gaps through while the stream is dead', () => {
  // where in the tracker's second the price gaps
  it.each([0, 300, 700, 980].flatMap((into) => GAPS.map((factor) => [into, factor] as const)))(
    'is sold on within 3 s when the stream fell silent just before, %d ms into a second, and it is at %d of what it was',
    async (into, factor) => {
      const { clock, pass, push, gap, isSold, sales } = await aTracker();
      await pass(3_000 + into);
      await push();
      gap(factor);
      const gapped = clock.now();
      await pass(10_000, isSold);
      expect(isSold()).toBe(true);
      expect(clock.now() - gapped).toBeLessThanOrEqual(3_000);
      expect(sales()).toMatchObject([{ reason: 'stop_loss', side: 'sell' }]);
    },
  );

  it.each([2_000, 20_000].flatMap((downMs) => GAPS.map((factor) => [downMs, factor] as const)))(
    'is sold on within 3 s of the first price there is, when REST was down for %d ms as well, and it is at %d',
    async (downMs, factor) => {
      const { clock, pass, push, gap, isSold, network } = await aTracker();
      await pass(3_000);
      await push();
      network.cut(true);
      gap(factor);
      await pass(downMs);
      expect(isSold()).toBe(false);
      network.cut(false);
      const back = clock.now();
      await pass(10_000, isSold);
      expect(isSold()).toBe(true);
      expect(clock.now() - back).toBeLessThanOrEqual(3_000);
    },
  );

  it.each([0.7, 0.4])(
    'is sold on at %d of what it was while the exchange wants to be left alone: the book is asked until it confirms it',
    async (factor) => {
      const { clock, pass, push, gap, refuseBooks, network } = await aTracker();
      await pass(3_000);
      await push();
      network.cut(true);
      gap(factor);
      await pass(20_000);
      refuseBooks(2, 30);
      network.cut(false);
      const sent = () => network.answered(ORDER).length > 0;
      await pass(20_000, sent);
      expect(network.answered(BOOK).map(({ status }) => status)).toEqual([429, 429, 200]);
      const [first, , confirmed] = network.answered(BOOK);
      expect(confirmed!.at - first!.at).toBeLessThanOrEqual(5_000);
      expect(clock.now() - confirmed!.at).toBeLessThanOrEqual(3_000);
    },
  );
});
