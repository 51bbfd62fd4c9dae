import { DAY_MS, HOUR_MS, MINUTE_MS } from '@mexc-bot/core';
import { createPriceStream } from '@mexc-bot/exchange';
import { createMemoryBudgetLedger } from '@mexc-bot/store';
import { createSyntheticMarket } from '../../../apps/simulator/dist/synthetic-market.js';
import { type Answer, openExchange } from '../exchange.ts';
import { createRandom } from '../random.ts';
import type { LifePlan, SettingsChange } from '../scenario.ts';
import { createVirtualTime } from '../virtual-time.ts';
import { createProcesses, type World } from '../world.ts';
import { openSoakBooks } from './books.ts';
import type { Sample } from './growth.ts';
import { measureHeap } from './heap.ts';
import { outagePlan } from './outages.ts';
import { createPushServer } from './push-server.ts';

export interface SoakOptions {
  readonly days: number;
  readonly seed: number;
}

export interface SoakResult {
  readonly early: Sample;
  readonly late: Sample;
  /** that these days were lived through, and not slept through */
  readonly lived: {
    readonly requests: number;
    /** answers that were none, by kind or HTTP status */
    readonly failed: Readonly<Record<string, number>>;
    readonly buys: number;
    readonly sells: number;
    /** positions opened on the day of the fewest */
    readonly fewestADay: number;
    readonly connections: number;
    readonly pushes: number;
    readonly labelled: number;
  };
}

/** The last day is compared with this one: by then all is there that comes once, and old rows are deleted. */
const EARLY_DAY = 2;
const TOKENS = 24;
/** The market keeps as many days in memory: from then on it takes what it will always take. */
const MARKET_DAYS_KEPT = 6;

/** Seldomer than a trader would have it: it is the number of days that counts. What is kept for days is kept for one. */
const SETTINGS: SettingsChange = {
  scan: {
    everySeconds: 3_600,
    maxCandidates: 6,
    keepInputsDays: 0.5,
    keepReasonsDays: 1,
    keepCandidatesDays: 1,
    keepNewsDays: 1,
  },
  universe: { minAgeHours: 0 },
  hype: { minQuoteVolume: 20_000, minChange24h: -0.1 },
  strategy: { minGain: 0.002 },
  ai: { onMissing: { test: 'pass', live: 'pass' } },
  protections: { maxOpenPositions: 4, cooldownMinutes: 60 },
  reconcile: { everyMinutes: 15 },
  prices: { pollMs: 15 * MINUTE_MS },
  collect: { everyMinutes: 180, keepDays: { '5m': 1 } },
};
const PUSH_EVERY_MS = 10 * MINUTE_MS;
/** The stream's client looks at its time-outs ten times a second; where prices come every few minutes, this is enough. */
const STREAM_STEP_MS = 15_000;

/** Days of the tracker, the scanner and the labeler, each in one long life, with everything failing each day at its hour. */
export async function soak({ days, seed }: SoakOptions): Promise<SoakResult> {
  const market = createSyntheticMarket(seed, TOKENS);
  const startAt = market.startAt + MARKET_DAYS_KEPT * DAY_MS;
  const time = createVirtualTime(startAt);
  const exchange = openExchange({
    source: { ...market, startAt },
    time,
    seed,
    balances: { USDT: '5000' },
    plan: outagePlan(seed, days),
    rateLimits: false,
  });
  const books = openSoakBooks();
  const server = createPushServer({ time, exchange, startAt, pushEveryMs: PUSH_EVERY_MS });
  const life: readonly LifePlan[] = [{ endsAfterSteps: null, endsAfterMs: null, downMs: 0, settings: SETTINGS }];
  const counted = { requests: 0, orders: 0, trades: 0, buys: 0, sells: 0, labelled: 0 };
  const failed: Record<string, number> = {};
  const nothing = (): void => undefined;

  const world: World = {
    scenario: {
      seed,
      mode: 'live',
      latency: [20, 120],
      clockSteps: [],
      lives: { tracker: life, scanner: life, labeler: life },
    },
    time,
    exchange,
    books: books.store,
    random: createRandom(seed),
    watch: {
      store(_life, repository, method) {
        if (repository === 'candidates' && method === 'label') counted.labelled += 1;
      },
      sent: () => {
        counted.requests += 1;
      },
      arrived: nothing,
      answered(_request, answer) {
        const failure = failureOf(answer);
        if (failure !== null) failed[failure] = (failed[failure] ?? 0) + 1;
      },
      pushed: nothing,
      started: nothing,
      crashed: nothing,
    },
    budget: createMemoryBudgetLedger(),
    openStream: (_life, { clock, log }) =>
      createPriceStream({
        url: 'ws://exchange.invalid/ws',
        clock: {
          ...clock,
          sleepWall: (ms, signal) => clock.sleepWall(Math.max(ms, STREAM_STEP_MS), signal),
        },
        log,
        staleAfterMs: 3 * PUSH_EVERY_MS,
        webSocket: server.open,
        random: () => 0.5,
      }),
    timeWaits: 20,
    trace: null,
  };

  /** What the exchange remembers grows with each order, here as at MEXC; it is the suite's memory that is measured. */
  const forget = (): void => {
    const { ledger } = exchange.engine;
    for (const { side } of ledger.orders()) counted[side === 'BUY' ? 'buys' : 'sells'] += 1;
    counted.orders += ledger.orders().length;
    counted.trades += ledger.trades().length;
    ledger.clear();
    exchange.account.history.length = 0;
  };
  const measure = async (day: number): Promise<Sample> => ({
    day,
    heap: await measureHeap(),
    timers: time.waiting(),
    sockets: server.counts().open,
    handles: process.getActiveResourcesInfo().length,
    ...books.space(),
    rows: books.rows(),
    orders: counted.orders,
    trades: counted.trades,
  });

  /** A market that is held goes still for good: its sale is refused from then on. */
  const halt = (): void => {
    const [held] = books.store.positions.open('live');
    if (held === undefined) time.at(time.now() + MINUTE_MS, halt);
    else exchange.follow({ market: [{ at: '+0s', kind: 'set', symbol: held.market, status: '2' }] });
  };
  time.at(startAt + 12 * HOUR_MS, halt);

  const processes = createProcesses(world);
  const samples: Sample[] = [];
  let [opened, fewestADay] = [0, Number.POSITIVE_INFINITY];
  processes.start();
  for (let day = 1; day <= days; day++) {
    await time.runTo(startAt + day * DAY_MS);
    // an order that is forgotten before it is found would never be
    while (books.store.orders.unsettled().length > 0) await time.runTo(time.now() + MINUTE_MS);
    forget();
    const positions = books.rows().position!;
    fewestADay = Math.min(fewestADay, positions - opened);
    opened = positions;
    if (day === EARLY_DAY || day === days) samples.push(await measure(day));
  }
  processes.end();
  await exchange.close();
  books.close();
  const { opened: connections, pushed: pushes } = server.counts();
  const { requests, buys, sells, labelled } = counted;
  const [early, late] = samples as [Sample, Sample];
  return { early, late, lived: { requests, failed, buys, sells, fewestADay, connections, pushes, labelled } };
}

const failureOf = (answer: Answer): string | null => {
  if (answer.kind !== 'answered') return answer.kind;
  return answer.status >= 400 ? String(answer.status) : null;
};
