import { MINUTE_MS, type RequestBudget } from '@mexc-bot/core';
import type { PriceStream, PriceTick, Transport } from '@mexc-bot/exchange';
import { accountOptions, createAccounts, createExecutor, stopConfig, type TradingProcess } from '@mexc-bot/execution';
import { createExchangeClock, type Logger, loadSettings, runWorker, type Settings } from '@mexc-bot/runtime';
import { type BudgetLedger, createRequestBudget, type Store } from '@mexc-bot/store';
import { pruneCandles } from '../../apps/collector/dist/prune-candles.js';
import { createLabelDue, labelRule } from '../../apps/labeler/dist/label-due.js';
import { createHousekeeping } from '../../apps/scanner/dist/housekeeping.js';
import { wireScan } from '../../apps/scanner/dist/wire-scan.js';
import { wireTrack } from '../../apps/tracker/dist/wire-track.js';
import { type Answer, API_KEY, API_SECRET, type InProcessExchange } from './exchange.ts';
import { createLife, type Life } from './life.ts';
import { lightenCcxt } from './light-ccxt.ts';
import { mortalStore } from './mortal-store.ts';
import type { Random } from './random.ts';
import { momentOf, type ProcessName, type Scenario, type SettingsChange } from './scenario.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A request of the suite, as it is seen on its way. */
export interface SentRequest {
  readonly life: Life;
  readonly target: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly signed: boolean;
  readonly sentAt: number;
}

/** Told of everything the processes do. */
export interface Watch {
  store(life: Life, repository: string, method: string, args: readonly unknown[]): void;
  /** leaves the process */
  sent(request: SentRequest): void;
  /** reaches the exchange */
  arrived(request: SentRequest): void;
  /** its answer reaches the process */
  answered(request: SentRequest, answer: Answer): void;
  pushed(life: Life, tick: PriceTick): void;
  started(life: Life, settings: Settings): void;
  crashed(life: Life, where: string): void;
}

export interface World {
  readonly scenario: Pick<Scenario, 'seed' | 'mode' | 'latency' | 'lives' | 'clockSteps'>;
  readonly time: VirtualTime;
  readonly exchange: InProcessExchange;
  /** the database: it outlives the processes */
  readonly books: Store;
  readonly random: Random;
  readonly watch: Watch;
  /** of the requests: on one machine it outlives the processes */
  readonly budget: BudgetLedger;
  /** the tracker's; null: REST alone */
  readonly openStream: (life: Life, process: TradingProcess) => PriceStream | null;
  /** waits between two questions for the exchange's time are so many times as long; 1: as they are */
  readonly timeWaits: number;
  readonly trace: ((line: string) => void) | null;
}

const BASE_URL = 'http://exchange.invalid';
let defaults: Settings | undefined;
lightenCcxt();

/** Defaults of the suite with a live key, changed section by section. */
function settingsOf(change: SettingsChange, mode: Scenario['mode']): Settings {
  // a folder without a settings file or an .env
  defaults ??= loadSettings({ MEXC_API_KEY: API_KEY, MEXC_API_SECRET: API_SECRET }, { root: import.meta.dirname });
  const settings = structuredClone(defaults) as unknown as Record<string, unknown>;
  settings.mode = mode;
  for (const [section, fields] of Object.entries(change)) settings[section] = merged(settings[section], fields);
  return settings as unknown as Settings;
}

function merged(into: unknown, fields: Readonly<Record<string, unknown>>): unknown {
  const result = { ...(into as Record<string, unknown>) };
  for (const [name, value] of Object.entries(fields)) {
    const isSection = typeof value === 'object' && value !== null && !Array.isArray(value);
    result[name] = isSection ? merged(result[name], value as Readonly<Record<string, unknown>>) : value;
  }
  return result;
}

/** The processes of a world: each is started anew after each crash, on the same database. */
export interface Processes {
  start(): void;
  /** Nothing crashes any more; what is down comes up. */
  spare(): void;
  alive(process: ProcessName): boolean;
  /** The run is over: whatever still waits never goes on. */
  end(): void;
}

export function createProcesses(world: World): Processes {
  const { scenario, time, watch, trace } = world;
  const current: Partial<Record<ProcessName, Life>> = {};
  let spared = false;
  let ended = false;

  const wallNow = (): number =>
    scenario.clockSteps.reduce((at, { at: when, byMs }) => (time.now() >= momentOf(when) ? at + byMs : at), time.now());

  const begin = (process: ProcessName, number: number): void => {
    const plans = scenario.lives[process]!;
    const plan = plans[Math.min(number, plans.length - 1)]!;
    const settings = settingsOf(plan.settings, scenario.mode);
    const life = createLife(process, time.now(), spared ? null : plan.endsAfterSteps, (where) => {
      if (ended) return;
      trace?.(`${process} #${number} crashed ${where}`);
      watch.crashed(life, where);
      time.at(time.now() + (spared ? 100 : plan.downMs), () => begin(process, number + 1));
    });
    current[process] = life;
    if (!spared && plan.endsAfterMs !== null) {
      time.at(time.now() + plan.endsAfterMs, () => !spared && life.crash('at a moment'));
    }
    trace?.(`${process} #${number} starts`);
    watch.started(life, settings);
    live(world, life, number, settings, wallNow).catch((error: unknown) => {
      if (life.alive()) throw error;
    });
  };

  return {
    start() {
      for (const process of Object.keys(scenario.lives) as ProcessName[]) begin(process, 0);
    },
    spare() {
      spared = true;
      for (const life of Object.values(current)) life.spare();
    },
    end() {
      ended = true;
      for (const life of Object.values(current)) life.crash('the run is over');
    },
    alive: (process) => current[process]?.alive() ?? false,
  };
}

async function live(
  world: World,
  life: Life,
  number: number,
  settings: Settings,
  wallNow: () => number,
): Promise<void> {
  const { time, watch, scenario } = world;
  await life.pass('start');
  const store = mortalStore(world.books, life, (...call) => watch.store(life, ...call));
  if (store.state.mode() === null) store.state.setMode(scenario.mode, wallNow());
  const log = traceLog(world, life, number);
  const local = {
    wallNow,
    monotonicNow: time.now,
    async sleepWall(ms: number, signal?: AbortSignal) {
      await time.sleep(ms, signal);
      await life.pass('after a wait');
    },
  };
  const exchangeClock = createExchangeClock({
    serverTime: () => accounts.marketData.serverTime(),
    log,
    local: { ...local, sleepWall: (ms, signal) => local.sleepWall(ms * world.timeWaits, signal) },
  });
  const clock = { ...exchangeClock, sleep: local.sleepWall, sleepWall: local.sleepWall };
  const budget: RequestBudget = createRequestBudget({
    ledger: world.budget,
    clock,
    exitReserve: settings.exchange.exitReserve,
  });
  const transport = mortalTransport(world, life, settings.exchange.requestTimeoutMs);
  const accounts = createAccounts(
    { ...accountOptions(settings), restUrl: BASE_URL },
    { store, clock, budget, signing: { now: clock.exchangeNow, resync: clock.resync }, transport },
  );
  const { settleAfterMs, absentAfterMs } = settings.execution;
  let ids = 0;
  const nextId = (): string =>
    `${life.process[0]}${number}_${(ids++).toString(36)}_${world.scenario.seed.toString(36)}`;
  const executor = createExecutor({
    store,
    tradingOf: accounts.tradingOf,
    clock,
    log,
    entryRules: { table: settings.position.exits, stop: stopConfig(settings) },
    source: life.process,
    newClientOrderId: () => `mb_${nextId()}`,
    settleAfterMs,
    absentAfterMs,
  });
  await clock.start();
  const trading: TradingProcess = { ...accounts, settings, log, store, clock, executor };

  const worker = { name: life.process, onStop: [], minWallMs: 20 };
  const deps = { heartbeats: store.heartbeats, clock, log, processLike: PROCESS };
  if (life.process === 'tracker') {
    const { track } = wireTrack(trading, { stream: world.openStream(life, trading) });
    await runWorker({ ...worker, everyMs: settings.prices.pollMs, maxBackoffWallMs: 2_000, cycle: track }, deps);
  } else if (life.process === 'scanner') {
    const scan = wireScan(trading, { newPositionId: () => `p_${nextId()}` });
    const tidy = createHousekeeping({ store, clock, settings: settings.scan });
    const cycle = async (): Promise<void> => {
      await scan();
      tidy();
    };
    await runWorker({ ...worker, everyMs: settings.scan.everySeconds * 1_000, cycle }, deps);
  } else {
    const labelDue = createLabelDue({ ...trading, rule: labelRule(settings.position.exits) });
    // the collector's daily part of it: what the labeler fetched is nobody else's to delete
    const cycle = async (): Promise<void> => {
      await labelDue();
      pruneCandles(store, settings.collect.keepDays, clock.now());
    };
    await runWorker({ ...worker, everyMs: settings.collect.everyMinutes * MINUTE_MS, cycle }, deps);
  }
}

const PROCESS = {
  pid: 1,
  env: {},
  on: () => undefined,
  off: () => undefined,
  exit: () => undefined,
  memoryUsage: () => ({ rss: 0 }),
};

function traceLog({ trace }: World, life: Life, number: number): Logger {
  const say =
    (level: string) =>
    (message: string, fields?: object): void => {
      if (trace === null || !life.alive()) return;
      const details =
        fields === undefined ? '' : ` ${JSON.stringify(fields, (_, v) => (v instanceof Error ? String(v) : v))}`;
      trace(`${life.process} #${number} ${level}: ${message}${details}`);
    };
  return { debug: () => undefined, info: say('info'), warn: say('warn'), error: say('error') };
}

/** Requests take their time, and a process may end before one leaves, or before its answer comes. */
function mortalTransport(world: World, life: Life, timeoutMs: number): Transport {
  const { time, exchange, scenario, random, watch, trace } = world;
  const latency = (): number => random.between(...scenario.latency);

  return {
    async fetch(url, { method, headers, body }) {
      const path = url.slice(BASE_URL.length);
      const [route, query = ''] = path.split('?') as [string, string?];
      const request: SentRequest = {
        life,
        target: `${method} ${route}`,
        parameters: new Map([...new URLSearchParams(query), ...new URLSearchParams(body ?? '')]),
        signed: Object.keys(headers).some((name) => name.toLowerCase() === 'x-mexc-apikey'),
        sentAt: time.now(),
      };
      await life.pass(`before ${request.target}`);
      watch.sent(request);
      await time.sleep(latency());
      // what has left arrives, whatever became of its sender
      watch.arrived(request);
      const answer = await time.during(exchange.ask({ method, path, headers, body }));
      if (trace !== null && request.target !== 'GET /api/v3/time') {
        const id = request.parameters.get('newClientOrderId') ?? request.parameters.get('origClientOrderId') ?? '';
        const what = answer.kind === 'answered' ? `${answer.status} ${answer.body.slice(0, 160)}` : answer.kind;
        const symbol = request.parameters.get('symbol') ?? '';
        const detail =
          method === 'POST'
            ? `${request.parameters.get('side')} ${request.parameters.get('quantity')} at ${request.parameters.get('price')}`
            : '';
        trace(
          `${life.process} ${request.target} ${symbol} ${id} ${detail} -> ${what}${answer.fault === null ? '' : ` (${answer.fault})`}`,
        );
      }
      if (answer.kind === 'hung') await time.sleep(timeoutMs);
      else await time.sleep(latency());
      await life.pass(`after ${request.target}`);
      watch.answered(request, answer);
      if (answer.kind !== 'answered') throw new Error(answer.kind === 'hung' ? 'request timed out' : 'socket hang up');
      return {
        status: answer.status,
        statusText: '',
        headers: answer.headers,
        text: () => Promise.resolve(answer.body),
      };
    },
    close: () => undefined,
  };
}
